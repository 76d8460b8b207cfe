/* rdpid into every register gives the CPU that getcpu gives, whatever the CPU is in a replay. */
#include "registers.h"

#include <cpuid.h>

EACH_REGISTER(64, "rdpid");

extern uint64_t loop(long n);

FUNCTION(
	loop,
	"	xor %eax, %eax\n1:	rdpid %rdx\n	add %rdx, %rax\n	dec %rdi\n	jnz 1b\n	ret");

int main(void)
{
	unsigned a, b, c, d, cpu, node, after;
	cpu_set_t one;
	int round, i;

	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(c & bit_RDPID))
		SKIP("no rdpid");
	CHECK(!getcpu(&cpu, &node));
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	CHECK(!sched_setaffinity(0, sizeof(one), &one));
	CHECK(!getcpu(&after, &node) && after == cpu);
	for (round = 0; round < 50; round++) {
		each64();
		for (i = 0; i < REGISTERS; i++)
			CHECK(values64[i] == (node << 12 | cpu));
	}
	CHECK(loop(1000) == 1000ul * (node << 12 | cpu));
	printf("%lx\n", (unsigned long)values64[REGISTERS - 1]);
	puts("ok");
	return 0;
}
