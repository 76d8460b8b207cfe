/* Growing arrays, and searching sorted ones. */
#include "util/array.h"
#include "util/size.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define WHY ""
#include "check.h"

static void elements_stay_as_the_array_grows(void)
{
	size_t n = 0;
	int *v = NULL;

	for (int i = 0; i < 1000; i++)
		*ARRAY_ADD(v, n) = i;
	for (int i = 0; i < 1000; i++)
		CHECK(v[i] == i);
	CHECK(n == 1000);
	memcpy(ARRAY_ADD_N(v, n, 3), (int[]){7, 8, 9}, 3 * sizeof(*v));
	CHECK(n == 1003 && v[999] == 999 && v[1000] == 7 && v[1002] == 9);
	free(v);
}

/* With address sanitizer this shows that a copy has as much room as ARRAY_ADD assumes. */
static void a_copy_grows_as_the_original_does(void)
{
	size_t n = 0;
	char *v = NULL;

	for (int i = 0; i < 5; i++)
		*ARRAY_ADD(v, n) = (char)i;
	char *copy = ARRAY_COPY(v, n);
	*ARRAY_ADD(copy, n) = 5;
	*ARRAY_ADD(copy, n) = 6;
	CHECK(!memcmp(copy, "\0\1\2\3\4\5\6", n));
	char *none = ARRAY_COPY(v, 0);
	CHECK(!none);
	free(copy);
	free(v);
}

static void inserting_and_removing_keep_the_order(void)
{
	size_t n = 0;
	char *v = NULL;

	*ARRAY_INSERT(v, n, 0) = 'c';
	*ARRAY_INSERT(v, n, 0) = 'a';
	*ARRAY_INSERT(v, n, 1) = 'b';
	*ARRAY_INSERT(v, n, 3) = 'd';
	CHECK(n == 4 && !memcmp(v, "abcd", 4));
	ARRAY_REMOVE(v, n, 1);
	CHECK(n == 3 && !memcmp(v, "acd", 3));
	ARRAY_REMOVE(v, n, 2);
	ARRAY_REMOVE(v, n, 0);
	CHECK(n == 1 && v[0] == 'c');
	free(v);
}

static void the_search_finds_the_first(void)
{
	static const int v[] = {2, 4, 4, 4, 8};

	for (size_t n = 0; n <= ARRAY_LEN(v); n++)
		for (int key = 0; key < 10; key++) {
			size_t first = 0;
			while (first < n && v[first] < key)
				first++;
			CHECK(ARRAY_SEARCH(i, n, v[i] >= key) == first);
		}
}

static void too_much_ends_the_program(void)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		close(STDERR_FILENO);
		array_grow(NULL, 0, (size_t)1 << 61, 16);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 2);
}

int main(void)
{
	static const struct test tests[] = {
		TEST(elements_stay_as_the_array_grows),
		TEST(a_copy_grows_as_the_original_does),
		TEST(inserting_and_removing_keep_the_order),
		TEST(the_search_finds_the_first),
		TEST(too_much_ends_the_program),
	};

	return tests_run("array", tests, ARRAY_LEN(tests));
}
