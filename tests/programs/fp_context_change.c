/* A handler changes an SSE register and mxcsr in its saved state; sigreturn loads them. */
#include "check.h"

#include <signal.h>
#include <ucontext.h>
#include <xmmintrin.h>

static void change(int sig, siginfo_t *info, void *context)
{
	struct _libc_fpstate *state = ((ucontext_t *)context)->uc_mcontext.fpregs;

	(void)sig;
	(void)info;
	CHECK(state && state->_xmm[3].element[0] == 0x11111111);
	state->_xmm[3].element[0] = 0x22222222;
	state->mxcsr |= 0x8000;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = change, .sa_flags = SA_SIGINFO};
	unsigned before[4] = {0x11111111, 5, 6, 7}, after[4];
	long result;

	CHECK(!sigaction(SIGUSR1, &action, NULL));
	__asm__ volatile("movups (%3), %%xmm3; syscall; movups %%xmm3, (%4)"
			 : "=a"(result)
			 : "a"(200L), "D"((long)gettid()), "r"(before), "r"(after),
			   "S"((long)SIGUSR1)
			 : "rcx", "r11", "memory", "xmm3");
	printf("%#x %u %u %u, mxcsr %#x\n", after[0], after[1], after[2], after[3], _mm_getcsr());
	CHECK(result == 0 && after[0] == 0x22222222 && after[3] == 7 && _mm_getcsr() & 0x8000);
	puts("ok");
	return 0;
}
