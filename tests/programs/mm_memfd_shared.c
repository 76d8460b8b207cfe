/* Two processes map a memory file at different addresses, after the fork. */
#include "check.h"

#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
	int fd = memfd_create("meeting", 0), there[2], back[2];
	char c = 0;

	CHECK(fd >= 0 && ftruncate(fd, 4 * 4096) == 0 && pipe(there) == 0 && pipe(back) == 0);
	pid_t child = fork();
	if (child == 0) {
		char *q = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 2 * 4096);
		CHECK(q != MAP_FAILED && read(there[0], &c, 1) == 1 && !strcmp(q, "question"));
		strcpy(q, "answer");
		CHECK(pwrite(fd, "by write", 9, 3 * 4096) == 9);
		CHECK(write(back[1], &c, 1) == 1);
		_exit(0);
	}
	char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	strcpy(p + 2 * 4096, "question");
	CHECK(write(there[1], &c, 1) == 1 && read(back[0], &c, 1) == 1);
	CHECK(!strcmp(p + 2 * 4096, "answer") && !strcmp(p + 3 * 4096, "by write"));
	CHECK(waitpid(child, NULL, 0) == child);
	printf("%p %s %s\n", (void *)p, p + 2 * 4096, p + 3 * 4096);
	puts("ok");
	return 0;
}
