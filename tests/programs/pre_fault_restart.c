/* Loads and stores in loops of several shapes fault on every page. The handler sees the
 * instruction's address and unprotects the page, and the instruction is restarted. */
#include "preempt.h"

#include <sys/mman.h>

/* Columns in the assembly are tabs, which clang-format counts in its own way. */
/* clang-format off */

enum { PAGES = 8, SIZE = PAGES * 4096 };

/* f(data, count of 8 bytes): rdi, rsi */
FUNCTION(sum_first, "	xor %eax, %eax\n1:\n.globl sum_first_at\nsum_first_at: mov (%rdi), %rdx\n"
		    "	add %rdx, %rax; add $8, %rdi; dec %rsi; jnz 1b\n	ret");
FUNCTION(sum_last, "	xor %eax, %eax\n1:	add $8, %rdi; dec %rsi\n.globl sum_last_at\n"
		   "sum_last_at: movslq -8(%rdi), %rdx\n	lea (%rax,%rdx), %rax; jnz 1b\n	ret");
FUNCTION(by_jcc, "	xor %eax, %eax\n	xor %edx, %edx\n1:	lea (%rax,%rdx), %rax; dec %rsi; js 2f\n"
		 "	add $8, %rdi\n.globl by_jcc_at\nby_jcc_at: mov -8(%rdi), %edx\n	jne 1b\n2:	ret");
FUNCTION(compare, "	xor %eax, %eax\n1:	inc %rax; add $8, %rdi; dec %rsi; jz 2f\n.globl compare_at\n"
		  "compare_at: cmpq $0, -8(%rdi)\n	jne 1b\n2:	ret");
FUNCTION(scan, "	mov %rsi, %r8; lea -1(%rdi,%rsi,8), %r9; xor %eax, %eax; dec %eax; cld\n.globl scan_at\n"
	       "scan_at: scasb\n	jne scan_at\n	mov %r8, %rax\n	ret");
FUNCTION(load_string, "	mov %rsi, %rcx; mov %rdi, %rsi; xor %edx, %edx; cld\n.globl load_string_at\n"
		      "load_string_at: lodsq\n	add %rax, %rdx\n	loop load_string_at\n	mov %rdx, %rax\n	ret");
FUNCTION(push_it, "	xor %eax, %eax\n.globl push_it_at\npush_it_at: push (%rdi)\n"
		  "	pop %rdx; add %rdx, %rax; add $8, %rdi; dec %rsi; jnz push_it_at\n	ret");
FUNCTION(store_string, "	mov %rsi, %rcx; mov $3, %eax; cld\n.globl store_string_at\nstore_string_at: stosq\n"
		       "	loop store_string_at\n	xor %eax, %eax\n	ret");
FUNCTION(repeat_store, "	mov %rsi, %rcx; mov $3, %eax; cld\n.globl repeat_store_at\nrepeat_store_at: rep stosq\n"
		       "	mov %rcx, %rax\n	ret");
FUNCTION(vector, "	pxor %xmm0, %xmm0; shr %rsi\n.globl vector_at\nvector_at: paddq (%rdi), %xmm0\n"
		 "	add $16, %rdi; dec %rsi; jnz vector_at\n	movhlps %xmm0, %xmm1; paddq %xmm1, %xmm0\n"
		 "	movq %xmm0, %rax\n	ret");

/* name, what it gives for 4096 numbers that are 3, whether it stores */
#define SHAPES(X)                                                                                            \
	X(sum_first, 12288, 0) X(sum_last, 12288, 0) X(by_jcc, 12288, 0) X(compare, 4096, 0) X(scan, 4096, 0)  \
	X(load_string, 12288, 0) X(push_it, 12288, 0) X(store_string, 0, 1) X(repeat_store, 0, 1)               \
	X(vector, 12288, 0)
#define DECLARE(name, result, stores) extern long name(void *, long); extern char name##_at[];
SHAPES(DECLARE)
#define ROW(name, result, stores) {#name, name, name##_at, result, stores},
static const struct shape {
	const char *name;
	long (*run)(void *, long);
	char *at;
	long result;
	int stores;
} shapes[] = {SHAPES(ROW)};

static const struct shape *now;
static char *data;
static volatile int faults;

static void give_access(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = registers(context);
	char *page = (char *)((uintptr_t)info->si_addr & ~4095ul);

	(void)sig;
	CHECK((char *)regs[REG_RIP] == now->at && page == data + faults * 4096);
	CHECK(info->si_code == SEGV_ACCERR && regs[REG_CR2] == (greg_t)info->si_addr);
	CHECK(!!(regs[REG_ERR] & 2) == now->stores);
	CHECK(!mprotect(page, 4096, PROT_READ | PROT_WRITE));
	faults++;
}

int main(void)
{
	long i, round;

	data = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(data != MAP_FAILED);
	handle(SIGSEGV, give_access, 0);
	for (round = 0; round < 3; round++)
		for (now = shapes; now < shapes + sizeof(shapes) / sizeof(*shapes); now++) {
			for (i = 0; i < SIZE / 8; i++)
				((long *)data)[i] = 3;
			if (now->run == scan)
				data[SIZE - 1] = (char)0xff;
			CHECK(!mprotect(data, SIZE, PROT_NONE));
			faults = 0;
			i = now->run(data, SIZE / 8);
			if (!round)
				printf("%s: %ld, %d faults\n", now->name, i, faults);
			CHECK(i == now->result && faults == PAGES);
		}
	puts("ok");
	return 0;
}
