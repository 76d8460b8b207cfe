/* PR_SET_NAME and PR_GET_NAME: the thread's name, as /proc shows it too; other threads keep theirs.
 */
#include "check.h"

#include <pthread.h>
#include <sys/prctl.h>

static void *rename_self(void *arg)
{
	char name[16];

	CHECK(!prctl(PR_SET_NAME, "a-thread-with-a-long-name"));
	CHECK(!prctl(PR_GET_NAME, name) && !strcmp(name, "a-thread-with-a"));
	printf("%s\n", name);
	return arg;
}

int main(void)
{
	char name[32] = "";
	pthread_t thread;
	int fd;

	CHECK(!prctl(PR_GET_NAME, name));
	printf("%s\n", name);
	CHECK(!prctl(PR_SET_NAME, "renamed"));
	CHECK(!pthread_create(&thread, NULL, rename_self, NULL) && !pthread_join(thread, NULL));
	memset(name, 0, sizeof(name));
	CHECK((fd = open("/proc/self/comm", O_RDWR)) >= 0);
	CHECK(read(fd, name, sizeof(name) - 1) > 0 && !strcmp(name, "renamed\n"));
	CHECK(write(fd, "again", 5) == 5);
	CHECK(!prctl(PR_GET_NAME, name) && !strcmp(name, "again"));
	CHECK(prctl(PR_SET_NAME, 16L) == -1 && errno == EFAULT);
	puts("ok");
	return 0;
}
