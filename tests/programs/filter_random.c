/* Random filters: which of them are accepted, and what they return. They do not load the program
 * counter, which is random itself. */
#include "filter.h"

/* A checksum of all results. */
#define LINUX_GIVES 111507664u

static uint32_t seed = 12345;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static struct sock_filter draw_insn(unsigned left)
{
	static const uint16_t codes[] = {
		BPF_LD | BPF_W | BPF_ABS,
		BPF_LD | BPF_W | BPF_ABS,
		BPF_LD | BPF_IMM,
		BPF_LDX | BPF_IMM,
		BPF_LD | BPF_MEM,
		BPF_LDX | BPF_MEM,
		BPF_ST,
		BPF_ST,
		BPF_STX,
		BPF_MISC | BPF_TAX,
		BPF_MISC | BPF_TXA,
		BPF_LD | BPF_W | BPF_LEN,
		BPF_LDX | BPF_W | BPF_LEN,
		BPF_JMP | BPF_JA,
		BPF_ALU | BPF_NEG,
		BPF_RET | BPF_A,
		BPF_ALU | BPF_MOD | BPF_K,
		BPF_LD | BPF_B | BPF_ABS,
	};
	struct sock_filter f = {0};
	uint32_t kind = draw(10);

	if (kind < 4)
		f.code = (uint16_t)(BPF_ALU | draw(16) << 4 | (draw(2) ? BPF_X : BPF_K));
	else if (kind < 6)
		f.code = (uint16_t)(BPF_JMP | (1 + draw(5)) << 4 | (draw(2) ? BPF_X : BPF_K));
	else
		f.code = codes[draw(sizeof(codes) / sizeof(codes[0]))];
	f.k = draw(2)                                ? draw(1u << 24) * 77u
	      : f.code == (BPF_LD | BPF_W | BPF_ABS) ? (draw(15) + 4) % 17 * 4
						     : draw(20);
	if (f.code == (BPF_JMP | BPF_JA) && draw(8))
		f.k = draw(left);
	f.jt = (uint8_t)draw(left + !draw(20));
	f.jf = (uint8_t)draw(left + !draw(20));
	return f;
}

/* What the random instructions leave is the error with which getpriority(2) fails. */
static int install_random(void)
{
	struct sock_filter f[32] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	unsigned n = 3, middle = 1 + draw(10), i;

	for (i = 0; i < middle; i++)
		f[n++] = draw_insn(middle - i);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xfff);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_A, 0);
	struct sock_fprog program = {(unsigned short)n, f};
	return (int)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(void)
{
	uint32_t *shared =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int i, accepted;

	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	for (i = 0; i < 200; i++) {
		uint32_t before = seed = seed + 12345;
		pid_t pid = fork();
		if (!pid) {
			for (accepted = 0; install_random(); accepted++)
				;
			long result = syscall(SYS_getpriority, 0x123456789abcdef0, before, 0x77, 4,
					      5, 0x666666666);
			shared[0] = (uint32_t)accepted;
			shared[1] = result ? (uint32_t)errno : 0;
			_exit(0);
		}
		shared[2] = shared[2] * 31 + (uint32_t)status_of(pid);
		shared[2] = (shared[2] * 31 + shared[0]) * 31 + shared[1];
	}
	printf("%u\n", shared[2]);
	CHECK(shared[2] == LINUX_GIVES);
	puts("ok");
	return 0;
}
