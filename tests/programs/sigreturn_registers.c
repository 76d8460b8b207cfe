/* A handler changes general registers and flags in the context; sigreturn puts them in place. */
#include "check.h"

#include <signal.h>
#include <ucontext.h>

static void change(int sig, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)sig;
	(void)info;
	registers[REG_RBX] = 111;
	registers[REG_R12] = registers[REG_R13] + 1;
	registers[REG_R15] = -1;
	registers[REG_RIP] += 2;
	registers[REG_EFL] |= 1;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = change, .sa_flags = SA_SIGINFO};
	register long r12 __asm__("r12") = 0, r13 __asm__("r13") = 500, r15 __asm__("r15") = 7;
	long rbx = 5;
	unsigned char carry = 0;

	CHECK(!sigaction(SIGILL, &action, NULL));
	r12 = 0;
	r13 = 500;
	r15 = 7;
	__asm__ volatile("clc; ud2; setc %1"
			 : "+b"(rbx), "=a"(carry), "+r"(r12), "+r"(r13), "+r"(r15)
			 :
			 : "cc", "memory");
	long got[] = {rbx, r12, r13, r15, carry};

	printf("%ld %ld %ld %ld %ld\n", got[0], got[1], got[2], got[3], got[4]);
	CHECK(got[0] == 111 && got[1] == 501 && got[2] == 500 && got[3] == -1 && got[4] == 1);
	puts("ok");
	return 0;
}
