/* Another process writes the mapped file by write() while this one reads its mapping. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
	int go[2], done[2];
	char c = 0;

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && ftruncate(fd, 4096) == 0 && pipe(go) == 0 && pipe(done) == 0);
	char *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	pid_t child = fork();
	if (child == 0) {
		CHECK(munmap(p, 4096) == 0);
		int mine = open("f", O_WRONLY);
		for (int i = 0; i < 10; i++) {
			CHECK(read(go[0], &c, 1) == 1);
			CHECK(dprintf(mine, "[%d]", i) == 3 && write(done[1], &c, 1) == 1);
		}
		_exit(0);
	}
	for (int i = 0; i < 10; i++) {
		CHECK(p[i * 3] == 0 && write(go[1], &c, 1) == 1 && read(done[0], &c, 1) == 1);
		CHECK(p[i * 3 + 1] == '0' + i);
	}
	CHECK(waitpid(child, NULL, 0) == child);
	printf("%p %s\n", (void *)p, p);
	puts("ok");
	return 0;
}
