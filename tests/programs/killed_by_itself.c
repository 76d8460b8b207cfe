/* Processes end in the middle of things, each in another way, just after having written to shared
 * memory: what they wrote is seen. */
#include "check.h"

#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static volatile uint64_t *seen;

static void *count(void *arg)
{
	for (;;)
		seen[1]++;
	return arg;
}

static void while_another_counts(void)
{
	pthread_t th;

	CHECK(!pthread_create(&th, NULL, count, NULL));
	while (seen[1] < 100000)
		;
}

static void by_kill(void)
{
	kill(getpid(), SIGKILL);
}

static void by_group(void)
{
	setpgid(0, 0);
	kill(0, SIGKILL);
}

static void by_pidfd(void)
{
	syscall(SYS_pidfd_send_signal, (int)syscall(SYS_pidfd_open, getpid(), 0), SIGKILL, NULL, 0);
}

static void by_strict_seccomp(void)
{
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
	seen[2]++;
	getppid();
}

static void by_cpu_limit(void)
{
	const struct rlimit now = {1, 1};

	setrlimit(RLIMIT_CPU, &now);
	count(NULL);
}

static void by_exit_of_another(void)
{
	while_another_counts();
	_exit(3);
}

static void by_exec_of_another(void)
{
	while_another_counts();
	execl("/bin/true", "true", NULL);
}

int main(void)
{
	void (*const ways[])(void) = {by_kill,           by_group,     by_pidfd,
				      by_strict_seccomp, by_cpu_limit, by_exit_of_another,
				      by_exec_of_another};
	int status;

	seen = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(seen != MAP_FAILED);
	for (unsigned i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		seen[1] = 0;
		if (!fork()) {
			for (seen[0] = 0; seen[0] < 1000 + i; seen[0]++)
				;
			ways[i]();
			_exit(99);
		}
		CHECK(wait(&status) > 0);
		printf("%u: status %x, %lu %lu %lu\n", i, status, seen[0], seen[1], seen[2]);
	}
	puts("ok");
	return 0;
}
