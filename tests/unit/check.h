/* Checks, and the loop that runs the tests of a file. WHY, if it is defined before, is printed with
 * a failed check. Only the first failed check of a test is printed. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static bool failed;

#define CHECK(condition) \
	do { \
		if (!(condition) && !failed) { \
			failed = true; \
			printf("# %s:%d: %s [%.300s]\n", __FILE__, __LINE__, #condition, WHY); \
		} \
	} while (0)

#define TEST(name) \
	{ \
#name, name \
	}
struct test {
	const char *name;
	void (*run)(void);
};

/* Each test may take two minutes. Returns the exit status. */
static inline int tests_run(const char *of, const struct test *tests, size_t n)
{
	int status = 0;

	for (size_t i = 0; i < n; i++) {
		failed = false;
		alarm(120);
		tests[i].run();
		printf("%s %s: %s\n", failed ? "not ok" : "ok", of, tests[i].name);
		fflush(stdout);
		status |= failed;
	}
	alarm(0);
	return status;
}

#endif
