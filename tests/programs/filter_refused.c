/* Who may install a filter: EACCES without privilege and no_new_privs. Programs that the kernel
 * does not accept, and flags that it does not know. */
#include "filter.h"

static int attempt(struct sock_filter *f, unsigned n, unsigned flags)
{
	struct sock_fprog program = {(unsigned short)n, f};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) ? errno : 0;
}

#define TRY(...) \
	({ \
		struct sock_filter f_[] = {__VA_ARGS__}; \
		attempt(f_, sizeof(f_) / sizeof(f_[0]), 0); \
	})
#define ACCEPTED(...) CHECK(TRY(__VA_ARGS__) == 0)
#define REFUSED(...) CHECK(TRY(__VA_ARGS__) == EINVAL)
#define RET BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

int main(void)
{
	static struct sock_filter many[5000];
	size_t i;

	CHECK(TRY(RET) == (geteuid() ? EACCES : 0));
	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	ACCEPTED(RET);
	ACCEPTED(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 60), RET);
	REFUSED(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 61), RET);
	REFUSED(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), RET);
	REFUSED(BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), RET);
	REFUSED(BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), RET);
	REFUSED(BPF_STMT(BPF_LD | BPF_MEM, 3), RET);
	ACCEPTED(BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_LD | BPF_MEM, 3), RET);
	REFUSED(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), BPF_STMT(BPF_ST, 3),
		BPF_STMT(BPF_LD | BPF_MEM, 3), RET);
	REFUSED(BPF_STMT(BPF_ST, 16), RET);
	REFUSED(BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), RET);
	REFUSED(BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 3), RET);
	REFUSED(BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32), RET);
	ACCEPTED(BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 31), RET);
	ACCEPTED(BPF_STMT(BPF_ALU | BPF_NEG, 0), RET);
	ACCEPTED(BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0), RET);
	REFUSED(BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), RET);
	REFUSED(BPF_STMT(BPF_RET | BPF_X, 0));
	ACCEPTED(BPF_STMT(BPF_JMP | BPF_JA, 0), RET);
	REFUSED(BPF_STMT(BPF_JMP | BPF_JA, 1), RET);
	REFUSED(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_X, 0, 0, 1), RET);
	REFUSED(RET, BPF_STMT(BPF_MISC | BPF_TAX, 0));
	for (i = 0; i < 5000; i++)
		many[i] = (struct sock_filter)RET;
	CHECK(!attempt(many, 4096, 0));
	CHECK(attempt(many, 4097, 0) == EINVAL && attempt(many, 0, 0) == EINVAL);
	CHECK(attempt(NULL, 1, 0) == EINVAL && attempt((void *)16, 1, 0) == EFAULT);
	CHECK(attempt(many, 1, 1u << 30) == EINVAL);
	CHECK(attempt(many, 1, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_NEW_LISTENER) ==
	      EINVAL);
	/* each is of 8195 instructions for the kernel, of which 32768 may be */
	CHECK(!attempt(many, 4096, 0) && !attempt(many, 4096, 0));
	CHECK(attempt(many, 4096, 0) == ENOMEM && prctl(PR_GET_SECCOMP) == 2);
	puts("ok");
	return 0;
}
