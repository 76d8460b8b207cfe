/* membarrier: what it offers, registration and a barrier. */
#include "check.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>

int main(void)
{
	long offered = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);

	if (offered == -1) {
		CHECK(errno == ENOSYS);
		SKIP("no membarrier");
	}
	printf("offers %#lx\n", offered);
	if (offered & MEMBARRIER_CMD_PRIVATE_EXPEDITED) {
		CHECK(!syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
		CHECK(!syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
	}
	CHECK(syscall(SYS_membarrier, 1 << 30, 0, 0) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
