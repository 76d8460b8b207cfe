/* process_madvise gives advice about several ranges of the caller, by its pidfd. */
#include "check.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

int main(void)
{
	char *p = mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iovec v[2] = {{p, 4096}, {p + 4 * 4096, 2 * 4096}};
	int self = syscall(SYS_pidfd_open, getpid(), 0);

	if (self < 0)
		SKIP("no pidfd_open");
	CHECK(p != MAP_FAILED);
	memset(p, 'm', 8 * 4096);
	long cold = syscall(SYS_process_madvise, self, v, 2, MADV_COLD, 0);
	printf("cold: %ld\n", cold);
	CHECK(p[0] == 'm' && p[5 * 4096] == 'm');
	long dropped = syscall(SYS_process_madvise, self, v, 2, MADV_DONTNEED, 0);
	printf("dropped: %ld\n", dropped);
	CHECK(p[0] == (dropped > 0 ? 0 : 'm') && p[4 * 4096] == (dropped > 4096 ? 0 : 'm'));
	CHECK(p[4096] == 'm' && p[6 * 4096] == 'm');
	puts("ok");
	return 0;
}
