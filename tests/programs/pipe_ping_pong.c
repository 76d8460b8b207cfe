/* Threads and processes pass a number around a circle of pipes until it is large. */
#include "check.h"

#include <pthread.h>

static int ring[4][2];

static void *pass(void *arg)
{
	long me = (long)arg;
	int number;

	do {
		CHECK(read(ring[me][0], &number, sizeof(number)) == sizeof(number));
		number++;
		CHECK(write(ring[(me + 1) % 4][1], &number, sizeof(number)) == sizeof(number));
	} while (number < 200);
	return (void *)(long)number;
}

int main(void)
{
	pthread_t first, third;
	int i, number = 0;
	pid_t child;

	for (i = 0; i < 4; i++)
		CHECK(!pipe(ring[i]));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		pass((void *)2L);
		_exit(0);
	}
	CHECK(!pthread_create(&first, NULL, pass, (void *)1L));
	CHECK(!pthread_create(&third, NULL, pass, (void *)3L));
	CHECK(write(ring[1][1], &number, sizeof(number)) == sizeof(number));
	number = (int)(long)pass((void *)0L);
	printf("main let go at %d\n", number);
	CHECK(!pthread_join(first, NULL) && !pthread_join(third, NULL) && status_of(child) == 0);
	puts("ok");
	return 0;
}
