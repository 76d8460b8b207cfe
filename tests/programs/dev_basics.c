/* /dev/null, /dev/zero, /dev/full and /dev/tty are opened, read and written as files. */
#include "check.h"

#include <sys/ioctl.h>
#include <sys/stat.h>

int main(void)
{
	char buf[5000];
	struct stat st;
	int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDWR),
	    full = open("/dev/full", O_RDWR);

	CHECK(null >= 0 && zero >= 0 && full >= 0);
	memset(buf, 1, sizeof(buf));
	CHECK(read(null, buf, 10) == 0 && buf[0] == 1 &&
	      write(null, buf, sizeof(buf)) == sizeof(buf));
	CHECK(read(zero, buf, sizeof(buf)) == sizeof(buf) && buf[0] == 0 && buf[4999] == 0 &&
	      write(zero, buf, 9) == 9);
	CHECK(write(full, buf, 1) == -1 && errno == ENOSPC && read(full, buf, 10) == 10);
	CHECK(lseek(zero, 1000, SEEK_SET) >= 0 && fstat(zero, &st) == 0 && S_ISCHR(st.st_mode));
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY);
	printf("null is inode %lu, tty: %s\n", (unsigned long)st.st_ino,
	       tty < 0 ? strerror(errno) : "opened");
	FILE *f = fopen("/dev/full", "w");
	CHECK(f && fputs("lost", f) >= 0 && fclose(f) == EOF && errno == ENOSPC);
	puts("ok");
	return 0;
}
