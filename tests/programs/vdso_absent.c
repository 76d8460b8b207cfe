/* The program works with or without a vdso: it looks for it in auxv, and reads the clocks by
 * calls. */
#include "check.h"

#include <sys/auxv.h>
#include <sys/syscall.h>
#include <time.h>

int main(void)
{
	const unsigned char *header = (const unsigned char *)getauxval(AT_SYSINFO_EHDR);
	struct timespec by_library, by_call;
	int i;

	printf("vdso at %p\n", (const void *)header);
	if (header)
		CHECK(!memcmp(header, "\177ELF", 4));
	for (i = 0; i < 100; i++) {
		CHECK(!clock_gettime(CLOCK_MONOTONIC, &by_library));
		CHECK(!syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &by_call));
		CHECK(by_call.tv_sec > by_library.tv_sec || by_call.tv_nsec >= by_library.tv_nsec);
	}
	printf("%ld.%09ld\n", (long)by_call.tv_sec, by_call.tv_nsec);
	puts("ok");
	return 0;
}
