/* What rr-dump prints for calls and other events. They are put into a trace, read back, printed and
 * compared. */
#include "print/print.h"
#include "trace/systab.h"

#include <arpa/inet.h>
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

enum { A = 0x1000, B = 0x2000, C = 0x3000, D = 0x4000, E = 0x5000, F = 0x6000, WANTED = 256 };
enum { RDI = 14, RSI = 13, RDX = 12, R10 = 7, R8 = 9, R9 = 8 };

static struct {
	struct trace_writer *w;
	const char *want[WANTED];
	unsigned n, failed;
	uint16_t flags;
} test;

static void record(int kind, uint64_t addr, const void *bytes, size_t n)
{
	struct trace_data d = {.kind = kind, .addr = addr, .len = n, .bytes = bytes};

	trace_put_data(test.w, &d);
}

static void in(uint64_t addr, const void *bytes, size_t n)
{
	record(DATA_IN, addr, bytes, n);
}

static void out(uint64_t addr, const void *bytes, size_t n)
{
	record(DATA_OUT, addr, bytes, n);
}

static void in_str(uint64_t addr, const char *s)
{
	in(addr, s, strlen(s) + 1);
}

static void put(const char *want, struct trace_event *ev)
{
	ev->tid = 100;
	test.want[test.n++] = want;
	trace_put_event(test.w, ev);
	test.flags = 0;
}

static void call_kind(const char *want, int kind, unsigned nr, int64_t result, const uint64_t a[6])
{
	static const int where[6] = {RDI, RSI, RDX, R10, R8, R9};
	struct trace_event ev = {.kind = kind, .sysno = nr, .result = result, .flags = test.flags};

	for (int i = 0; i < 6; i++)
		ev.regs.r[where[i]] = a[i];
	put(want, &ev);
}

#define call(want, nr, result, ...) \
	call_kind(want, EV_SYSCALL, nr, result, (const uint64_t[6]){__VA_ARGS__})
#define enter(want, nr, ...) call_kind(want, EV_ENTER, nr, 0, (const uint64_t[6]){__VA_ARGS__})

/* --- the cases --- */

static void strings(void)
{
	char path[4096];

	in_str(A, "/etc/passwd");
	call("openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY|O_CLOEXEC) = 3", SYS_openat, 3, AT_FDCWD,
	     A, O_RDONLY | O_CLOEXEC, 0777);
	in_str(A, "/none");
	call("openat(AT_FDCWD, \"/none\", O_WRONLY|O_CREAT|O_TRUNC, 0644) = -1 ENOENT (No such file or directory)",
	     SYS_openat, -ENOENT, AT_FDCWD, A, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	call("openat(5, 0x1000, O_RDWR) = -1 EFAULT (Bad address)", SYS_openat, -EFAULT, 5, A,
	     O_RDWR);
	out(A, "root:x:0:0:root:/root:/bin/bash\nmore of it", 42);
	call("read(3, \"root:x:0:0:root:/root:/bin/bash\\n\"..., 4096) = 42", SYS_read, 42, 3, A,
	     4096);
	call("read(3, \"\", 4096) = 0", SYS_read, 0, 3, A, 4096);
	call("read(3, 0x1000, 4096) = -1 EAGAIN (Resource temporarily unavailable)", SYS_read,
	     -EAGAIN, 3, A, 4096);
	call("read(3, NULL, 4096) = -1 EFAULT (Bad address)", SYS_read, -EFAULT, 3, 0, 4096);
	in(A, "a\tb\n\0\0011\x7f\"\\\xff", 11);
	call("write(1, \"a\\tb\\n\\0\\0011\\177\\\"\\\\\\377\", 11) = 11", SYS_write, 11, 1, A, 11);
	in(A, "0123456789abcdef0123456789abcdef", 32);
	call("write(1, \"0123456789abcdef0123456789abcdef\"..., 100000) = 100000", SYS_write,
	     100000, 1, A, 100000);
	in(A, "ls\0-l\0", 6);
	in(B, "HOME=/\0TERM=x\0", 14);
	in_str(C, "/bin/ls");
	test.flags = EVF_EXEC;
	call("execve(\"/bin/ls\", [\"ls\", \"-l\"], 0x2000 /* 2 vars */) = 0", SYS_execve, 0, C, A,
	     B);
	memset(path, 'p', sizeof(path));
	in(A, path, sizeof(path));
	call(NULL, SYS_chdir, -ENAMETOOLONG, A);
	out(A, "/tmp", 5);
	call("getcwd(\"/tmp\", 4096) = 5", SYS_getcwd, 5, A, 4096);
	out(B, "target", 6);
	in_str(A, "link");
	call("readlink(\"link\", \"target\", 4096) = 6", SYS_readlink, 6, A, B, 4096);
}

static void numbers(void)
{
	call("mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000",
	     SYS_mmap, 0x7f0000001000, 0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	     -1, 0);
	call("mprotect(0x1000, 4096, PROT_NONE) = 0", SYS_mprotect, 0, A, 4096, PROT_NONE);
	call("lseek(3, -10, SEEK_END) = 90", SYS_lseek, 90, 3, -10, SEEK_END);
	call("kill(-1, SIGTERM) = -1 EPERM (Operation not permitted)", SYS_kill, -EPERM, -1,
	     SIGTERM);
	call("getppid() = 41", SYS_getppid, 41, 0);
	call("exit_group(3) = ?", SYS_exit_group, 0, 3);
	call("fcntl(3, F_GETFL) = 0", SYS_fcntl, 0, 3, F_GETFL, 77);
	call("fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0", SYS_fcntl, 0, 3, F_SETFL,
	     O_RDWR | O_NONBLOCK);
	call("fcntl(3, F_DUPFD_CLOEXEC, 10) = 10", SYS_fcntl, 10, 3, F_DUPFD_CLOEXEC, 10);
	call("futex(0x1000, FUTEX_WAKE_PRIVATE, 1) = 1", SYS_futex, 1, A, FUTEX_WAKE_PRIVATE, 1);
	call("getrusage(RUSAGE_CHILDREN, 0x1000) = -1 EFAULT (Bad address)", SYS_getrusage, -EFAULT,
	     (uint32_t)-1, A);
	in_str(A, "x");
	call("mknod(\"x\", S_IFIFO|0600, makedev(0x0, 0x0)) = 0", SYS_mknod, 0, A, S_IFIFO | 0600,
	     0);
	test.flags = EVF_REFUSED;
	call("io_uring_setup(8, 0x1000) = -1 ENOSYS (Function not implemented) (refused)",
	     SYS_io_uring_setup, -ENOSYS, 8, A);
	test.flags = EVF_RESTART;
	call("read(0, 0x1000, 1) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)", SYS_read,
	     -512, 0, A, 1);
	call("syscall_500(0x1, 0x2, 0x3, 0x4, 0x5, 0x6) = -1 ENOSYS (Function not implemented)",
	     500, -ENOSYS, 1, 2, 3, 4, 5, 6);
}

static void structs(void)
{
	struct stat st = {.st_mode = S_IFREG | 0644, .st_size = 1234};
	struct timespec ts = {1, 500};
	struct timeval tv = {2, 7};
	struct pollfd fds[2] = {{3, POLLIN, POLLIN}, {4, POLLIN | POLLOUT, 0}};
	struct epoll_event ee = {.events = EPOLLIN | EPOLLET, .data.u64 = 7};
	uint64_t act[4] = {0x401000, SA_RESTART | 0x04000000, 0x402000, 1ull << (SIGINT - 1)};
	uint64_t set = 1ull << (SIGINT - 1) | 1ull << (SIGCHLD - 1);
	struct winsize ws = {24, 80, 0, 0};
	int status = 3 << 8, pair[2] = {3, 4}, one = 1;
	unsigned char bits[8] = {0x18}, ready[8] = {0x08};

	in_str(A, "/x");
	out(B, &st, sizeof(st));
	call("newfstatat(AT_FDCWD, \"/x\", {st_mode=S_IFREG|0644, st_size=1234, ...}, 0) = 0",
	     SYS_newfstatat, 0, AT_FDCWD, A, B, 0);
	out(A, &ts, sizeof(ts));
	call("clock_gettime(CLOCK_MONOTONIC, {tv_sec=1, tv_nsec=500}) = 0", SYS_clock_gettime, 0,
	     CLOCK_MONOTONIC, A);
	in(A, &ts, sizeof(ts));
	call("nanosleep({tv_sec=1, tv_nsec=500}, NULL) = 0", SYS_nanosleep, 0, A, 0);
	out(A, &tv, sizeof(tv));
	call("gettimeofday({tv_sec=2, tv_usec=7}, NULL) = 0", SYS_gettimeofday, 0, A, 0);
	out(A, fds, sizeof(fds));
	call("poll([{fd=3, events=POLLIN, revents=POLLIN}, {fd=4, events=POLLIN|POLLOUT}], 2, -1) = 1",
	     SYS_poll, 1, A, 2, -1);
	in(A, &ee, sizeof(ee));
	call("epoll_ctl(5, EPOLL_CTL_ADD, 3, {events=EPOLLIN|EPOLLET, data=0x7}) = 0",
	     SYS_epoll_ctl, 0, 5, EPOLL_CTL_ADD, 3, A);
	out(A, &ee, sizeof(ee));
	call("epoll_wait(5, [{events=EPOLLIN|EPOLLET, data=0x7}], 8, -1) = 1", SYS_epoll_wait, 1, 5,
	     A, 8, -1);
	in(A, act, sizeof(act));
	call("rt_sigaction(SIGINT, {sa_handler=0x401000, sa_mask=[INT], sa_flags=SA_RESTORER|SA_RESTART, "
	     "sa_restorer=0x402000}, NULL, 8) = 0",
	     SYS_rt_sigaction, 0, SIGINT, A, 0, 8);
	in(A, &set, sizeof(set));
	record(DATA_OUT, B, (uint64_t[1]){0}, 8);
	call("rt_sigprocmask(SIG_BLOCK, [INT CHLD], [], 8) = 0", SYS_rt_sigprocmask, 0, SIG_BLOCK,
	     A, B, 8);
	out(A, &status, 4);
	call("wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], WNOHANG, NULL) = 55", SYS_wait4,
	     55, -1, A, WNOHANG, 0);
	out(A, pair, sizeof(pair));
	call("pipe2([3, 4], O_CLOEXEC) = 0", SYS_pipe2, 0, A, O_CLOEXEC);
	out(A, &ws, sizeof(ws));
	call("ioctl(1, TIOCGWINSZ, {ws_row=24, ws_col=80, ws_xpixel=0, ws_ypixel=0}) = 0",
	     SYS_ioctl, 0, 1, TIOCGWINSZ, A);
	call("ioctl(1, TCGETS, 0x1000) = -1 ENOTTY (Inappropriate ioctl for device)", SYS_ioctl,
	     -ENOTTY, 1, TCGETS, A);
	call("ioctl(1, _IOC(_IOC_READ, 0xee, 0x1, 0x8), 0x1000) = -1 ENOTTY (Inappropriate ioctl for device)",
	     SYS_ioctl, -ENOTTY, 1, 0x8008ee01, A);
	in_str(A, "worker");
	call("prctl(PR_SET_NAME, \"worker\") = 0", SYS_prctl, 0, PR_SET_NAME, A);
	in(A, &one, 4);
	call("setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0", SYS_setsockopt, 0, 3,
	     SOL_SOCKET, SO_REUSEADDR, A, 4);
	in(A, &one, 4);
	call("setsockopt(3, SOL_TCP, TCP_NODELAY, [1], 4) = 0", SYS_setsockopt, 0, 3, SOL_TCP,
	     TCP_NODELAY, A, 4);
	in(A, bits, 8);
	out(A, ready, 8);
	call("select(5, [3 4] => [3], NULL, NULL, NULL) = 1", SYS_select, 1, 5, A, 0, 0, 0);
	in(A, &ts, sizeof(ts));
	call("futex(0x2000, FUTEX_WAIT_PRIVATE, 2, {tv_sec=1, tv_nsec=500}) = -1 ETIMEDOUT (Connection timed out)",
	     SYS_futex, -ETIMEDOUT, B, FUTEX_WAIT_PRIVATE, 2, A);
	in(A, &set, 3);
	call("rt_sigprocmask(SIG_BLOCK, 0x1000, NULL, 8) = 0", SYS_rt_sigprocmask, 0, SIG_BLOCK, A,
	     0, 8);
}

static void sockets(void)
{
	struct sockaddr_in inet = {AF_INET, htons(80), {htonl(0x7f000001)}, {0}};
	struct sockaddr_un un = {AF_UNIX, "/run/x"};
	uint64_t iov[4] = {A, 3, B, 100};
	uint32_t len = sizeof(inet);
	uint64_t msg[7] = {0, 0, C, 1, E, 24, 0};
	struct {
		uint64_t len;
		int level, type, fd, pad;
	} rights = {20, SOL_SOCKET, SCM_RIGHTS, 9, 0};

	call("socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3", SYS_socket, 3, AF_INET,
	     SOCK_STREAM | SOCK_CLOEXEC, 0);
	in(A, &inet, sizeof(inet));
	call("connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0",
	     SYS_connect, 0, 3, A, sizeof(inet));
	in(A, &un, 9);
	call("bind(3, {sa_family=AF_UNIX, sun_path=\"/run/x\"}, 9) = 0", SYS_bind, 0, 3, A, 9);
	out(A, &inet, sizeof(inet));
	out(B, &len, 4);
	call("accept(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, [16]) = 4",
	     SYS_accept, 4, 3, A, B);
	in(C, iov, sizeof(iov));
	in(A, "abc", 3);
	in(B, "0123456789abcdef0123456789abcdef", 32);
	call("writev(1, [{iov_base=\"abc\", iov_len=3}, "
	     "{iov_base=\"0123456789abcdef0123456789abcdef\"..., iov_len=100}], 2) = 103",
	     SYS_writev, 103, 1, C, 2);
	in(C, iov, sizeof(iov));
	out(A, "abc", 3);
	out(B, "d", 1);
	call("readv(0, [{iov_base=\"abc\", iov_len=3}, {iov_base=\"d\", iov_len=100}], 2) = 4",
	     SYS_readv, 4, 0, C, 2);
	out(D, msg, sizeof(msg));
	in(C, iov, 16);
	out(A, "xyz", 3);
	out(E, &rights, 24);
	call("recvmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"xyz\", iov_len=3}], msg_iovlen=1, "
	     "msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[9]}], "
	     "msg_controllen=24, msg_flags=0}, 0) = 3",
	     SYS_recvmsg, 3, 3, D, 0);
}

/* A call's inputs come with its EV_ENTER, and are printed once more with the whole call. */
static void resumed(void)
{
	struct timespec ts = {1, 500};

	in(A, &ts, sizeof(ts));
	enter("clock_nanosleep(CLOCK_MONOTONIC, 0, {tv_sec=1, tv_nsec=500}, <unfinished ...>",
	      SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, A, B);
	test.flags = EVF_RESUMED;
	out(B, &ts, sizeof(ts));
	call("clock_nanosleep(CLOCK_MONOTONIC, 0, {tv_sec=1, tv_nsec=500}, {tv_sec=1, tv_nsec=500}) = "
	     "-1 EINTR (Interrupted system call)",
	     SYS_clock_nanosleep, -EINTR, CLOCK_MONOTONIC, 0, A, B);
	call("clock_nanosleep(CLOCK_MONOTONIC, 0, 0x1000, NULL) = 0", SYS_clock_nanosleep, 0,
	     CLOCK_MONOTONIC, 0, A, 0);
	enter("exit_group(3) = ?", SYS_exit_group, 3);
}

static void other_kinds(void)
{
	struct trace_event ev = {.kind = EV_CLONE, .sysno = SYS_clone, .other = 1235};
	siginfo_t si = {.si_signo = SIGSEGV, .si_code = SEGV_MAPERR};

	put("clone: child 1235", &ev);
	ev = (struct trace_event){
		.kind = EV_CLONE, .sysno = SYS_clone, .other = 1236, .flags = EVF_GROUP};
	put("clone: thread 1236", &ev);
	enter("read(0, <unfinished ...>", SYS_read, 0, A, 1);
	enter("futex(0x1000, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>", SYS_futex, A,
	      FUTEX_WAIT_PRIVATE, 2, 0);
	si.si_addr = (void *)0x10;
	record(DATA_SIGINFO, 0, &si, sizeof(si));
	ev = (struct trace_event){
		.kind = EV_SIGNAL, .result = SIGSEGV, .flags = EVF_SYNC | EVF_FATAL};
	put("SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10} fatal", &ev);
	memset(&si, 0, sizeof(si));
	si.si_signo = SIGTERM;
	si.si_pid = 7;
	si.si_uid = 8;
	record(DATA_SIGINFO, 0, &si, sizeof(si));
	ev = (struct trace_event){.kind = EV_SIGNAL, .result = SIGTERM, .flags = EVF_HANDLER};
	put("SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=7, si_uid=8} handler", &ev);
	ev = (struct trace_event){.kind = EV_SIGNAL, .result = SIGTSTP, .flags = EVF_STOP};
	put("SIGTSTP stop", &ev);
	ev = (struct trace_event){.kind = EV_SIGNAL, .result = 34};
	put("SIGRT_2 ignored", &ev);
	ev = (struct trace_event){.kind = EV_INSN, .sysno = 0, .result = 0x1234};
	put("rdtsc = 0x1234", &ev);
	ev = (struct trace_event){.kind = EV_CHECKSUM, .result = 0xabc};
	put("checksum = 0xabc", &ev);
	ev = (struct trace_event){.kind = EV_EXIT, .result = 2 << 8};
	put("exited 2", &ev);
	ev = (struct trace_event){.kind = EV_EXIT, .result = SIGSEGV | 0x80};
	put("killed by SIGSEGV (core dumped)", &ev);
}

/* --- comparing --- */

static bool well_formed(const char *line)
{
	unsigned tabs = 0;

	for (const char *p = line; *p; p++) {
		tabs += *p == '\t';
		if ((*p < ' ' && *p != '\t') || *p == 0x7f || (signed char)*p < 0)
			return false;
	}
	return tabs == 5;
}

static void compare(const struct trace_event *ev, const struct print_records *recs)
{
	static const struct print_style style;
	const char *want = test.want[ev->num - 1];
	char *line = NULL, *detail;
	size_t n;
	FILE *f = open_memstream(&line, &n);

	print_event(f, ev, recs, &style);
	fclose(f);
	line[strcspn(line, "\n")] = 0;
	detail = strrchr(line, '\t') + 1;
	if (well_formed(line) && (!want || strcmp(detail, want) == 0)) {
		printf("ok %d - %.60s\n", (int)ev->num, detail);
	} else {
		test.failed++;
		printf("not ok %d - %s\n# printed %s\n", (int)ev->num,
		       want ? want : "a well-formed line", line);
	}
	free(line);
}

static int read_back(const char *dir)
{
	struct trace_reader *r = trace_open(dir, false);
	struct print_records recs = {0};
	struct print_inputs inputs = {0};
	struct trace_event ev;
	unsigned n = 0;

	if (!r) {
		printf("not ok 1 - trace_open: %s\n", trace_strerror());
		return 1;
	}
	printf("1..%u\n", test.n);
	while (trace_next(r, &ev) == 1 && print_records_load(&recs, r, TRACE_DATA_MAX) == 0) {
		print_inputs_join(&inputs, &ev, &recs);
		compare(&ev, &recs);
		n++;
	}
	print_inputs_free(&inputs);
	print_records_free(&recs);
	trace_reader_close(r);
	return test.failed || n != test.n;
}

int main(void)
{
	char dir[] = "/tmp/print_test.XXXXXX", command[64];
	struct trace_meta meta = {.exe = "x",
				  .cwd = "/",
				  .argv = (char *[]){NULL},
				  .envp = (char *[]){NULL},
				  .kernel = "6",
				  .cpu_model = "cpu",
				  .page_size = 4096,
				  .counter = "none"};
	int failed;

	if (!mkdtemp(dir) || !(test.w = trace_create(dir, true, &meta))) {
		printf("not ok 1 - trace_create: %s\n", trace_strerror());
		return 1;
	}
	strings();
	numbers();
	structs();
	sockets();
	resumed();
	other_kinds();
	trace_close(test.w, true);
	failed = read_back(dir);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command) || failed;
}
