/* A call is given a larger size than it fills. Memory that it does not write stays unchanged, even
 * memory that cannot be written. */
#include "check.h"

#include <sys/mman.h>
#include <sys/syscall.h>

int main(void)
{
	long page = sysconf(_SC_PAGESIZE);
	FILE *file = tmpfile();

	CHECK(file && ftruncate(fileno(file), page) == 0 &&
	      pwrite(fileno(file), "text", 4, 0) == 4);
	char *at = mmap(NULL, page * 3, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(at != MAP_FAILED);
	CHECK(mmap(at + page, page, PROT_READ, MAP_SHARED | MAP_FIXED, fileno(file), 0) ==
	      at + page);
	CHECK(syscall(SYS_sched_getattr, 0, at + page - 8, page * 2, 0) == -1 && errno == EINVAL);
	CHECK(at[page - 8] == 0 && !memcmp(at + page, "text", 4));
	CHECK(syscall(SYS_sched_getattr, 0, at + page - 8, 48, 0) == -1 && errno == EFAULT);
	CHECK(!memcmp(at + page, "text", 4));
	puts("ok");
	return 0;
}
