/* fork from a thread: the child has only that thread; the parent keeps both. */
#include "check.h"

#include <dirent.h>
#include <pthread.h>

static int count_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *entry;
	int count = 0;

	CHECK(tasks);
	while ((entry = readdir(tasks)))
		count += entry->d_name[0] != '.';
	closedir(tasks);
	return count;
}

static void *fork_one(void *arg)
{
	pid_t child = fork();

	(void)arg;
	CHECK(child >= 0);
	if (!child) {
		printf("child %d has %d thread\n", (int)getpid(), count_threads());
		CHECK(count_threads() == 1 && gettid() == getpid());
		exit(3);
	}
	CHECK(WEXITSTATUS(status_of(child)) == 3);
	printf("parent has %d threads\n", count_threads());
	CHECK(count_threads() == 2);
	return NULL;
}

int main(void)
{
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, fork_one, NULL));
	CHECK(!pthread_join(thread, NULL));
	puts("ok");
	return 0;
}
