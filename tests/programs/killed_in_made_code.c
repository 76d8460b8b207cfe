/* A child is killed by a timer inside code that it has made itself, where no edge is counted: its
 * parent sees how far it had counted in shared memory, and in memory that the two have in common.
 */
#include "check.h"

#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>

/* inc qword [rdi]; jmp to the first */
static const unsigned char code[] = {0x48, 0xff, 0x07, 0xeb, 0xfb};
static uint64_t own;
static void (*made)(volatile uint64_t *);

static int child(void *count)
{
	struct sigevent se = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
	struct itimerspec it = {.it_value.tv_nsec = 3000000};
	timer_t t;

	CHECK(!timer_create(CLOCK_MONOTONIC, &se, &t) && !timer_settime(t, 0, &it, NULL));
	made(count);
	return 0;
}

static void run(int flags, volatile uint64_t *count)
{
	static char stack[65536];
	int status;
	pid_t pid = clone(child, stack + sizeof(stack), flags | SIGCHLD, (void *)count);

	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	CHECK(*count);
	printf("%lu\n", *count);
}

int main(void)
{
	uint64_t *shared =
		mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(shared != MAP_FAILED && page != MAP_FAILED);
	memcpy(page, code, sizeof(code));
	made = (void (*)(volatile uint64_t *))page;
	for (int i = 0; i < 3; i++) {
		run(0, shared + i);
		run(CLONE_VM, &own);
	}
	puts("ok");
	return 0;
}
