/* Makes random system calls in threads and child processes that share memory and descriptors, and
 * prints a hash of all that they saw.
 *
 * usage: random_calls SEED [STEPS]
 *
 * tests/fuzz/random-calls.py records and replays it. The calls are chosen by the seed, but what
 * they return depends on the schedule as well, so two runs need not print the same. Whatever blocks
 * is interrupted by the first thread, which signals the others until they end. It names no file
 * outside its directory but some of its own under /proc, and refuses to run as root.
 */
#include "random_actor.h"

/* Handlers. */

static void on_signal(int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	(void)context;
	if (self) {
		mix(self, (uint64_t)sig << 32 | (uint32_t)info->si_code);
		if (info->si_code <= 0)
			mix(self, (uint64_t)info->si_pid);
	}
	shared->count++;
	errno = saved;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (!self || !self->guard || info->si_code <= 0) {
		signal(sig, SIG_DFL);
		return;
	}
	mix(self, (uint64_t)info->si_addr ^ (uint64_t)info->si_code << 56);
	siglongjmp(*self->guard, 1);
}

static void handle(int sig, int flags)
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | flags};

	sigaction(sig, &sa, NULL);
}

static void handle_all(void)
{
	struct sigaction sa = {.sa_sigaction = on_fault,
			       .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};

	for (unsigned i = 0; i < SIGNALS; i++)
		handle(signals[i], i & 1 ? SA_RESTART : 0);
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
}

static const struct {
	short number;
	const char *arguments;
} calls[] = {
	{SYS_read, "fbn"},
	{SYS_read, "fbn"},
	{SYS_write, "fbn"},
	{SYS_write, "fbn"},
	{SYS_openat, "cpom"},
	{SYS_openat, "cpom"},
	{SYS_stat, "pb"},
	{SYS_fstat, "fb"},
	{SYS_lstat, "pb"},
	{SYS_newfstatat, "fpb0"},
	{SYS_statx, "cp0rb"},
	{SYS_lseek, "fOw"},
	{SYS_pread64, "fbnO"},
	{SYS_pwrite64, "fbNO"},
	{SYS_readv, "fvi"},
	{SYS_writev, "fvi"},
	{SYS_preadv, "fviO"},
	{SYS_pwritev, "fviO"},
	{SYS_preadv2, "fviO00"},
	{SYS_access, "pi"},
	{SYS_faccessat2, "cpi0"},
	{SYS_sched_yield, ""},
	{SYS_mincore, "alb"},
	{SYS_mprotect, "alP"},
	{SYS_mprotect, "alP"},
	{SYS_munmap, "al"},
	{SYS_madvise, "alA"},
	{SYS_madvise, "alA"},
	{SYS_msync, "ali"},
	{SYS_mlock, "al"},
	{SYS_munlock, "al"},
	{SYS_dup, "f"},
	{SYS_getitimer, "ib"},
	{SYS_alarm, "1"},
	{SYS_getpid, ""},
	{SYS_gettid, ""},
	{SYS_getppid, ""},
	{SYS_sendfile, "ff0N"},
	{SYS_sendfile, "ffbN"},
	{SYS_copy_file_range, "f0f0N0"},
	{SYS_splice, "f0f0N3"},
	{SYS_tee, "ffN3"},
	{SYS_vmsplice, "fvii"},
	{SYS_recvfrom, "fbnDbb"},
	{SYS_recvfrom, "fbND00"},
	{SYS_sendto, "fbND00"},
	{SYS_sendto, "fbNDkK"},
	{SYS_sendmsg, "fMD"},
	{SYS_recvmsg, "fMD"},
	{SYS_shutdown, "fw"},
	{SYS_bind, "fkK"},
	{SYS_connect, "fkK"},
	{SYS_listen, "fi"},
	{SYS_getsockname, "fbb"},
	{SYS_getpeername, "fbb"},
	{SYS_getsockopt, "f1ibb"},
	{SYS_setsockopt, "f1ibi"},
	{SYS_accept4, "fbbo"},
	{SYS_uname, "b"},
	{SYS_fcntl, "fi1"},
	{SYS_flock, "fi"},
	{SYS_fsync, "f"},
	{SYS_fdatasync, "f"},
	{SYS_ftruncate, "fO"},
	{SYS_truncate, "pO"},
	{SYS_getdents64, "fbn"},
	{SYS_getcwd, "bN"},
	{SYS_rename, "pp"},
	{SYS_renameat2, "cpcpi"},
	{SYS_mkdir, "pm"},
	{SYS_rmdir, "p"},
	{SYS_link, "pp"},
	{SYS_unlink, "p"},
	{SYS_symlink, "pp"},
	{SYS_readlink, "pbN"},
	{SYS_chmod, "pm"},
	{SYS_fchmod, "fm"},
	{SYS_umask, "m"},
	{SYS_gettimeofday, "bb"},
	{SYS_getrlimit, "ib"},
	{SYS_getrusage, "1b"},
	{SYS_sysinfo, "b"},
	{SYS_times, "b"},
	{SYS_getgroups, "ib"},
	{SYS_getresuid, "bbb"},
	{SYS_getpgid, "T"},
	{SYS_getsid, "T"},
	{SYS_capget, "bb"},
	{SYS_rt_sigpending, "b8"},
	{SYS_rt_sigpending, "b0"},
	{SYS_statfs, "pb"},
	{SYS_fstatfs, "fb"},
	{SYS_getpriority, "iT"},
	{SYS_sched_getparam, "Tb"},
	{SYS_sched_getscheduler, "T"},
	{SYS_sched_rr_get_interval, "Tb"},
	{SYS_sched_getaffinity, "TNb"},
	{SYS_setxattr, "ppbN0"},
	{SYS_getxattr, "ppbN"},
	{SYS_listxattr, "pbN"},
	{SYS_time, "b"},
	{SYS_clock_gettime, "Cb"},
	{SYS_clock_gettime, "Cb"},
	{SYS_clock_getres, "Cb"},
	{SYS_nanosleep, "tb"},
	{SYS_clock_nanosleep, "10tb"},
	{SYS_tgkill, "TTs"},
	{SYS_timer_gettime, "ib"},
	{SYS_timer_getoverrun, "i"},
	{SYS_utimensat, "cpt0"},
	{SYS_fallocate, "fiON"},
	{SYS_timerfd_gettime, "fb"},
	{SYS_dup3, "ff0"},
	{SYS_dup3, "ffo"},
	{SYS_close, "f"},
	{SYS_getcpu, "bb"},
	{SYS_getrandom, "bn1"},
	{SYS_process_vm_readv, "Tvivi0"},
	{SYS_process_vm_writev, "Tvivi0"},
	{SYS_membarrier, "i0"},
	{SYS_mlock2, "al1"},
	{SYS_pidfd_open, "T0"},
	{SYS_pidfd_send_signal, "fs00"},
	{SYS_pidfd_getfd, "ff0"},
	{SYS_readahead, "fON"},
	{SYS_fadvise64, "fONi"},
	{SYS_sync_file_range, "fONi"},
	{SYS_get_robust_list, "Tbb"},
	{SYS_ioctl, "frb"},
	{SYS_getsockopt, "f1ibb"},
	{SYS_set_mempolicy, "ibN"},
	{SYS_get_mempolicy, "bbNai"},
	{SYS_mremap, "all00"},
	{SYS_kcmp, "TTiff"},
	{SYS_inotify_add_watch, "fpr"},
	{SYS_inotify_rm_watch, "fi"},
	{SYS_ioprio_get, "1T"},
	{SYS_epoll_ctl, "fiff"},
	{SYS_sched_getattr, "TbN0"},
	{SYS_openat2, "cpbN"},
	{SYS_close_range, "ff0"},
	{SYS_personality, "z"},
	{SYS_name_to_handle_at, "cpbb0"},
	{500, "bbb"},
	{SYS_mbind, "alibNi"},
	{SYS_prlimit64, "Ti0b"},
	{SYS_rt_sigtimedwait, "bbt8"},
};
#define CALLS (sizeof(calls) / sizeof(*calls))

/* A call from the table. */
static long plain_call(struct actor *a)
{
	unsigned which = pick(a, CALLS);
	long args[6] = {0};

	for (unsigned i = 0; i < 6 && calls[which].arguments[i]; i++)
		args[i] = argument(a, calls[which].arguments[i]);
	mix(a, (uint64_t)calls[which].number);
	return syscall(calls[which].number, args[0], args[1], args[2], args[3], args[4], args[5]);
}

/* Moves a new descriptor to a place where it is played with. */
static long place(struct actor *a, int fd)
{
	int to = FIRST_FD + (int)pick(a, LAST_FD - FIRST_FD + 1);

	if (fd < 0)
		return -1;
	dup2(fd, to);
	close(fd);
	return to;
}

static long make_descriptor(struct actor *a)
{
	int two[2];
	sigset_t set;

	switch (pick(a, 13)) {
	case 0:
	case 1:
		if (pipe2(two, pick(a, 2) ? O_NONBLOCK : 0))
			return -1;
		place(a, two[0]);
		return place(a, two[1]);
	case 2:
	case 3:
		if (socketpair(AF_UNIX, pick(a, 2) ? SOCK_STREAM : SOCK_DGRAM, 0, two))
			return -1;
		place(a, two[0]);
		return place(a, two[1]);
	case 4:
		return place(a,
			     (int)syscall(SYS_eventfd2, pick(a, 4), pick(a, 2) ? O_NONBLOCK : 1));
	case 5: return place(a, (int)syscall(SYS_timerfd_create, pick(a, 2), O_NONBLOCK));
	case 6: return place(a, (int)syscall(SYS_epoll_create1, 0));
	case 7: return place(a, (int)syscall(SYS_inotify_init1, O_NONBLOCK));
	case 8: return place(a, (int)syscall(SYS_memfd_create, "m", pick(a, 4)));
	case 9:
		sigemptyset(&set);
		sigaddset(&set, signals[pick(a, SIGNALS)]);
		return place(a, (int)syscall(SYS_signalfd4, -1, &set, 8, O_NONBLOCK));
	case 10:
		return place(a, socket(pick(a, 2) ? AF_UNIX : AF_INET,
				       pick(a, 2) ? SOCK_STREAM : SOCK_DGRAM, 0));
	default: return place(a, open(path(a), O_RDWR | O_CREAT, 0600));
	}
}

static long wait_for_descriptors(struct actor *a)
{
	struct pollfd polled[5];
	struct epoll_event ready[4], one = {.events = EPOLLIN | (pick(a, 2) ? EPOLLOUT : EPOLLET),
					    .data.u64 = pick(a, 100)};
	fd_set in, out;
	long r;

	memset(ready, 0, sizeof(ready));
	switch (pick(a, 5)) {
	case 0:
		for (unsigned i = 0; i < 5; i++)
			polled[i] = (struct pollfd){descriptor(a),
						    POLLIN | (pick(a, 2) ? POLLOUT : 0), 0};
		r = pick(a, 2) ? poll(polled, 5, (int)pick(a, 3))
			       : ppoll(polled, 5, moment(a), NULL);
		mix_bytes(a, polled, sizeof(polled));
		return r;
	case 1:
		FD_ZERO(&in);
		FD_ZERO(&out);
		for (unsigned i = 0; i < 3; i++)
			FD_SET(FIRST_FD + (int)pick(a, LAST_FD - FIRST_FD),
			       pick(a, 2) ? &in : &out);
		r = pselect(LAST_FD, &in, &out, NULL, moment(a), NULL);
		mix_bytes(a, &in, 8);
		mix_bytes(a, &out, 8);
		return r;
	case 2: return epoll_ctl(descriptor(a), 1 + (int)pick(a, 3), descriptor(a), &one);
	default:
		r = epoll_wait(descriptor(a), ready, 4, (int)pick(a, 3));
		mix_bytes(a, ready, sizeof(ready));
		return r;
	}
}

static long use_futex(struct actor *a)
{
	volatile uint32_t *word = &shared->futex[pick(a, 16)], *other = &shared->futex[pick(a, 16)];
	uint32_t value = pick(a, 3) ? *word : 0;

	switch (pick(a, 7)) {
	case 0: ++*word; return syscall(SYS_futex, word, FUTEX_WAKE, 1 + pick(a, 3), NULL, NULL, 0);
	case 1: return syscall(SYS_futex, word, FUTEX_WAIT, value, moment(a), NULL, 0);
	case 2: return syscall(SYS_futex, word, FUTEX_REQUEUE, 1, pick(a, 2), other, 0);
	case 3: return syscall(SYS_futex, word, FUTEX_CMP_REQUEUE, 1, 1, other, value);
	case 4: return syscall(SYS_futex, word, FUTEX_WAKE_OP, 1, 1, other, pick(a, 0x7fffffff));
	case 5:
		return syscall(SYS_futex, word, FUTEX_WAIT_BITSET, value, NULL, NULL,
			       0); /* until a signal comes */
	default: return syscall(SYS_futex, pointer(a), FUTEX_WAIT, value, moment(a), NULL, 0);
	}
}

static long use_signals(struct actor *a)
{
	siginfo_t info = {0};
	sigset_t set;
	stack_t stack = {.ss_sp = a->altstack,
			 .ss_size = sizeof(a->altstack),
			 .ss_flags = pick(a, 3) ? 0 : SS_DISABLE};
	int sig = signals[pick(a, SIGNALS)];
	long r;

	sigemptyset(&set);
	for (unsigned i = 0; i < 3; i++)
		sigaddset(&set, signals[1 + pick(a, SIGNALS - 1)]);
	switch (pick(a, 10)) {
	case 0:
	case 1: return syscall(SYS_tgkill, getpid(), actors[pick(a, threads)].tid, sig);
	case 2: return kill(getpid(), sig);
	case 3: return sigprocmask(pick(a, 2) ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
	case 4: return sigprocmask(SIG_SETMASK, &set, NULL);
	case 5:
		r = sigtimedwait(&set, &info, moment(a));
		if (r >= 0)
			mix(a, (uint64_t)info.si_code << 32 | (uint32_t)info.si_signo);
		return r;
	case 6:
		handle(sig, pick(a, 2) ? SA_RESTART : pick(a, 2) ? SA_ONSTACK : SA_NODEFER);
		return 0;
	case 7: return sigaltstack(&stack, NULL);
	case 8: return sigqueue(getpid(), sig, (union sigval){.sival_int = (int)pick(a, 100)});
	default: sigemptyset(&set); return sigsuspend(&set);
	}
}

static long use_timers(struct actor *a)
{
	struct itimerval it = {.it_value.tv_usec = 1 + pick(a, 1000),
			       .it_interval.tv_usec = pick(a, 3) ? 0 : 20000};
	struct itimerspec its = {.it_value.tv_nsec = 1 + pick(a, 1000000),
				 .it_interval.tv_nsec = pick(a, 3) ? 0 : 20000000},
			  old = {0};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
				 .sigev_signo = signals[pick(a, SIGNALS)]};
	long r;

	switch (pick(a, 5)) {
	case 0: return setitimer((int)pick(a, 3), &it, NULL);
	case 1: return syscall(SYS_timerfd_settime, descriptor(a), 0, &its, NULL);
	case 2:
		if (timers_made >= 4)
			return 0;
		if (pick(a, 2)) {
			event.sigev_notify = 4 /* SIGEV_THREAD_ID */;
			event._sigev_un._tid = a->tid;
		}
		return timer_create(pick(a, 2), &event, &timers[timers_made++ & 3]);
	default:
		r = timers_made ? timer_settime(timers[pick(a, 4) % (unsigned)timers_made], 0, &its,
						&old)
				: 0;
		mix(a, (uint64_t)old.it_value.tv_nsec);
		return r;
	}
}

static long change_mappings(struct actor *a)
{
	char *at = (char *)argument(a, 'a');
	size_t size = (size_t)argument(a, 'l');
	int prot = (int)argument(a, 'P');

	switch (pick(a, 6)) {
	case 0: return (long)mmap(at, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	case 1: return (long)mmap(at, size, prot, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	case 2:
		return (long)mmap(at, size, prot,
				  (pick(a, 2) ? MAP_SHARED : MAP_PRIVATE) | MAP_FIXED,
				  descriptor(a), pick(a, 3) * PAGE);
	case 3:
		return (long)mremap(at, size, (size_t)argument(a, 'l'),
				    MREMAP_MAYMOVE | MREMAP_FIXED, argument(a, 'a'));
	case 4: return (long)mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	default:
		return syscall(SYS_brk,
			       pick(a, 3) ? syscall(SYS_brk, 0) + (long)pick(a, 3) * (long)PAGE
					  : 0x1000);
	}
}

/* Looks at memory that may be there or not, and changes it. */
static long look(struct actor *a)
{
	sigjmp_buf here;
	volatile uint64_t *volatile at =
		(uint64_t *)(pick(a, 3) ? arena + pick(a, ARENA_PAGES * PAGE / 8 - 64) * 8
					: shared->room + pick(a, PAGE / 8) * 8);
	volatile unsigned n = 1 + pick(a, 64);
	volatile int writes = pick(a, 2);

	if (!sigsetjmp(here, 1)) {
		a->guard = &here;
		for (unsigned i = 0; i < n; i++) {
			mix(a, at[i]);
			if (writes)
				at[i] += a->hash;
		}
	}
	a->guard = NULL;
	return 0;
}

static long compute(struct actor *a)
{
	unsigned ax, bx, cx, dx, n = pick(a, 8) ? pick(a, 300) : pick(a, 200000);

	for (unsigned i = 0; i < n; i++) {
		shared->count += i;
		mix(a, shared->count);
	}
	if (!pick(a, 4))
		mix(a, __builtin_ia32_rdtsc());
	if (!pick(a, 4)) {
		__cpuid_count(1, 0, ax, bx, cx, dx);
		mix(a, ax ^ bx ^ cx ^ dx);
	}
	return 0;
}

static void act(struct actor *a);

/* What a child does: calls, with the hash for the parent in shared memory. */
static void be_child(struct actor *a)
{
	threads = 1;
	actors[0].tid = a->tid = (pid_t)syscall(SYS_gettid);
	a->steps = 5 + (int)pick(a, 25);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGALRM, SIG_DFL);
	alarm(2);
	while (a->steps > 0)
		act(a);
	shared->hash = shared->hash * 31 + a->hash;
	_exit((int)(a->hash & 127));
}

static long use_children(struct actor *a)
{
	volatile pid_t *child = &children[pick(a, MOST_CHILDREN)];
	char *const argv[] = {"true", NULL}, *const env[] = {NULL};
	int status = 0;
	pid_t pid = *child; /* another thread may change it */
	long r;

	if (a->number >= 100)
		return 0;
	if (pid > 0) {
		if (!pick(a, 3))
			kill(pid, pick(a, 2) ? SIGKILL : SIGSTOP);
		if (!pick(a, 3))
			kill(pid, SIGCONT);
		r = wait4(pid, &status, pick(a, 3) ? WNOHANG : 0, NULL);
		mix(a, (uint64_t)status);
		if (r == pid)
			*child = 0;
		return r;
	}
	if (!pick(a, 4)) {
		pid = vfork();
		if (pid == 0) {
			if (pick(a, 4) == 0)
				execve("/bin/true", argv, env);
			syscall(SYS_exit_group, (int)(a->hash & 127));
		}
		return waitpid(pid, &status, 0) == pid ? status : -1;
	}
	pid = fork();
	if (pid == 0) {
		a->number += 100;
		be_child(a);
	}
	*child = pid;
	return pid;
}

static void act(struct actor *a)
{
	static long (*const kinds[])(struct actor *) = {
		plain_call,
		plain_call,
		plain_call,
		plain_call,
		plain_call,
		plain_call,
		plain_call,
		plain_call,
		make_descriptor,
		make_descriptor,
		wait_for_descriptors,
		wait_for_descriptors,
		use_futex,
		use_futex,
		use_signals,
		use_signals,
		use_timers,
		change_mappings,
		change_mappings,
		look,
		look,
		look,
		compute,
		compute,
	};
	long r;

	a->steps--;
	errno = 0;
	r = pick(a, 25) ? kinds[pick(a, sizeof(kinds) / sizeof(*kinds))](a) : use_children(a);
	mix(a, (uint64_t)r ^ (r == -1 ? (uint64_t)errno << 32 : 0));
	mix_bytes(a, a->buf, BUF_SIZE);
	mix_bytes(a, a->control, sizeof(a->control));
	mix_bytes(a, &a->msg, sizeof(a->msg));
	if (!pick(a, 8))
		for (unsigned i = 0; i < 64; i++)
			a->buf[pick(a, BUF_SIZE)] = (char)pick(a, 256);
}

static void *run(void *arg)
{
	struct actor *a = arg;

	self = a;
	a->tid = (pid_t)syscall(SYS_gettid);
	while (a->steps > 0)
		act(a);
	a->done = 1;
	return NULL;
}

static void set_up(struct actor *a, unsigned number, unsigned long seed, int steps)
{
	a->number = (int)number;
	a->random = seed * 1000003 + number;
	a->steps = steps;
	a->tid = getpid();
	pick(a, 2);
	a->buf = mmap(NULL, BUF_SIZE + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	mprotect(a->buf + BUF_SIZE, PAGE, PROT_NONE);
}

int main(int argc, char **argv)
{
	unsigned long seed = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	int steps = argc > 2 ? atoi(argv[2]) : 150, left = 1;
	struct timespec tick = {.tv_nsec = 3000000};

	if (!geteuid()) {
		fputs("random_calls: not as root: what it does to files and tasks is random\n",
		      stderr);
		return 2;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	arena = mmap(NULL, (ARENA_PAGES + 8) * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	handle_all();
	mkdir("d", 0700);
	threads = 1 + seed % MOST_THREADS;
	for (unsigned i = 0; i < threads; i++)
		set_up(&actors[i], i, seed, steps);
	for (unsigned i = 0; i < threads; i++)
		pthread_create(&actors[i].thread, NULL, run, &actors[i]);
	for (int turns = 0; left && turns < 1500; turns++) {
		nanosleep(&tick, NULL);
		left = 0;
		for (unsigned i = 0; i < threads; i++)
			if (!actors[i].done) {
				left++;
				syscall(SYS_tgkill, getpid(), actors[i].tid, SIGUSR1);
			}
	}
	for (unsigned i = 0; i < threads; i++)
		printf("%u: %016lx %s\n", i, (unsigned long)actors[i].hash,
		       actors[i].done ? "done" : "stuck");
	printf("shared: %lx %lx\n", (unsigned long)shared->hash, (unsigned long)shared->count);
	for (unsigned i = 0; i < MOST_CHILDREN; i++)
		if (children[i] > 0)
			kill(children[i], SIGKILL);
	fflush(stdout);
	_exit(0);
}
