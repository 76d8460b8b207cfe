/* A thread loops in calls until another, which a pipe wakes, has set a flag; many times. Neither
 * waits for the end of a time slice. */
#include "check.h"

#include <pthread.h>
#include <sys/syscall.h>

#define ROUNDS 1500

static int to_woken[2];
static volatile int done;

static void *woken(void *arg)
{
	char byte;

	while (read(to_woken[0], &byte, 1) == 1)
		done++;
	return arg;
}

int main(void)
{
	pthread_t thread;

	CHECK(!pipe(to_woken) && !pthread_create(&thread, NULL, woken, NULL));
	for (int i = 1; i <= ROUNDS; i++) {
		CHECK(write(to_woken[1], "x", 1) == 1);
		while (done != i)
			syscall(SYS_getppid);
	}
	CHECK(!close(to_woken[1]) && !pthread_join(thread, NULL));
	printf("%d rounds\n", done);
	puts("ok");
	return 0;
}
