/* Writes a synthetic trace with every kind of event, for tests of readers.
 *
 * usage: mktrace DIR [ROUNDS [cut | slow]]
 *
 * ROUNDS of twelve events (default 1); cut: as if the recorder had been killed; slow: waits between
 * rounds.
 */
#include "trace/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	RDI = 14,
	RSI = 13,
	RDX = 12,
	R10 = 7,
	RAX = 10,
	PATH_AT = 0x1000,
	BUF_AT = 0x2000,
	ARGV_AT = 0x3000
};

static struct trace_writer *writer;
static uint64_t now;

static void put(struct trace_event *ev)
{
	ev->time_ns = now += 1000;
	if (!ev->tid)
		ev->tid = 1000;
	if (trace_put_event(writer, ev)) {
		fprintf(stderr, "mktrace: %s\n", trace_strerror());
		exit(1);
	}
}

static void data(int kind, uint64_t addr, const void *bytes, size_t n)
{
	struct trace_data d = {.kind = kind, .addr = addr, .len = n, .bytes = bytes};

	trace_put_data(writer, &d);
}

static void call(int32_t tid, unsigned nr, int64_t result, unsigned flags, uint64_t a, uint64_t b,
		 uint64_t c)
{
	struct trace_event ev = {
		.kind = EV_SYSCALL, .tid = tid, .sysno = nr, .result = result, .flags = flags};

	ev.regs.r[RDI] = a;
	ev.regs.r[RSI] = b;
	ev.regs.r[RDX] = c;
	ev.after = ev.regs;
	ev.after.r[RAX] = result;
	put(&ev);
}

static void first_exec(void)
{
	struct trace_map m = {.backing = BACKING_FILE,
			      .start = 0x400000,
			      .len = 0x2000,
			      .prot = PROT_READ | PROT_EXEC,
			      .flags = MAP_PRIVATE,
			      .size = 8192,
			      .path = "/bin/strange\tname",
			      .copy = ""};

	data(DATA_IN, PATH_AT, "/bin/prog", 10);
	data(DATA_IN, ARGV_AT, "prog\0a b\0\n\0", 11);
	trace_put_map(writer, &m);
	call(0, SYS_execve, 0, EVF_EXEC, PATH_AT, ARGV_AT, 0);
}

static void one_round(void)
{
	struct trace_event ev;
	siginfo_t si = {.si_signo = SIGCHLD, .si_code = CLD_EXITED};
	struct trace_data zero = {.kind = DATA_ZERO, .addr = 0x9000, .fill_len = 8192};

	data(DATA_IN, PATH_AT, "/etc/passwd", 12);
	call(0, SYS_openat, 3, 0, AT_FDCWD, PATH_AT, O_RDONLY | O_CLOEXEC);
	data(DATA_OUT, BUF_AT, "root:x:0:0:\t\"quoted\"\\\n\xff", 23);
	call(0, SYS_read, 23, 0, 3, BUF_AT, 4096);
	data(DATA_IN, PATH_AT, "/missing", 9);
	call(0, SYS_openat, -ENOENT, 0, AT_FDCWD, PATH_AT, O_RDONLY);
	trace_put_data(writer, &zero);
	data(DATA_IN, BUF_AT, "hello\n", 6);
	call(0, SYS_write, 6, EVF_STDOUT, 1, BUF_AT, 6);
	ev = (struct trace_event){.kind = EV_CLONE, .sysno = SYS_clone, .other = 1001};
	put(&ev);
	ev = (struct trace_event){.kind = EV_ENTER, .sysno = SYS_wait4};
	ev.regs.r[RDI] = (uint64_t)-1;
	put(&ev);
	call(1001, SYS_getppid, 1000, 0, 0, 0, 0);
	ev = (struct trace_event){.kind = EV_EXIT, .tid = 1001, .result = 3 << 8};
	put(&ev);
	call(0, SYS_wait4, 1001, EVF_RESUMED, (uint64_t)-1, 0, 0);
	si.si_pid = 1001;
	si.si_status = 3;
	data(DATA_SIGINFO, 0, &si, sizeof(si));
	ev = (struct trace_event){.kind = EV_SIGNAL, .result = SIGCHLD, .flags = EVF_HANDLER};
	put(&ev);
	ev = (struct trace_event){.kind = EV_INSN, .sysno = 0, .result = 0x123456};
	put(&ev);
	ev = (struct trace_event){.kind = EV_CHECKSUM, .result = 0xfeed};
	put(&ev);
}

int main(int argc, char **argv)
{
	struct trace_meta meta = {.exe = "/bin/prog",
				  .cwd = "/tmp",
				  .argv = (char *[]){"prog", "a b", NULL},
				  .envp = (char *[]){"HOME=/root", "ODD=a\nb", NULL},
				  .kernel = "6.18",
				  .cpu_model = "test",
				  .page_size = 4096,
				  .counter = "none"};
	long rounds = argc > 2 ? atol(argv[2]) : 1;
	bool cut = argc > 3 && strcmp(argv[3], "cut") == 0,
	     slow = argc > 3 && strcmp(argv[3], "slow") == 0;
	struct trace_event end = {.kind = EV_EXIT};

	writer = argc > 1 ? trace_create(argv[1], true, &meta) : NULL;
	if (!writer) {
		fprintf(stderr, "mktrace: %s\n",
			argc > 1 ? trace_strerror() : "usage: mktrace DIR [ROUNDS [cut|slow]]");
		return 1;
	}
	first_exec();
	for (long i = 0; i < rounds; i++) {
		one_round();
		if (slow) {
			trace_flush(writer);
			usleep(300000);
		}
	}
	if (!cut)
		put(&end);
	return trace_close(writer, !cut) != 0;
}
