/* A filter that kills for all but a few calls: loops, signals, threads that wait, and files that
 * are mapped make no other call. */
#include "filter.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

static const int allowed[] = {SYS_write,        SYS_exit_group, SYS_exit,
			      SYS_rt_sigreturn, SYS_setitimer,  SYS_pipe2,
			      SYS_read,         SYS_clone,      SYS_clone3,
			      SYS_mmap,         SYS_mprotect,   SYS_munmap,
			      SYS_futex,        SYS_madvise,    SYS_rt_sigprocmask,
			      SYS_rseq,         SYS_openat,     SYS_fstat,
			      SYS_close,        SYS_newfstatat, SYS_set_robust_list,
			      SYS_rt_sigaction, SYS_brk,        SYS_getrandom,
			      SYS_pread64,      SYS_access};
#define N (sizeof(allowed) / sizeof(allowed[0]))

static int words[2];
static volatile sig_atomic_t alarms;
static volatile long sum;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

static void *waits(void *unused)
{
	char byte;

	CHECK(read(words[0], &byte, 1) == 1);
	return unused;
}

int main(void)
{
	struct sock_filter f[N + 3] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
	struct sock_fprog program = {N + 3, f};
	struct itimerval often = {{0, 10000}, {0, 10000}}, never = {0};
	pthread_t thread;
	size_t i;

	for (i = 0; i < N; i++)
		f[i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
							(uint32_t)allowed[i], N - i, 0);
	f[N + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	f[N + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	signal(SIGALRM, on_alarm);
	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	CHECK(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
	CHECK(!pipe(words) && !setitimer(ITIMER_REAL, &often, NULL));
	CHECK(!pthread_create(&thread, NULL, waits, NULL));
	while (alarms < 5)
		for (i = 0; i < 1000; i++)
			sum += (long)i;
	CHECK(!setitimer(ITIMER_REAL, &never, NULL));
	CHECK(dlopen("libz.so.1", RTLD_NOW) || dlopen("libm.so.6", RTLD_NOW));
	CHECK(write(words[1], "x", 1) == 1);
	CHECK(!pthread_join(thread, NULL));
	puts("ok");
	return 0;
}
