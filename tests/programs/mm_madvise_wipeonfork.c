/* A page with MADV_WIPEONFORK is zero in a child, and in the child's child. */
#include "check.h"

#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
	char *p = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status;

	CHECK(p != MAP_FAILED);
	strcpy(p, "secret");
	strcpy(p + 4096, "shared");
	if (madvise(p, 4096, MADV_WIPEONFORK))
		SKIP("no MADV_WIPEONFORK");
	pid_t child = fork();
	if (child == 0) {
		CHECK(p[0] == 0 && !strcmp(p + 4096, "shared"));
		strcpy(p, "child");
		pid_t grandchild = fork();
		if (grandchild == 0)
			_exit(p[0]);
		CHECK(waitpid(grandchild, &status, 0) == grandchild && status == 0);
		_exit(7);
	}
	CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
	printf("%p %s\n", (void *)p, p);
	puts("ok");
	return 0;
}
