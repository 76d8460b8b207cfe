/* Faults in tight loops, of memory, division and invalid instructions; the handler skips the
 * instruction. */
#include "preempt.h"

enum { TURNS = 300 };

/* f(turns): rdi. Each loop faults at *_at, continues at *_next, and returns the number of turns. */
FUNCTION(
	store,
	"	xor %eax, %eax\n	xor %edx, %edx\n1:	inc %rax\n.globl store_at\n"
	"store_at: movl %eax, (%rdx)\n.globl store_next\nstore_next: dec %rdi\n	jnz 1b\n	ret");
FUNCTION(
	load,
	"	xor %eax, %eax\n	xor %edx, %edx\n1:	inc %rax\n	dec %rdi\n.globl load_at\n"
	"load_at: mov (%rdx), %edx\n.globl load_next\nload_next: jnz 1b\n	ret");
FUNCTION(
	divide,
	"	mov %rdi, %r9\n	mov %rdi, %rcx\n	xor %r8d, %r8d\n1:	mov %rcx, %rax\n	cqo\n"
	".globl divide_at\ndivide_at: idiv %r8\n.globl divide_next\ndivide_next: loop 1b\n"
	"	mov %r9, %rax\n	ret");
FUNCTION(
	illegal,
	"	xor %eax, %eax\n1:	inc %rax\n	dec %rdi\n.globl illegal_at\nillegal_at: ud2\n"
	".globl illegal_next\nillegal_next: jnz 1b\n	ret");
FUNCTION(
	trap,
	"	xor %eax, %eax\n1:	inc %rax\n	dec %rdi\n	int3\n.globl trap_at\ntrap_at:\n"
	".globl trap_next\ntrap_next: jnz 1b\n	ret");
FUNCTION(halt,
	 "	xor %eax, %eax\n1:	inc %rax\n	dec %rdi\n.globl halt_at\nhalt_at: hlt\n"
	 ".globl halt_next\nhalt_next: jnz 1b\n	ret");

#define SHAPES(X) \
	X(store, SIGSEGV, SEGV_MAPERR, 0) \
	X(load, SIGSEGV, SEGV_MAPERR, 0) \
	X(divide, SIGFPE, FPE_INTDIV, 1) \
	X(illegal, SIGILL, ILL_ILLOPN, 1) \
	X(trap, SIGTRAP, SI_KERNEL, 0) X(halt, SIGSEGV, SI_KERNEL, 0)
#define DECLARE(name, sig, code, at) \
	extern long name(long); \
	extern char name##_at[], name##_next[];
SHAPES(DECLARE)
#define ROW(name, sig, code, at) {#name, name, name##_at, name##_next, sig, code, at},
static const struct shape {
	const char *name;
	long (*run)(long);
	char *at, *next;
	int sig, code, address_is_code; /* si_addr is the instruction, or 0 */
} shapes[] = {SHAPES(ROW)};

static const struct shape *now;
static volatile int faults;

static void skip(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = registers(context);

	CHECK(sig == now->sig && info->si_code == now->code);
	CHECK((char *)regs[REG_RIP] == now->at);
	CHECK(info->si_addr == (now->address_is_code ? now->at : NULL));
	regs[REG_RIP] = (greg_t)now->next;
	faults++;
}

int main(void)
{
	for (now = shapes; now < shapes + sizeof(shapes) / sizeof(*shapes); now++) {
		handle(now->sig, skip, 0);
		faults = 0;
		CHECK(now->run(TURNS) == TURNS);
		printf("%s: %d\n", now->name, faults);
		CHECK(faults == TURNS);
	}
	puts("ok");
	return 0;
}
