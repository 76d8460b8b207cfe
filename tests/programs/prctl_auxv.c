/* PR_GET_AUXV and /proc/self/auxv show what the program was started with. */
#include "check.h"

#include <elf.h>
#include <sys/auxv.h>
#include <sys/prctl.h>

#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856
#endif

extern char **environ;

int main(void)
{
	unsigned long told[100] = {0}, read_[100] = {0}, part[100] = {0};
	char **e = environ;
	int fd = open("/proc/self/auxv", O_RDONLY);
	size_t i;

	ssize_t n = read(fd, read_, sizeof(read_));
	long whole = prctl(PR_GET_AUXV, told, sizeof(told), 0, 0);
	if (whole < 0)
		SKIP("a kernel with PR_GET_AUXV");
	CHECK(whole >= n && !memcmp(told, read_, (size_t)n));
	CHECK(prctl(PR_GET_AUXV, part, 24, 0, 0) == whole && !memcmp(part, told, 24) && !part[3]);
	while (*e)
		e++;
	const unsigned long *stack = (unsigned long *)(e + 1);
	CHECK(!memcmp(stack, told, (size_t)n));
	for (i = 0; told[i]; i += 2)
		CHECK(told[i] != AT_SYSINFO_EHDR || getauxval(AT_SYSINFO_EHDR) == told[i + 1]);
	lseek(fd, 8, SEEK_SET);
	CHECK(read(fd, part, 16) == 16 && part[0] == told[1] && part[1] == told[2]);
	puts("ok");
	return 0;
}
