/* A thread executes the program once more, twice, while the others compute. The last run ends
 * well. */
#include "preempt.h"

static atomic_int started;
static volatile unsigned long turns[3];
static char *const *arguments;

static void *compute(void *arg)
{
	atomic_fetch_add(&started, 1);
	while (started)
		turns[(long)arg]++;
	return NULL;
}

static void *execute(void *arg)
{
	char *next[] = {arguments[0], arg, NULL};
	volatile unsigned long work;

	while (started < 2)
		;
	for (work = 0; work < 1000000; work++)
		;
	printf("%s: %lu %lu %lu turns\n", (char *)arg, turns[0], turns[1], turns[2]);
	execv("/proc/self/exe", next);
	CHECK(!"execv came back");
	return NULL;
}

int main(int argc, char **argv)
{
	char left[2] = {argc > 1 ? argv[1][0] - 1 : '2', 0};
	pthread_t threads[3];
	long i;

	if (left[0] == '/') {
		puts("ok");
		return 0;
	}
	arguments = argv;
	for (i = 0; i < 2; i++)
		CHECK(!pthread_create(&threads[i], NULL, compute, (void *)i));
	CHECK(!pthread_create(&threads[2], NULL, execute, left));
	compute((void *)2);
	return 1;
}
