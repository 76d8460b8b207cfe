/* A seccomp filter refuses calls that would change memory: it stays, and brk's error is no new
 * break. */
#include "check.h"
#include "probe.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define REFUSE(nr, error) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))

int main(void)
{
	struct sock_filter f[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
				  REFUSE(SYS_mprotect, ENOMEM),
				  REFUSE(SYS_madvise, EINVAL),
				  REFUSE(SYS_munmap, EPERM),
				  REFUSE(SYS_mremap, EFAULT),
				  REFUSE(SYS_brk, ENOMEM),
				  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_fprog prog = {sizeof(f) / sizeof(*f), f};
	char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *heap = sbrk(4 * 4096);

	puts("stdio has its memory");
	CHECK(p != MAP_FAILED && heap != (void *)-1);
	memset(p, 'p', 4 * 4096);
	memset(heap, 'h', 4 * 4096);
	CHECK(mprotect(p + 3 * 4096, 4096, PROT_READ) == 0);
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		SKIP("no seccomp filter");
	CHECK(mprotect(p, 4 * 4096, PROT_READ) == -1 && errno == ENOMEM);
	CHECK(mprotect(p + 3 * 4096, 4096, PROT_READ) == -1 && errno == ENOMEM);
	CHECK(madvise(p, 4 * 4096, MADV_DONTNEED) == -1 && errno == EINVAL);
	CHECK(madvise(p, 4 * 4096, MADV_FREE) == -1 && errno == EINVAL);
	CHECK(munmap(p, 4096) == -1 && errno == EPERM);
	CHECK(mremap(p, 4096, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, p + 2 * 4096) == MAP_FAILED);
	CHECK(syscall(SYS_brk, heap) == -1 && errno == ENOMEM);
	CHECK(syscall(SYS_brk, heap + 64 * 4096) == -1 && errno == ENOMEM);
	printf("%s %.3s %.3s %s\n", probe_pages(p, 4), p, p + 3 * 4096, probe_pages(heap, 4));
	CHECK(heap[4 * 4096 - 1] == 'h');
	puts("ok");
	return 0;
}
