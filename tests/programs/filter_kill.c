/* SECCOMP_RET_KILL_PROCESS and KILL_THREAD on each class of call. What the child wrote before is
 * there. */
#include "filter.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

static volatile long *shared;

static void *thread(void *c)
{
	shared[1] = 2;
	class_call(c);
	shared[1] = 3;
	return NULL;
}

static void child(const struct class *c, uint32_t verdict, int in_thread)
{
	pthread_t t;

	CHECK(!filter_install(0, c->nr, verdict, 0));
	shared[0] = 1;
	if (!in_thread)
		class_call(c);
	pthread_create(&t, NULL, thread, (void *)c);
	pthread_join(t, NULL);
	shared[0] = 4;
	syscall(SYS_exit, 5);
}

int main(void)
{
	static const uint32_t verdicts[] = {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD,
					    0x12340000 /* unknown */};
	const struct rlimit none = {0, 0};
	size_t i, v;
	int in_thread;

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(!setrlimit(RLIMIT_CORE, &none));
	for (v = 0; v < 3; v++)
		for (i = 0; i < NCLASSES; i++)
			for (in_thread = 0; in_thread < 2; in_thread++) {
				shared[0] = shared[1] = 0;
				pid_t pid = fork();
				if (!pid)
					child(&classes[i], verdicts[v], in_thread);
				int status = status_of(pid);
				/* a call that makes a thread fails in the child's first */
				int early = in_thread && (classes[i].nr == SYS_mmap ||
							  classes[i].nr == SYS_clone3);
				int thread_only = in_thread && !early && v == 1;
				CHECK(status == (thread_only ? 5 << 8 : SIGSYS));
				CHECK(shared[0] == (thread_only ? 4 : 1));
				CHECK(shared[1] == (in_thread && !early ? 2 : 0));
			}
	puts("ok");
	return 0;
}
