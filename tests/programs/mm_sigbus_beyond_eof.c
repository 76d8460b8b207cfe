/* A SIGBUS handler lengthens the file, and the faulting load then succeeds. */
#include "check.h"
#include "tempdir.h"

#include <signal.h>
#include <sys/mman.h>

static int file, buses;

static void bus(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	if (info->si_code != BUS_ADRERR || ftruncate(file, 8192))
		_exit(3);
	buses++;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = bus, .sa_flags = SA_SIGINFO};

	tempdir_enter();
	file = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(file >= 0 && write(file, "short", 5) == 5 && sigaction(SIGBUS, &sa, NULL) == 0);
	volatile char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	CHECK(p != MAP_FAILED && p[4] == 't' && p[5] == 0);
	CHECK(p[4096 + 3] == 0);
	CHECK(buses == 1);
	p[4096] = 'w';
	printf("%p %c%c %d\n", (void *)p, p[0], p[4096], buses);
	puts("ok");
	return 0;
}
