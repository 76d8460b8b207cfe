/* RLIMIT_FSIZE: a write over the limit is cut, the next one is SIGXFSZ and EFBIG. */
#include "check.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>

static volatile sig_atomic_t got;

static void note(int sig)
{
	got = sig;
}

int main(void)
{
	struct rlimit limit = {.rlim_cur = 1000, .rlim_max = 1000};
	char block[800] = "";
	pid_t child;
	int fd;

	child = fork();
	CHECK(child >= 0);
	if (child) {
		CHECK(WEXITSTATUS(status_of(child)) == 25);
		puts("ok");
		return 0;
	}
	CHECK((fd = memfd_create("limited", 0)) >= 0);
	CHECK(signal(SIGXFSZ, note) != SIG_ERR && !setrlimit(RLIMIT_FSIZE, &limit));
	CHECK(write(fd, block, 800) == 800);
	CHECK(write(fd, block, 800) == 200 && !got);
	CHECK(write(fd, block, 800) == -1 && errno == EFBIG && got == SIGXFSZ);
	signal(SIGXFSZ, SIG_IGN);
	CHECK(write(fd, block, 1) == -1 && errno == EFBIG);
	_exit(25);
}
