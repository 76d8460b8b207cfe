/* A tracer sets breakpoints on all instructions that its child executes in a function. They trigger
 * in the order in which it has stepped through them. The tracer reads the code as it is in the
 * file. */
#include "traced.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>
#include <sys/user.h>

enum { MAX = 20000 };

static volatile long sink;

static __attribute__((noinline)) long before(long x)
{
	return x + sink;
}

/* Loops, backward calls and an indirect jump, which are counted. The section's bounds are those of
 * the code. */
static __attribute__((noinline, section("looked_at"))) long work(long n)
{
	static void *volatile const ways[] = {&&one, &&two, &&three};
	long sum = 0, k = n;

	for (long i = 0; i < n; i++)
		sum += before(i);
	__asm__ volatile("1:\n\tadd $2, %0\n\tdec %1\n\tjnz 1b" : "+r"(sum), "+r"(k));
	k = n;
	__asm__ volatile("mov %1, %%rcx\n2:\n\tadd %%rcx, %0\n\tloop 2b"
			 : "+r"(sum)
			 : "r"(k)
			 : "rcx");
	for (long i = 0; i < n; i++)
		goto *ways[i % 3];
	goto out;
one:
	sum += 1;
two:
	sum *= 3;
three:
	sum ^= 5;
	while (sum > 1000)
		sum /= 2;
out:
	sink = sum;
	return sum;
}
extern const char __start_looked_at[], __stop_looked_at[];

static long size(void)
{
	return __stop_looked_at - __start_looked_at;
}

static bool inside(unsigned long pc)
{
	return pc - (unsigned long)__start_looked_at < (unsigned long)size();
}

static pid_t begin(void)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		CHECK(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		_exit(work(5) & 127);
	}
	stopped_by(pid, SIGSTOP);
	return pid;
}

static unsigned long pc_of(pid_t pid)
{
	return (unsigned long)ptrace(PTRACE_PEEKUSER, pid, offsetof(struct user, regs.rip), NULL);
}

/* Records all places in the function that a child reaches, their number, and how the child ends. */
static int step_through(unsigned long *pcs, int *end)
{
	pid_t pid = begin();
	int n = 0, status;

	/* Runs to the function, by a breakpoint at its start. */
	long was = ptrace(PTRACE_PEEKTEXT, pid, __start_looked_at, NULL);
	CHECK(!ptrace(PTRACE_POKETEXT, pid, __start_looked_at, (was & ~0xfful) | 0xcc));
	CHECK(ptrace(PTRACE_PEEKTEXT, pid, __start_looked_at, NULL) ==
	      (long)((was & ~0xfful) | 0xcc));
	go_on(pid, 0);
	stopped_by(pid, SIGTRAP);
	CHECK(pc_of(pid) == (unsigned long)__start_looked_at + 1);
	CHECK(!ptrace(PTRACE_POKETEXT, pid, __start_looked_at, was));
	CHECK(!ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.rip), __start_looked_at));
	for (;;) {
		unsigned long pc = pc_of(pid);
		if (inside(pc)) {
			CHECK(n < MAX);
			pcs[n++] = pc;
		}
		CHECK(!ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL));
		CHECK(waitpid(pid, &status, __WALL) == pid);
		if (WIFEXITED(status))
			break;
		CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP);
	}
	*end = WEXITSTATUS(status);
	return n;
}

static void put(pid_t pid, int mem, unsigned long at, uint8_t byte)
{
	if (at & 1) {
		CHECK(pwrite(mem, &byte, 1, (off_t)at) == 1);
		return;
	}
	errno = 0;
	long word = ptrace(PTRACE_PEEKTEXT, pid, at, NULL);
	CHECK(!errno && !ptrace(PTRACE_POKETEXT, pid, at, (word & ~0xfful) | byte));
}

/* The file's bytes, at the address where they are mapped. */
static int find_offset(struct dl_phdr_info *info, size_t n, void *arg)
{
	unsigned long at = (unsigned long)__start_looked_at - info->dlpi_addr;

	(void)n;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		if (p->p_type == PT_LOAD && at - p->p_vaddr < p->p_filesz) {
			*(off_t *)arg = (off_t)(at - p->p_vaddr + p->p_offset);
			return 1;
		}
	}
	return 0;
}

static void code_is_the_files(pid_t pid, int mem, const uint8_t *code)
{
	uint8_t got[4096], half[4096];
	struct iovec to[2] = {{half, 7}, {half + 7, (size_t)size() - 7}};
	struct iovec from[2] = {{(void *)__start_looked_at, 11},
				{(void *)(__start_looked_at + 11), (size_t)size() - 11}};

	CHECK(pread(mem, got, (size_t)size(), (off_t)__start_looked_at) == size() &&
	      !memcmp(got, code, (size_t)size()));
	CHECK(process_vm_readv(pid, to, 2, from, 2, 0) == size() &&
	      !memcmp(half, code, (size_t)size()));
	for (long i = 0; i + 8 <= size(); i++) {
		long word = ptrace(PTRACE_PEEKTEXT, pid, __start_looked_at + i, NULL);
		CHECK(!memcmp(&word, code + i, sizeof(word)));
	}
}

int main(void)
{
	static unsigned long pcs[MAX];
	static uint8_t code[4096];
	char path[64];
	int end, status, mem, exe = open("/proc/self/exe", O_RDONLY);
	off_t offset = 0;
	int n = step_through(pcs, &end);

	CHECK(n > 50 && size() < (long)sizeof(code));
	CHECK(dl_iterate_phdr(find_offset, &offset) == 1 &&
	      pread(exe, code, (size_t)size(), offset) == size());
	pid_t pid = begin();
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	CHECK((mem = open(path, O_RDWR)) >= 0);
	code_is_the_files(pid, mem, code);
	for (int i = 0; i < n; i++)
		put(pid, mem, pcs[i], 0xcc);
	for (int i = 0; i < n; i++) {
		go_on(pid, 0);
		stopped_by(pid, SIGTRAP);
		unsigned long at = pc_of(pid) - 1;
		CHECK(at == pcs[i]);
		put(pid, mem, at, code[at - (unsigned long)__start_looked_at]);
		CHECK(!ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.rip), at));
		CHECK(!ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL));
		stopped_by(pid, SIGTRAP);
		if (inside(pc_of(pid)))
			CHECK(i + 1 < n && pc_of(pid) == pcs[i + 1]);
		put(pid, mem, at, 0xcc);
	}
	for (int i = 0; i < n; i++)
		put(pid, mem, pcs[i], code[pcs[i] - (unsigned long)__start_looked_at]);
	code_is_the_files(pid, mem, code);
	go_on(pid, 0);
	status = status_of(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == end);
	printf("%d places\nok\n", n);
	return 0;
}
