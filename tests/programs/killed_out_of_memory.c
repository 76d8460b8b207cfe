/* The kernel kills a process that exceeds the limit of its memory cgroup, wherever it is: what it
 * wrote to shared memory stays. */
#include "check.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define LIMIT "4194304"

static char group[128];

static void put(const char *file, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", group, file);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* False: no group can be made here. */
static int make_group(const char *top, const char *limit)
{
	char path[256];

	snprintf(group, sizeof(group), "%s/rr-test.%d", top, getpid());
	if (mkdir(group, 0700))
		return 0;
	snprintf(path, sizeof(path), "%s/%s", group, limit);
	if (access(path, W_OK)) {
		CHECK(rmdir(group) == 0);
		return 0;
	}
	put(limit, LIMIT);
	return 1;
}

static volatile unsigned long *pages;

/* Fills memory by stores, or by calls, until it is killed. */
static void fill(int zeros)
{
	const size_t size = 256ul << 20;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	put("cgroup.procs", "0");
	for (size_t i = 0; i < size; i += 4096, ++*pages)
		if (zeros < 0)
			p[i] = 1;
		else
			CHECK(read(zeros, p + i, 4096) == 4096);
	_exit(0);
}

int main(void)
{
	int zeros = open("/dev/zero", O_RDONLY);

	pages = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(pages != MAP_FAILED && zeros >= 0);
	if (!make_group("/sys/fs/cgroup/memory", "memory.limit_in_bytes") &&
	    !make_group("/sys/fs/cgroup", "memory.max"))
		SKIP("no memory cgroup can be made");
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			fill(i ? zeros : -1);
		int status = status_of(pid);
		printf("status %#x after %lu pages\n", status, *pages);
		if (WIFEXITED(status) && rmdir(group) == 0)
			SKIP("the memory went to swap space");
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
	CHECK(rmdir(group) == 0 && *pages > 100);
	puts("ok");
	return 0;
}
