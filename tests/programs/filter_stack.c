/* Several filters: the most restrictive verdict counts, whichever filter gives it, with its own
 * data. Children and programs executed have them all. */
#include "filter.h"

#include <signal.h>

static const uint32_t by_strength[] = {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD,
				       SECCOMP_RET_TRAP,         SECCOMP_RET_ERRNO | 77,
				       SECCOMP_RET_TRACE,        SECCOMP_RET_LOG};
#define N (sizeof(by_strength) / sizeof(by_strength[0]))

static void child(const struct class *c, size_t first, size_t second)
{
	CHECK(!filter_install(0, c->nr, by_strength[first], 0));
	CHECK(!filter_install(0, c->nr, by_strength[second], 0));
	long result = class_call(c);
	syscall(SYS_exit, result == -1 ? errno : 1);
}

int main(int argc, char **argv)
{
	size_t i, first, second;

	if (argc > 1) {
		CHECK(syscall(SYS_getpriority) == -1 && errno == 90);
		CHECK(syscall(SYS_fork) == -1 && errno == 91);
		puts("ok");
		return 0;
	}
	for (i = 1; i < NCLASSES; i += 2)
		for (first = 0; first < N; first++)
			for (second = 0; second < N; second++) {
				pid_t pid = fork();
				if (!pid)
					child(&classes[i], first, second);
				int status = status_of(pid);
				size_t strict = first < second ? first : second;
				CHECK(strict < 3    ? (status & 0x7f) == SIGSYS
				      : strict == 3 ? status == 77 << 8
				      : strict == 4 ? status == ENOSYS << 8
						    : WIFEXITED(status));
			}
	CHECK(!filter_install(0, SYS_getpriority, SECCOMP_RET_ERRNO | 90, 0));
	CHECK(!filter_install(0, SYS_fork, SECCOMP_RET_ERRNO | 91, 0));
	pid_t pid = vfork();
	if (!pid) {
		execl("/proc/self/exe", argv[0], "again", NULL);
		_exit(1);
	}
	CHECK(status_of(pid) == 0);
	puts("ok");
	return 0;
}
