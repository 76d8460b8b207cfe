/* The program in the golden traces. It needs no library, and runs on any x86-64 processor.
 *
 * It was built with gcc -O1 -static -nostdlib -ffreestanding -fno-stack-protector
 * -Wl,--build-id=none -o hello hello.c, and recorded with env -i NAME=value rr-record
 * --counter=none --cpu-features=x86-64 -o trace-1 /tmp/hello two words. The trace was packed with
 * --debug; then the kernel and the CPU in args_env were replaced by invented ones.
 */
#include <asm/unistd.h>
#include <linux/mman.h>
#include <linux/signal.h>
#include <linux/time.h>

static long call(long nr, long a, long b, long c, long d)
{
	register long r10 asm("r10") = d, r8 asm("r8") = -1, r9 asm("r9") = 0;
	long result;

	asm volatile("syscall"
		     : "=a"(result)
		     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
		     : "rcx", "r11", "memory");
	return result;
}

static void say(const char *text)
{
	long n = 0;

	while (text[n])
		n++;
	call(__NR_write, 1, (long)text, n, 0);
}

static volatile int caught;

static void handler(int sig)
{
	caught = sig;
}

asm(".text\nrestore: mov $15, %eax\n\tsyscall");
extern void restore(void);

static void memory(void)
{
	char *p = (char *)call(__NR_mmap, 0, 8192, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS);

	for (int i = 0; i < 8192; i++)
		p[i] = (char)i;
	call(__NR_munmap, (long)p + 4096, 4096, 0, 0);
	say(p[17] == 17 ? "memory\n" : "no memory\n");
}

static void signals(void)
{
	const struct {
		void (*handler)(int);
		unsigned long flags;
		void (*restorer)(void);
		unsigned long mask;
	} action = {handler, 0x04000000 /* SA_RESTORER */, restore, 0};

	call(__NR_rt_sigaction, SIGUSR1, (long)&action, 0, 8);
	call(__NR_kill, call(__NR_getpid, 0, 0, 0, 0), SIGUSR1, 0, 0);
	say(caught == SIGUSR1 ? "signal\n" : "no signal\n");
}

static void processes(void)
{
	int status = 0;

	if (call(__NR_fork, 0, 0, 0, 0) == 0) {
		say("child\n");
		call(__NR_exit_group, 3, 0, 0, 0);
	}
	call(__NR_wait4, -1, (long)&status, 0, 0);
	say(status == 3 << 8 ? "parent\n" : "no parent\n");
}

static __attribute__((used)) void begin(long *stack)
{
	struct timespec now;
	char text[] = "0 arguments\n";

	text[0] = (char)('0' + stack[0]);
	say(text);
	call(__NR_clock_gettime, CLOCK_REALTIME, (long)&now, 0, 0);
	say(now.tv_sec > 0 ? "time\n" : "no time\n");
	memory();
	signals();
	processes();
	call(__NR_exit_group, 7, 0, 0, 0);
}

asm(".globl _start\n_start: mov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin");
