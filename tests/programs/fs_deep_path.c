/* A directory deeper than PATH_MAX is made and removed by relative steps. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>

int main(void)
{
	char name[201];
	int depth = 0;

	tempdir_enter();
	memset(name, 'd', 200);
	name[200] = 0;
	int top = open(".", O_RDONLY);
	for (; depth < 30; depth++)
		CHECK(mkdir(name, 0700) == 0 && chdir(name) == 0);
	int fd = open("leaf", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, "deep", 4) == 4);
	char *cwd = getcwd(NULL, 0);
	printf("%d directories, cwd of %zd bytes\n", depth, cwd ? (ssize_t)strlen(cwd) : -1);
	CHECK(unlink("leaf") == 0);
	while (depth-- > 0)
		CHECK(chdir("..") == 0 && rmdir(name) == 0);
	CHECK(fchdir(top) == 0);
	puts("ok");
	return 0;
}
