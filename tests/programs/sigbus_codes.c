/* SIGBUS: a mapping past its file's end (BUS_ADRERR); an unaligned access with AC set (BUS_ADRALN).
 */
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

static sigjmp_buf back;
static siginfo_t got;

static void on_bus(int sig, siginfo_t *info, void *context)
{
	/* Entered with AC still set or not: the C library may access unaligned words. */
	__asm__ volatile("pushfq; andq $~0x40000, (%%rsp); popfq" : : : "memory", "cc");
	(void)sig;
	(void)context;
	got = *info;
	siglongjmp(back, 1);
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO};
	int fd = memfd_create("short", 0);
	volatile char *map;
	static long words[2];

	CHECK(fd >= 0 && !ftruncate(fd, 100) && !sigaction(SIGBUS, &action, NULL));
	map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(map != MAP_FAILED && map[200] == 0);
	if (!sigsetjmp(back, 1)) {
		map[5000] = 1;
		CHECK(!"no SIGBUS");
	}
	CHECK(got.si_code == BUS_ADRERR && got.si_addr == (void *)(map + 5000));
	printf("past the end: %p\n", got.si_addr);
	if (!sigsetjmp(back, 1)) {
		__asm__ volatile("pushfq; orq $0x40000, (%%rsp); popfq\n\tmovq 1(%0), %%rax"
				 :
				 : "r"(words)
				 : "rax", "memory", "cc");
		__asm__ volatile("pushfq; andq $~0x40000, (%%rsp); popfq" : : : "memory", "cc");
		CHECK(!"no SIGBUS");
	}
	CHECK(got.si_signo == SIGBUS && got.si_code == BUS_ADRALN);
	puts("ok");
	return 0;
}
