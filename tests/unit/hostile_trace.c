/* Writes a trace that tries to escape from its replay: its blocks and checksums are right, but no
 * recorder writes such contents.
 *
 * usage: hostile_trace SAMPLE DIR KIND [ARGUMENT...]
 *
 * SAMPLE is a trace that was recorded on this machine. The table at the end has the kinds. The
 * program is one page of code. For each of its calls there is an event that agrees with it, so that
 * a replay goes from one call to the next. The last event is of a task that does not exist.
 */
#include "arch/x86_64/regs.h"
#include "counter/page.h"
#include "trace_sample.h"
#include "tracee/reserved.h"
#include "tracee/task.h"
#include "util/size.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define CODE 0x70000000ul
#define TEXT (CODE + 0x800) /* a path */
#define STACK 0x71000000ul
#define TID 1000
#define VSYSCALL 0xffffffffff600000ul

static struct trace_writer *writer;
static struct trace_regs regs;
static struct trace_event last; /* its `after` has the registers of the call that follows */
static char **args;
static uint8_t page[4096];

/* Ways into the kernel, and the address of each. */
enum {
	BY_SYSCALL = 0,
	BY_INT80 = 0x10,
	BY_SYSENTER = 0x20,
	BY_LOOP = 0x30,
	BY_AGENT = 1,
	BY_VSYSCALL = 2
};
static const struct {
	int at;
	uint8_t code[2];
} ways[] = {{BY_SYSCALL, {0x0f, 0x05}},
	    {BY_INT80, {0xcd, 0x80}},
	    {BY_SYSENTER, {0x0f, 0x34}},
	    {BY_LOOP, {0xeb, 0xfe}}};

static void put(struct trace_event *ev)
{
	static uint64_t now;

	ev->time_ns = now += 1000;
	if (trace_put_event(writer, ev))
		errx(2, "%s", trace_strerror());
}

static void put_map(const struct trace_map *m)
{
	if (trace_put_map(writer, m))
		errx(2, "%s", trace_strerror());
}

static void put_data(int kind, uint64_t addr, const void *bytes, size_t n)
{
	const struct trace_data d = {
		.kind = (uint8_t)kind, .addr = addr, .len = (uint32_t)n, .bytes = bytes};

	if (trace_put_data(writer, &d))
		errx(2, "%s", trace_strerror());
}

/* Begins the program. `more` is mapped, too, if it is not NULL. */
static void begin(const struct trace_map *more)
{
	const struct trace_map code = {.backing = BACKING_DATA,
				       .start = CODE,
				       .len = 4096,
				       .size = 4096,
				       .prot = 7,
				       .flags = MAP_PRIVATE,
				       .path = "",
				       .copy = ""};
	const struct trace_map stack = {.start = STACK,
					.len = 0x10000,
					.prot = 3,
					.flags = MAP_PRIVATE,
					.path = "",
					.copy = ""};

	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		memcpy(page + ways[i].at, ways[i].code, sizeof(ways[i].code));
	if (args[0])
		snprintf((char *)page + (TEXT - CODE), 1024, "%s", args[0]);
	put_map(&code);
	put_map(&stack);
	if (more)
		put_map(more);
	put_data(DATA_FILL, CODE, page, sizeof(page));
	regs.r[R_CS] = 0x33;
	regs.r[R_SS] = 0x2b;
	regs.r[R_EFLAGS] = 0x202;
	regs.r[R_RSP] = STACK + 0xff00;
	last = (struct trace_event){
		.kind = EV_SYSCALL, .flags = EVF_EXEC, .sysno = SYS_execve, .tid = TID};
}

/* Puts the last event. Then the program makes this call, which returns `result`. */
static void call_by(int way, long nr, int64_t result, const uint64_t a[6])
{
	static const int legacy[] = {R_RBX, R_RCX, R_RDX, R_RSI, R_RDI, R_RBP};

	for (int i = 0; i < 6; i++) {
		arch_set_arg(&regs, i, a[i]);
		if (way == BY_INT80 || way == BY_SYSENTER)
			regs.r[legacy[i]] = a[i];
	}
	regs.r[R_RAX] = (uint64_t)nr;
	regs.r[R_RIP] = way == BY_AGENT      ? AGENT_ADDR
			: way == BY_VSYSCALL ? VSYSCALL
					     : CODE + (uint64_t)way;
	last.after = regs;
	put(&last);
	regs.r[R_RIP] += ARCH_SYSCALL_LEN;
	if (way == BY_SYSCALL || way == BY_AGENT) {
		regs.r[R_RCX] = regs.r[R_RIP];
		regs.r[R_R11] = regs.r[R_EFLAGS];
	}
	regs.r[R_ORIG_RAX] = (uint64_t)nr;
	regs.r[R_RAX] = (uint64_t)-38;
	last = (struct trace_event){.kind = EV_SYSCALL,
				    .sysno = (uint16_t)nr,
				    .tid = TID,
				    .result = result,
				    .regs = regs};
	regs.r[R_RAX] = (uint64_t)result;
}
#define CALL(way, nr, result, ...) call_by(way, nr, result, (const uint64_t[6]){__VA_ARGS__})

static void end(void)
{
	last.after = regs;
	put(&last);
	last = (struct trace_event){.kind = EV_SYSCALL, .tid = 4242, .sysno = SYS_getpid};
	put(&last);
}

/* Calls that would escape: they make a file and kill a process, which are the ARGUMENTs. */
static void escape_by(int way)
{
	uint64_t pid = args[0] && args[1] ? strtoull(args[1], NULL, 10) : 1;

	CALL(way, SYS_open, 3, TEXT, O_CREAT | O_WRONLY, 0600);
	CALL(way, SYS_openat, 3, (uint64_t)AT_FDCWD, TEXT, O_CREAT | O_WRONLY, 0600);
	CALL(way, SYS_mkdir, 0, TEXT, 0700);
	CALL(way, SYS_symlink, 0, TEXT, TEXT);
	CALL(way, SYS_mknod, 0, TEXT, 0600, 0);
	CALL(way, SYS_kill, 0, pid, SIGKILL);
	CALL(way, SYS_tgkill, 0, pid, pid, SIGKILL);
	CALL(way, SYS_pidfd_open, 3, pid, 0);
	CALL(way, SYS_ptrace, 0, PTRACE_ATTACH, pid);
	CALL(way, SYS_process_vm_writev, 1, pid, TEXT, 1, TEXT, 1);
	CALL(way, SYS_socket, 3, AF_INET, SOCK_STREAM);
	CALL(way, SYS_write, 0, 1, TEXT, 100);
	CALL(way, SYS_prctl, 0, 4, 1);
	CALL(way, SYS_setuid, 0, 0);
}

/* Calls that the seccomp filter allows at the agent's instruction. */
static void escape_agent(void)
{
	begin(NULL);
	escape_by(BY_AGENT);
	CALL(BY_AGENT, SYS_open, 3, TEXT, O_CREAT | O_WRONLY, 0600);
	end();
}

static void escape_syscall(void)
{
	begin(NULL);
	escape_by(BY_SYSCALL);
	end();
}

/* 32-bit numbers: open, creat, mkdir, kill. */
static void escape_old(int way)
{
	uint64_t pid = args[0] && args[1] ? strtoull(args[1], NULL, 10) : 1;

	begin(NULL);
	CALL(way, 5, 3, TEXT, O_CREAT | O_WRONLY, 0600);
	CALL(way, 8, 3, TEXT, 0600);
	CALL(way, 39, 0, TEXT, 0700);
	CALL(way, 37, 0, pid, SIGKILL);
	end();
}

static void escape_int80(void)
{
	escape_old(BY_INT80);
}

static void escape_sysenter(void)
{
	escape_old(BY_SYSENTER);
}

static void escape_vsyscall(void)
{
	begin(NULL);
	CALL(BY_VSYSCALL, SYS_gettimeofday, 0, STACK, 0);
	end();
}

/* rr-replay makes execve, fork and clone itself, so the events are those of other calls. */
static void escape_exec(void)
{
	begin(NULL);
	CALL(BY_AGENT, SYS_execve, 0, TEXT, 0, 0);
	last.sysno = SYS_getpid;
	CALL(BY_AGENT, SYS_execveat, 0, (uint64_t)AT_FDCWD, TEXT, 0, 0, 0);
	last.sysno = SYS_getpid;
	CALL(BY_SYSCALL, SYS_execve, 0, TEXT, 0, 0);
	last.sysno = SYS_getpid;
	for (int i = 0; i < 100; i++) {
		CALL(BY_AGENT, i % 2 ? SYS_clone : SYS_fork, 0, SIGCHLD);
		last.sysno = SYS_getpid;
	}
	end();
}

static void loop(void)
{
	begin(NULL);
	CALL(BY_LOOP, SYS_getpid, 0, 0);
	end();
}

/* ARGUMENT 2: how many; 3: "threads" for tasks that share memory. */
static void bomb(void)
{
	bool vm = args[0] && args[1] && args[2];

	begin(NULL);
	CALL(BY_SYSCALL, SYS_clone, 0, 0);
	struct trace_event made = last;
	made.kind = EV_CLONE;
	made.flags = vm ? EVF_THREAD | EVF_GROUP : 0;
	for (long i = 0; i < (args[0] && args[1] ? atol(args[1]) : 1); i++) {
		made.other = (int32_t)(100000 + i);
		made.after = regs;
		put(&made);
	}
	end();
}

/* --- mappings --- */

/* ARGUMENT is a file of the host. If ARGUMENT 2 is "same", its size and time stamp are right. */
static void map_file(void)
{
	struct trace_map m = {.backing = BACKING_FILE,
			      .start = 0x60000000,
			      .len = 4096,
			      .prot = 3,
			      .flags = MAP_SHARED,
			      .path = args[0],
			      .copy = ""};
	struct stat st;

	if (args[1] && !stat(args[0], &st)) {
		m.size = (uint64_t)st.st_size;
		m.mtime_ns = st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	}
	begin(&m);
	/* Writes there, as the kernel would for this call. */
	CALL(BY_SYSCALL, SYS_read, 8, 0, 0x60000000, 8);
	put_data(DATA_OUT, 0x60000000, "planted!", 8);
	end();
}

static void map_copy(void)
{
	const struct trace_map m = {.backing = BACKING_COPY,
				    .start = 0x60000000,
				    .len = 4096,
				    .prot = 3,
				    .flags = MAP_PRIVATE,
				    .path = "/lib/x",
				    .copy = args[0]};

	begin(&m);
	end();
}

static void map_code(void)
{
	const struct trace_map m = {.backing = BACKING_CODE,
				    .start = 0x60000000,
				    .len = 4096,
				    .prot = 5,
				    .flags = MAP_PRIVATE,
				    .path = "/lib/x",
				    .copy = args[0]};

	begin(&m);
	end();
}

static uint64_t number(const char *text)
{
	return text ? strtoull(text, NULL, 0) : 0;
}

/* ARGUMENTs: FILE START LENGTH BACKING. Then the program would make that file, through the
 * agent. */
static void map_at(void)
{
	struct trace_map m = {.backing = (uint8_t)number(args[3]),
			      .start = number(args[1]),
			      .len = number(args[2]),
			      .size = number(args[2]),
			      .prot = 7,
			      .flags = MAP_PRIVATE,
			      .path = "",
			      .copy = "",
			      .object = 1};

	begin(&m);
	CALL(BY_AGENT, SYS_open, 3, TEXT, O_CREAT | O_WRONLY, 0600);
	end();
}

/* ARGUMENTs: FILE NUMBER RESULT and the arguments of a call that changes the address space in a way
 * that the recorder prevents. */
static void change(void)
{
	uint64_t a[6] = {0};

	for (int i = 0; i < 6 && args[3 + i]; i++)
		a[i] = number(args[3 + i]);
	begin(NULL);
	call_by(BY_SYSCALL, (long)number(args[1]), (int64_t)number(args[2]), a);
	CALL(BY_AGENT, SYS_mkdir, 0, TEXT, 0700);
	end();
}

/* ARGUMENTs: FILE ADDRESS KIND. Bytes, for instance code, are written where they must not be, and
 * would make the file through the agent. */
static void write_at(void)
{
	static const uint8_t code[] = {0x90, 0x0f, 0x05, 0x90, 0xeb, 0xfe, 0x90, 0x90};
	struct trace_data d = {.kind = (uint8_t)number(args[2]),
			       .addr = number(args[1]),
			       .len = sizeof(code),
			       .bytes = code};

	if (d.kind == DATA_ZERO)
		d.len = 0, d.bytes = NULL, d.fill_len = 8192;
	begin(NULL);
	CALL(BY_SYSCALL, SYS_read, 8, 0, 0, 0);
	if (trace_put_data(writer, &d))
		errx(2, "%s", trace_strerror());
	CALL(BY_AGENT, SYS_mkdir, 0, TEXT, 0700);
	end();
}

static const struct kind {
	const char *name;
	void (*make)(void);
} kinds[] = {{"escape_syscall", escape_syscall},
	     {"escape_agent", escape_agent},
	     {"escape_int80", escape_int80},
	     {"escape_sysenter", escape_sysenter},
	     {"escape_vsyscall", escape_vsyscall},
	     {"escape_exec", escape_exec},
	     {"loop", loop},
	     {"bomb", bomb},
	     {"map_file", map_file},
	     {"map_copy", map_copy},
	     {"map_code", map_code},
	     {"map_at", map_at},
	     {"change", change},
	     {"write_at", write_at}};

int main(int argc, char **argv)
{
	struct trace_reader *r = argc > 3 ? trace_open(argv[1], false) : NULL;

	if (argc <= 3)
		errx(2, "usage: hostile_trace SAMPLE DIR KIND [ARGUMENT...]");
	if (!r)
		errx(2, "%s", trace_strerror());
	args = argv + 4;
	writer = trace_create(argv[2], true, trace_reader_meta(r));
	for (size_t i = 0; writer && i < ARRAY_LEN(kinds); i++)
		if (!strcmp(kinds[i].name, argv[3])) {
			kinds[i].make();
			if (trace_close(writer, true))
				errx(2, "%s", trace_strerror());
			trace_reader_close(r);
			return 0;
		}
	errx(2, "%s", writer ? "no such kind" : trace_strerror());
}
