/* rseq: whether the C library has registered, and what a registration by hand says. */
#include "check.h"

#include <stdint.h>
#include <sys/syscall.h>

struct area {
	uint32_t cpu_id_start, cpu_id;
	uint64_t critical;
	uint32_t flags, pad[3];
} __attribute__((aligned(32)));

static struct area mine = {.cpu_id = UINT32_MAX};

int main(void)
{
	long result;
	pid_t child;

	result = syscall(SYS_rseq, &mine, sizeof(mine), 0, 0x53053053);
	if (result) {
		printf("refused: %s\n", strerror(errno));
		CHECK(errno == EINVAL || errno == ENOSYS || errno == EBUSY || errno == EPERM);
	} else {
		printf("registered, on cpu %u\n", mine.cpu_id);
		CHECK(mine.cpu_id < 65536);
		CHECK(!syscall(SYS_rseq, &mine, sizeof(mine), 1, 0x53053053));
	}
	CHECK(syscall(SYS_rseq, &mine, 3, 0, 0) == -1);
	printf("cpu %d\n", sched_getcpu());
	child = fork();
	CHECK(child >= 0);
	if (!child)
		_exit(sched_getcpu() >= 0 ? 0 : 1);
	CHECK(status_of(child) == 0);
	puts("ok");
	return 0;
}
