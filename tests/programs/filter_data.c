/* What filters see: numbers and arguments of all 64 bits, the program counter after the call, the
 * architecture; also of calls that a recorder answers itself. */
#include "filter.h"

#include <linux/audit.h>

#define WORD(member, half) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member) + 4 * (half))
#define UNLESS(k) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(k), 1, 0)
#define END(v) BPF_STMT(BPF_RET | BPF_K, v)

extern const char after_call[];

__attribute__((noinline)) static long call_here(long nr, long arg)
{
	long result;

	__asm__ volatile("syscall\n.globl after_call\nafter_call:"
			 : "=a"(result)
			 : "0"(nr), "D"(0x1111222233334444), "S"(0x5555666677778888), "d"(arg)
			 : "rcx", "r11", "memory");
	return result;
}

static void install(long nr, int error)
{
	const uint64_t pc = (uint64_t)after_call;
	struct sock_filter f[] = {
		WORD(nr, 0),
		UNLESS(nr),
		END(SECCOMP_RET_ALLOW),
		WORD(arch, 0),
		UNLESS(AUDIT_ARCH_X86_64),
		END(SECCOMP_RET_ERRNO | 1),
		WORD(instruction_pointer, 0),
		UNLESS(pc),
		END(SECCOMP_RET_ERRNO | 2),
		WORD(instruction_pointer, 1),
		UNLESS(pc >> 32),
		END(SECCOMP_RET_ERRNO | 3),
		WORD(args[0], 1),
		UNLESS(0x11112222),
		END(SECCOMP_RET_ERRNO | 4),
		WORD(args[1], 0),
		UNLESS(0x77778888),
		END(SECCOMP_RET_ERRNO | 5),
		END(SECCOMP_RET_ERRNO | (uint32_t)error),
	};
	struct sock_fprog program = {sizeof(f) / sizeof(f[0]), f};

	CHECK(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

int main(void)
{
	size_t i;

	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	for (i = 0; i < NCLASSES; i++) {
		install(classes[i].nr, 500 + (int)i);
		CHECK(call_here(classes[i].nr, 3) == -500 - (long)i);
		/* the kernel looks at the lower half of the number */
		CHECK(call_here(classes[i].nr | 0x100000000, 3) == -500 - (long)i);
	}
	install(SYS_rseq, 600);
	CHECK(call_here(SYS_rseq, 3) == -600);
	install(0x40000001, 601); /* x32 */
	CHECK(call_here(0x40000001, 3) == -601);
	install(0xffffffff, 602);
	CHECK(call_here(-1, 3) == -602);
	puts("ok");
	syscall(SYS_exit, 0);
}
