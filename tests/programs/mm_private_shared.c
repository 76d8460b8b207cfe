/* A large file that is mapped privately before and after another process maps it to write: both
 * mappings show what that process writes. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>

#define SIZE (64 * 4096)

int main(void)
{
	char text[4096], go;
	int there[2], back[2];

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && pipe(there) == 0 && pipe(back) == 0);
	memset(text, 'f', sizeof(text));
	for (int i = 0; i < 64; i++)
		CHECK(write(fd, text, sizeof(text)) == sizeof(text));
	char *before = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	CHECK(before != MAP_FAILED);
	before[5 * 4096] = 'm';
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		char *s = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		CHECK(s != MAP_FAILED);
		for (int i = 0; i < 3; i++) {
			s[0] = s[5 * 4096] = s[40 * 4096] = '1' + i;
			CHECK(write(back[1], "", 1) == 1 && read(there[0], &go, 1) == 1);
		}
		printf("child's own: %c\n", before[40 * 4096]);
		_exit(0);
	}
	CHECK(read(back[0], &go, 1) == 1);
	char *after = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	CHECK(after != MAP_FAILED);
	for (int i = 0; i < 3; i++) {
		printf("%c%c%c %c%c%c\n", before[0], before[5 * 4096], before[40 * 4096], after[0],
		       after[5 * 4096], after[40 * 4096]);
		after[i * 40 * 4096 % SIZE] = 'A';
		CHECK(write(there[1], "", 1) == 1 && (i == 2 || read(back[0], &go, 1) == 1));
	}
	CHECK(status_of(child) == 0);
	puts("ok");
	return 0;
}
