/* shm_open by name in parent and child. The name is removed before the memory. */
#include "check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
	char name[64];
	int status;

	snprintf(name, sizeof(name), "/rr-program-%d", getpid());
	int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		SKIP("no POSIX shared memory");
	CHECK(ftruncate(fd, 4096) == 0);
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	pid_t child = fork();
	if (child == 0) {
		int mine = shm_open(name, O_RDWR, 0);
		char *q = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, mine, 0);
		_exit(mine < 0 || q == MAP_FAILED || !strcpy(q + 50, "from the child"));
	}
	int waited = waitpid(child, &status, 0);
	CHECK(shm_unlink(name) == 0 && waited == child && status == 0 && p != MAP_FAILED);
	CHECK(!strcmp(p + 50, "from the child"));
	CHECK(shm_open(name, O_RDWR, 0) == -1 && errno == ENOENT);
	strcpy(p, "still here");
	printf("%p %s, %s\n", (void *)p, p, p + 50);
	puts("ok");
	return 0;
}
