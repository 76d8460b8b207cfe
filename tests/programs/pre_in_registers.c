/* Every round of the loop has other registers, and only they show its position. */
#include "preempt.h"

int main(void)
{
	unsigned long turns = 0;

	alarms_start();
	while (alarms < 20)
		__asm__ volatile(".rept 100\n pause\n .endr\n inc %0" : "+r"(turns) : : "cc");
	alarms_stop();
	puts("ok");
	return 0;
}
