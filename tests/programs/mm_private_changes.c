/* A private mapping of a large file shows what is written to the file, on the pages that the
 * program has not written itself. */
#include "check.h"
#include "probe.h"
#include "tempdir.h"

#include <sys/mman.h>

#define SIZE (256 * 4096)

static char *p; /* the mapping: pages 1, 9 are the program's own */

static void show(const char *what)
{
	static const int pages[] = {0, 1, 2, 9, 100, 255, 256, 300};

	printf("%s: ", what);
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		putchar(peek(p + pages[i] * 4096));
	putchar('\n');
}

static void put(int fd, char c, int page, int pages)
{
	char text[4096];

	memset(text, c, sizeof(text));
	for (int i = 0; i < pages; i++)
		CHECK(pwrite(fd, text, sizeof(text), (page + i) * 4096) == sizeof(text));
}

int main(void)
{
	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600), other = open("g", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && other >= 0);
	put(fd, 'a', 0, 256);
	put(other, 'z', 0, 300);
	/* Twice the file: it may grow. */
	p = mmap(NULL, 2 * SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	CHECK(p != MAP_FAILED);
	p[4096] = p[9 * 4096] = 'M';
	CHECK(mprotect(p + 50 * 4096, 60 * 4096, PROT_READ) == 0);
	fflush(stdout);
	int go[2], back[2];
	char text[1];
	CHECK(pipe(go) == 0 && pipe(back) == 0);
	pid_t child = fork();
	if (child == 0) {
		char c;
		p[2 * 4096] = 'C';
		CHECK(close(go[1]) == 0 && read(go[0], &c, 1) == 1);
		show("child");
		CHECK(write(back[1], "", 1) == 1 && read(go[0], &c, 1) == 0);
		show("child");
		_exit(0);
	}
	put(fd, 'b', 0, 3);
	put(fd, 'b', 100, 1);
	show("written");
	put(fd, 'c', 256, 2);
	show("grown");
	CHECK(lseek(fd, 300 * 4096, SEEK_SET) >= 0 && write(fd, "end of it", 9) == 9);
	show("grown with a hole");
	CHECK(write(go[1], "", 1) == 1 && read(back[0], text, 1) == 1);
	CHECK(ftruncate(fd, 3 * 4096) == 0);
	show("shrunk");
	CHECK(ftruncate(fd, 301 * 4096) == 0);
	show("with zeroes");
	char *s = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(s != MAP_FAILED);
	s[0] = s[100 * 4096] = 's';
	show("written by a shared mapping");
	loff_t from = 0, to = 254 * 4096;
	CHECK(copy_file_range(other, &from, fd, &to, 2 * 4096, 0) == 2 * 4096);
	show("copied");
	if (!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 101 * 4096))
		show("with a hole");
	CHECK(close(open("f", O_RDWR | O_TRUNC)) == 0);
	show("truncated by open");
	CHECK(close(go[1]) == 0 && status_of(child) == 0);
	puts("ok");
	return 0;
}
