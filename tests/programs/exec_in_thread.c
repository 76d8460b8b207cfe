/* exec from a thread that is not the leader: the others are gone, the process id stays. */
#include "check.h"

#include <pthread.h>

static char *program;

static void *block(void *arg)
{
	char byte;

	CHECK(read(*(int *)arg, &byte, 1) == 1);
	return NULL;
}

static void *execute(void *arg)
{
	char number[32], *args[] = {program, number, NULL};

	(void)arg;
	snprintf(number, sizeof(number), "%d", (int)getpid());
	printf("thread %d of %d executes\n", (int)gettid(), (int)getpid());
	execv("/proc/self/exe", args);
	CHECK(!"execv returned");
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t blocked[3], thread;
	int fds[2], i;

	if (argc > 1) {
		printf("now %d and %d\n", (int)gettid(), (int)getpid());
		CHECK(atoi(argv[1]) == getpid() && gettid() == getpid());
		puts("ok");
		return 0;
	}
	program = argv[0];
	CHECK(!pipe2(fds, O_CLOEXEC));
	for (i = 0; i < 3; i++)
		CHECK(!pthread_create(&blocked[i], NULL, block, &fds[0]));
	CHECK(!pthread_create(&thread, NULL, execute, NULL));
	pthread_join(thread, NULL);
	return 1;
}
