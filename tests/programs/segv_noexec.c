/* Running code in a page that is not executable, then making it so. */
#include "check.h"

#include <signal.h>
#include <sys/mman.h>

static unsigned char *code;
static volatile int faults;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	CHECK(sig == SIGSEGV && info->si_code == SEGV_ACCERR && info->si_addr == code);
	CHECK(!mprotect(code, 4096, PROT_READ | PROT_EXEC));
	faults++;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	static const unsigned char instructions[] = {0xb8, 0x39, 0x30, 0, 0, 0xc3};
	int result;

	code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(code != MAP_FAILED && !sigaction(SIGSEGV, &action, NULL));
	memcpy(code, instructions, sizeof(instructions));
	result = ((int (*)(void))code)();
	printf("code at %p gave %d\n", (void *)code, result);
	CHECK(result == 12345 && faults == 1);
	puts("ok");
	return 0;
}
