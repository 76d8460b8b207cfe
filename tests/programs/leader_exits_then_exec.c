/* The leader is gone; another thread executes and takes its place and id. */
#include "check.h"

#include <pthread.h>

static char *program;

static void *execute(void *arg)
{
	char *args[] = {program, "again", NULL};

	CHECK(!pthread_join(*(pthread_t *)arg, NULL));
	printf("thread %d of %d executes\n", (int)gettid(), (int)getpid());
	execv("/proc/thread-self/exe", args);
	CHECK(!"execv returned");
	return NULL;
}

int main(int argc, char **argv)
{
	static pthread_t self;
	pthread_t thread;

	if (argc > 1) {
		CHECK(gettid() == getpid());
		printf("now %d\n", (int)getpid());
		puts("ok");
		return 0;
	}
	program = argv[0];
	self = pthread_self();
	CHECK(!pthread_create(&thread, NULL, execute, &self));
	pthread_exit(NULL);
}
