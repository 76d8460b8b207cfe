/* Processor time clocks: process, thread, another thread's and a child's. */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

static int fds[2];

static void *wait_byte(void *arg)
{
	char byte;

	CHECK(read(fds[0], &byte, 1) == 1);
	return arg;
}

int main(void)
{
	struct timespec process, thread, other, childs;
	clockid_t clock;
	pthread_t id;
	pid_t child;

	CHECK(!pipe(fds) && !pthread_create(&id, NULL, wait_byte, NULL));
	CHECK(!pthread_getcpuclockid(id, &clock) && !clock_gettime(clock, &other));
	CHECK(!clock_gettime(CLOCK_THREAD_CPUTIME_ID, &thread));
	CHECK(!clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &process));
	CHECK(process.tv_sec > thread.tv_sec || process.tv_nsec >= thread.tv_nsec);
	child = fork();
	CHECK(child >= 0);
	while (!child)
		pause();
	CHECK(!clock_getcpuclockid(child, &clock) && !clock_gettime(clock, &childs));
	CHECK(!kill(child, SIGKILL) && WTERMSIG(status_of(child)) == SIGKILL);
	CHECK(clock_gettime(clock, &childs) == -1 && errno == EINVAL);
	CHECK(write(fds[1], "x", 1) == 1 && !pthread_join(id, NULL));
	printf("process %ld thread %ld other %ld child %ld ns\n", process.tv_nsec, thread.tv_nsec,
	       other.tv_nsec, childs.tv_nsec);
	puts("ok");
	return 0;
}
