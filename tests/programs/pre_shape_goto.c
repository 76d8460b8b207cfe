/* An interpreter by computed goto: all its jumps are indirect. */
#include "preempt.h"

enum { ADD, DOUBLE, LESS, BACK, END };

/* Sums i * 2 + 1 for i below n. */
__attribute__((noinline)) static uint64_t interpret(uint64_t n)
{
	static const void *const table[] = {&&add, &&twice, &&less, &&back, &&end};
	static const unsigned char program[] = {DOUBLE, ADD, LESS, BACK, END};
	const unsigned char *pc = program;
	uint64_t i = 0, x = 0, sum = 0;
	int below = 0;

#define NEXT goto *table[*pc++]
	NEXT;
twice:
	x = 2 * i;
	NEXT;
add:
	sum += x + 1;
	i++;
	NEXT;
less:
	below = i < n;
	NEXT;
back:
	if (below)
		pc = program;
	NEXT;
end:
	return sum;
}

int main(void)
{
	alarms_start();
	while (alarms < 60)
		CHECK(interpret(30000) == 30000ul * 30000);
	alarms_stop();
	puts("ok");
	return 0;
}
