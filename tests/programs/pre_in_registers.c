/* Every round of the loop has registers of its own: only they show its position. */
#include "preempt.h"

int main(void)
{
	unsigned long turns = 0;

	bell_start();
	while (strokes < 20)
		__asm__ volatile(".rept 100\n pause\n .endr\n inc %0" : "+r"(turns) : : "cc");
	bell_stop();
	puts("ok");
	return 0;
}
