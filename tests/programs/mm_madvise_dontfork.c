/* The child lacks pages with MADV_DONTFORK, and dies when it touches them. */
#include "check.h"

#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
	char *p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status;

	CHECK(p != MAP_FAILED);
	memset(p, 'd', 3 * 4096);
	CHECK(madvise(p + 4096, 4096, MADV_DONTFORK) == 0);
	pid_t child = fork();
	if (child == 0) {
		CHECK(p[0] == 'd' && p[2 * 4096] == 'd');
		puts("child sees the outer pages");
		_exit(((volatile char *)p)[4096]);
	}
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == 11);
	CHECK(p[4096] == 'd' && madvise(p + 4096, 4096, MADV_DOFORK) == 0);
	child = fork();
	if (child == 0)
		_exit(p[4096]);
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	      WEXITSTATUS(status) == 'd');
	printf("%p %d\n", (void *)p, child);
	puts("ok");
	return 0;
}
