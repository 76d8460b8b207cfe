/* The holder of a lease is notified by a signal when another process opens the file. */
#include "check.h"
#include "tempdir.h"

#include <signal.h>
#include <sys/wait.h>

int main(void)
{
	sigset_t set;
	siginfo_t info;
	int status;

	tempdir_enter();
	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int fd = open("f", O_RDONLY | O_CREAT, 0600);
	CHECK(fd >= 0 && fcntl(fd, F_GETLEASE) == F_UNLCK);
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == -1)
		TEMPDIR_SKIP("no leases here");
	CHECK(fcntl(fd, F_GETLEASE) == F_RDLCK);
	pid_t child = fork();
	if (child == 0)
		_exit(open("f", O_WRONLY) < 0);
	CHECK(sigwaitinfo(&set, &info) == SIGIO);
	CHECK(fcntl(fd, F_SETLEASE, F_UNLCK) == 0);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	printf("code %d\n", info.si_code);
	puts("ok");
	return 0;
}
