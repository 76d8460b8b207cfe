/* A loop that faults in every round and is interrupted by a timer, too; each handler sees the
 * loop's position. */
#include "preempt.h"

#include <sys/mman.h>

extern long loop(volatile int *where, long turns);
extern char loop_at[], loop_end[];

FUNCTION(loop, "	xor %eax, %eax\n"
	       "1:	mov $300, %ecx\n"
	       "2:	lea 1(%rax), %rax\n"
	       "	dec %ecx\n"
	       "	jnz 2b\n"
	       ".globl loop_at\n"
	       "loop_at: mov %eax, (%rdi)\n"
	       "	dec %rsi\n"
	       "	jnz 1b\n"
	       "	ret\n"
	       ".globl loop_end\n"
	       "loop_end:");

static volatile sig_atomic_t faults, expirations, inside;
static volatile uint64_t where;

static void skip(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info;
	CHECK((char *)registers(context)[REG_RIP] == loop_at);
	registers(context)[REG_RIP] += 2;
	faults++;
}

static void ring(int sig, siginfo_t *info, void *context)
{
	char *pc = (char *)registers(context)[REG_RIP];

	(void)sig, (void)info;
	where = mix_frame(mix(where, (uint64_t)faults), context);
	inside += pc >= (char *)loop && pc < loop_end;
	expirations++;
}

int main(void)
{
	int *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(page != MAP_FAILED);
	handle(SIGSEGV, skip, 0);
	handle(SIGALRM, ring, 0);
	timer_every(ITIMER_REAL, 1000);
	while (expirations < 40 || inside < 5) {
		faults = 0;
		CHECK(loop(page, 50) == 50 * 300 && faults == 50);
	}
	timer_every(ITIMER_REAL, 0);
	printf("%d expirations, %d inside, %016lx\n", (int)expirations, (int)inside,
	       (unsigned long)where);
	puts("ok");
	return 0;
}
