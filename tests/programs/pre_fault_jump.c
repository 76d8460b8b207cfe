/* Jumps and calls that fault: at the memory from which they read their target, at the target, or at
 * the stack. */
#include "preempt.h"

#include <sys/mman.h>

/* f(rdi, rsi) give 1 if nothing faulted, *_out gives 2. */
#define BODY(name, before, insn) \
	FUNCTION(name, \
		 "	mov %rsp, %r8\n" before ".globl " #name "_at\n" #name "_at: " insn "\n" \
		 "	mov %r8, %rsp\n	mov $1, %eax\n	ret\n" \
		 ".globl " #name "_out\n" #name "_out: mov %r8, %rsp\n	mov $2, %eax\n	ret")

__asm__(".text\n.type nothing, @function\nnothing: ret\n.size nothing, . - nothing");
BODY(jump_memory, "", "jmp *(%rdi)");
BODY(jump_table, "	mov $3, %ecx\n", "jmp *(%rdi,%rcx,8)");
BODY(jump_nowhere, "", "jmp *%rdi");
BODY(call_memory, "", "call *(%rdi)");
BODY(call_nowhere, "", "call *%rdi");
BODY(call_no_stack, "	lea 8(%rdi), %rsp\n", "call nothing");
BODY(return_nowhere, "	push %rdi\n", "ret");

/* name, where si_addr is from rdi, is the program counter there too, from rsp */
#define SHAPES(X) \
	X(jump_memory, 0, 0) \
	X(jump_table, 24, 0) \
	X(jump_nowhere, 0, 1) \
	X(call_memory, 0, 0) X(call_nowhere, 0, 1) X(call_no_stack, 0, 0) X(return_nowhere, 0, 1)
#define DECLARE(name, offset, there) \
	extern long name(void *); \
	extern char name##_at[], name##_out[];
SHAPES(DECLARE)
#define ROW(name, offset, there) {#name, name, name##_at, name##_out, offset, there},
static const struct shape {
	const char *name;
	long (*run)(void *);
	char *at, *out;
	long offset;
	int there;
} shapes[] = {SHAPES(ROW)};

static const struct shape *now;
static char *page, stack[65536];
static volatile int faults;

static void leave(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = registers(context);
	char *pc = (char *)regs[REG_RIP];

	(void)sig;
	CHECK(info->si_addr == page + now->offset && info->si_code == SEGV_ACCERR);
	CHECK(pc == (now->there ? page : now->at));
	if (now->run == call_nowhere)
		CHECK(*(char **)regs[REG_RSP] == now->at + 2);
	if (now->run == call_no_stack)
		CHECK((char *)regs[REG_RSP] == page + 8);
	regs[REG_RIP] = (greg_t)now->out;
	faults++;
}

int main(void)
{
	const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	int i;

	page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(page != MAP_FAILED && !sigaltstack(&alternate, NULL));
	handle(SIGSEGV, leave, SA_ONSTACK);
	for (now = shapes; now < shapes + sizeof(shapes) / sizeof(*shapes); now++) {
		faults = 0;
		for (i = 0; i < 100; i++)
			CHECK(now->run(page) == 2);
		printf("%s: %d\n", now->name, faults);
		CHECK(faults == 100);
	}
	puts("ok");
	return 0;
}
