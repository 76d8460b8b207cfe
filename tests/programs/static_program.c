/* cflags: -static */
/* A static program: threads, fork, exec of itself and time without any shared library. */
#include "check.h"

#include <pthread.h>
#include <time.h>

static void *run(void *arg)
{
	printf("thread %d\n", (int)gettid());
	return arg;
}

int main(int argc, char **argv)
{
	char *args[] = {argv[0], "again", NULL};
	struct timespec now;
	pthread_t thread;
	pid_t child;

	CHECK(!clock_gettime(CLOCK_REALTIME, &now));
	printf("%ld.%09ld main at %p\n", (long)now.tv_sec, now.tv_nsec, (void *)main);
	if (argc > 1)
		return 6;
	CHECK(!pthread_create(&thread, NULL, run, NULL) && !pthread_join(thread, NULL));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		execv("/proc/self/exe", args);
		_exit(127);
	}
	CHECK(WEXITSTATUS(status_of(child)) == 6);
	puts("ok");
	return 0;
}
