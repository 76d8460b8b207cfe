/* The program of a hostile trace is contained, and a program that never reaches its next event is
 * ended. The traces are made here: an address space of one page of code, and registers. */
#include "trace_sample.h"
#include "util/alloc.h"
#include "util/size.h"

#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum {
	R11 = 6,
	RAX = 10,
	RBX = 5,
	RCX = 11,
	RDX = 12,
	RSI = 13,
	RDI = 14,
	ORIG = 15,
	RIP = 16,
	CS = 17,
	FLAGS = 18,
	RSP = 19,
	SS = 20
};

#define CODE 0x400000ul
#define PATH (CODE + 0x100)
#define NOSYS ((uint64_t)-38)
#define USER_FLAGS 0x202

static char *dir, *escaped;
static int failed;

static void ok(bool good, const char *name)
{
	printf("%sok contain: %s\n", good ? "" : "not ", name);
	failed |= !good;
}

static void page(struct trace_writer *w, uint64_t at, const void *code, size_t n)
{
	uint8_t bytes[PAGE] = {0};

	memcpy(bytes, code, n);
	strcpy((char *)bytes + (PATH - CODE), escaped);
	trace_put_map(w, &(struct trace_map){.backing = BACKING_DATA,
					     .start = at,
					     .len = PAGE,
					     .prot = 7,
					     .flags = MAP_PRIVATE,
					     .size = PAGE,
					     .path = "code",
					     .copy = ""});
	trace_put_data(w, &(struct trace_data){
				  .kind = DATA_FILL, .addr = at, .len = PAGE, .bytes = bytes});
}

/* A trace of two events: an exec, after which the registers are `start`, and the call `sysno`,
 * expected with the registers `at`. */
static void trace_make(const void *code, size_t n, const void *zero, size_t nzero,
		       struct trace_regs start, struct trace_regs at, uint16_t sysno,
		       uint64_t gap_ns)
{
	struct trace_meta meta = sample_meta();
	struct trace_writer *w = trace_create(dir, true, &meta);
	struct trace_event exec = {.kind = EV_SYSCALL,
				   .flags = EVF_EXEC,
				   .sysno = SYS_execve,
				   .tid = 1000,
				   .after = start};
	struct trace_event call = {.kind = EV_SYSCALL,
				   .sysno = sysno,
				   .tid = 1000,
				   .regs = at,
				   .after = at,
				   .time_ns = gap_ns};

	if (!w)
		errx(2, "%s", trace_strerror());
	page(w, CODE, code, n);
	if (nzero)
		page(w, 0, zero, nzero);
	trace_put_event(w, &exec);
	trace_put_event(w, &call);
	trace_close(w, true);
}

/* Returns the replay's exit status; its output goes to `said`. */
static int replay(char *said, size_t size)
{
	const char *bin = getenv("RR_BIN");
	char *command = xasprintf("exec timeout 20 %s/rr-replay %s 2>&1", bin ? bin : "bin", dir);
	FILE *f = popen(command, "re");
	size_t n = f ? fread(said, 1, size - 1, f) : 0;
	int status = f ? pclose(f) : -1;

	said[n] = '\0';
	free(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static bool stayed(void)
{
	return access(escaped, F_OK) != 0;
}

static void calls(void)
{
	char said[8192];
	struct trace_regs r = {.r = {[RIP] = CODE,
				     [CS] = 0x33,
				     [SS] = 0x2b,
				     [FLAGS] = USER_FLAGS,
				     [RDI] = PATH,
				     [RSI] = 0700,
				     [RAX] = SYS_mkdir,
				     [RBX] = PATH,
				     [RCX] = 0700}},
			  at = r;

	at.r[RIP] = at.r[RCX] = CODE + 2;
	at.r[R11] = USER_FLAGS;
	at.r[ORIG] = SYS_mkdir;
	at.r[RAX] = NOSYS;
	trace_make("\x0f\x05", 2, NULL, 0, r, at, SYS_mkdir, 0);
	int status = replay(said, sizeof(said));
	ok(status == 0 && stayed(), "syscall is not made");

	at = r;
	r.r[RAX] = at.r[ORIG] = 39; /* mkdir of 32 bits */
	at.r[RIP] = CODE + 2;
	at.r[RAX] = NOSYS;
	trace_make("\xcd\x80", 2, NULL, 0, r, at, SYS_mkdir, 0);
	status = replay(said, sizeof(said));
	ok(status < 2 && stayed(), "int 0x80 is not made");

	trace_make("\x0f\x34", 2, NULL, 0, r, at, SYS_mkdir, 0);
	status = replay(said, sizeof(said));
	ok(status < 2 && stayed(), "sysenter is not made");

	r.r[RIP] = 0xffffffffff600400; /* time(2) of the vsyscall page */
	r.r[RSP] = CODE + 0x800;
	r.r[RDI] = 0;
	trace_make("\xeb\xfe", 2, NULL, 0, r, at, SYS_time, 0);
	status = replay(said, sizeof(said));
	/* The task is at the entry of that call, which is not made. */
	ok(status == 1 && strstr(said, "rip      recorded") &&
		   strstr(said, "replayed 0xffffffffff600400") && strstr(said, "diverged") &&
		   !strstr(said, "rax"),
	   "the vsyscall page tells nothing");
}

/* In 32-bit code the agent's address is truncated to 0, where the trace has its code. */
static void other_mode(void)
{
	static const uint8_t zero[] = {0xb8, 39,   0,    0, 0, 0xbb, 0,    1,    0x40,
				       0,    0xb9, 0xc0, 1, 0, 0,    0xcd, 0x80, 0xcc};
	char said[8192];
	struct trace_regs r = {.r = {[RIP] = CODE,
				     [CS] = 0x23,
				     [SS] = 0x2b,
				     [FLAGS] = USER_FLAGS,
				     [RDI] = CODE + PAGE,
				     [RSI] = PAGE,
				     [RAX] = SYS_munmap}},
			  at = r;

	at.r[RIP] = CODE + 2;
	at.r[ORIG] = SYS_munmap;
	at.r[RAX] = NOSYS;
	trace_make("\xcd\x80", 2, zero, sizeof(zero), r, at, SYS_munmap, 0);
	int status = replay(said, sizeof(said));
	ok(status <= 2 && stayed(), "32-bit code does not reach the agent's place");
}

static void spinning(void)
{
	/* dec %rcx; jnz; syscall */
	static const uint8_t loop[] = {0x48, 0xff, 0xc9, 0x75, 0xfb, 0x0f, 0x05};
	char said[8192];
	struct trace_regs r = {.r = {[RIP] = CODE,
				     [CS] = 0x33,
				     [SS] = 0x2b,
				     [FLAGS] = USER_FLAGS,
				     [RAX] = SYS_getppid,
				     [RCX] = 300000000}},
			  at = r;

	setenv("RR_PATIENCE", "0.02", 1);
	trace_make("\xeb\xfe", 2, NULL, 0, r, r, SYS_getppid, 1000);
	int status = replay(said, sizeof(said));
	ok(status == 1 && strstr(said, "does not come to its next event"),
	   "a task that spins ends");
	at.r[RIP] = at.r[RCX] = CODE + sizeof(loop);
	at.r[R11] = 0x246; /* the last dec has set ZF and PF */
	at.r[FLAGS] = 0x246;
	at.r[ORIG] = SYS_getppid;
	at.r[RAX] = NOSYS;
	trace_make(loop, sizeof(loop), NULL, 0, r, at, SYS_getppid, 2000000000);
	status = replay(said, sizeof(said));
	ok(status == 0, "a task that computed as long when it was recorded does not");
	if (status)
		fputs(said, stderr);
	unsetenv("RR_PATIENCE");
}

int main(void)
{
	char *top = temporary_dir();

	dir = xasprintf("%s/t", top);
	escaped = xasprintf("%s/escaped", top);
	calls();
	other_mode();
	spinning();
	remove_all(top);
	free(top);
	return failed;
}
