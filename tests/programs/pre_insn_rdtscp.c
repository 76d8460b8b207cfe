/* rdtscp gives the time and the CPU, in a loop, interrupted. */
#include "preempt.h"

#include <cpuid.h>

extern uint64_t read_all(uint64_t *aux, uint64_t *flags), until(uint64_t end);

FUNCTION(
	read_all,
	"	mov $-1, %rax\n	mov $-1, %rcx\n	mov $-1, %rdx\n	push $0x8d7\n	popf\n	rdtscp\n	pushf\n"
	"	popq (%rsi)\n	mov %rcx, (%rdi)\n	shl $32, %rdx\n	or %rdx, %rax\n	ret");
FUNCTION(
	until,
	"1:	rdtscp\n	shl $32, %rdx\n	or %rdx, %rax\n	cmp %rdi, %rax\n	jb 1b\n	ret");

int main(void)
{
	unsigned a, b, c, d, cpu, node;
	uint64_t last = 0, now, aux, flags;
	cpu_set_t one;
	int i;

	if (!__get_cpuid(0x80000001, &a, &b, &c, &d) || !(d & 1 << 27))
		SKIP("no rdtscp");
	CHECK(!getcpu(&cpu, &node));
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	CHECK(!sched_setaffinity(0, sizeof(one), &one) && !getcpu(&cpu, &node));
	alarms_start();
	for (i = 0; i < 1000; i++) {
		now = read_all(&aux, &flags);
		CHECK(now >= last && aux == (node << 12 | cpu) && (flags & 0x8d5) == 0x8d5);
		last = now;
	}
	while (alarms < 10) {
		now = until(last + 100000);
		CHECK(now >= last + 100000);
		last = now;
	}
	printf("%lu on %lx\n", last, aux);
	alarms_stop();
	puts("ok");
	return 0;
}
