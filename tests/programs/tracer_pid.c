/* /proc/self/status shows no tracer, neither in a thread nor in a child. */
#include "check.h"

#include <pthread.h>

static int tracer(const char *path)
{
	char line[256];
	FILE *status = fopen(path, "r");
	int pid = -1;

	CHECK(status);
	while (fgets(line, sizeof(line), status))
		if (sscanf(line, "TracerPid: %d", &pid) == 1)
			break;
	fclose(status);
	return pid;
}

static void *look(void *arg)
{
	*(int *)arg = tracer("/proc/thread-self/status");
	return NULL;
}

int main(void)
{
	pthread_t thread;
	char path[64];
	int in_thread;
	pid_t child;

	CHECK(tracer("/proc/self/status") == 0);
	snprintf(path, sizeof(path), "/proc/%d/status", (int)getpid());
	CHECK(tracer(path) == 0);
	CHECK(!pthread_create(&thread, NULL, look, &in_thread) && !pthread_join(thread, NULL));
	CHECK(in_thread == 0);
	child = fork();
	CHECK(child >= 0);
	if (!child)
		_exit(tracer("/proc/self/status"));
	CHECK(status_of(child) == 0);
	printf("%d and %d are not traced\n", (int)getpid(), (int)child);
	puts("ok");
	return 0;
}
