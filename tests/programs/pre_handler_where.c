/* The program counter that a handler sees is in the program's or a library's own code, mostly in
 * the loop. */
#include "known_code.h"
#include "preempt.h"

extern long spin(long turns);
extern char spin_end[];
extern char __executable_start[], etext[];

FUNCTION(spin, "	xor %eax, %eax\n"
	       "1:	add $3, %rax\n"
	       "	dec %rdi\n"
	       "	jnz 1b\n"
	       "	ret\n"
	       ".globl spin_end\n"
	       "spin_end:");

static volatile sig_atomic_t inside, outside;
static volatile uint64_t where;

static void look(int sig, siginfo_t *info, void *context)
{
	uintptr_t pc = (uintptr_t)registers(context)[REG_RIP];

	(void)sig, (void)info;
	CHECK(is_known_code(pc));
	where = mix_frame(where, context);
	if (pc >= (uintptr_t)spin && pc < (uintptr_t)spin_end)
		inside++;
	else
		outside++;
}

int main(void)
{
	CHECK((uintptr_t)spin >= (uintptr_t)__executable_start &&
	      (uintptr_t)spin < (uintptr_t)etext);
	known_code_read();
	handle(SIGALRM, look, 0);
	timer_every(ITIMER_REAL, 1000);
	while (inside < 40)
		CHECK(spin(300000) == 900000);
	timer_every(ITIMER_REAL, 0);
	printf("%d inside, %d outside, %016lx\n", (int)inside, (int)outside, (unsigned long)where);
	CHECK(outside < 40);
	puts("ok");
	return 0;
}
