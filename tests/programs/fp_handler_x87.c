/* The x87 stack and control word survive a handler; the handler begins with an empty stack. */
#include "check.h"

#include <signal.h>

static volatile unsigned short control_inside, tag_inside;

static void use(int sig)
{
	struct {
		unsigned words[7];
	} state;
	volatile long double value = sig;

	__asm__ volatile("fnstenv %0; fldenv %0" : "+m"(state));
	control_inside = (unsigned short)state.words[0];
	tag_inside = (unsigned short)state.words[2];
	value = value / 3 + 1;
	__asm__ volatile("fninit; fldpi; fstp %%st(0)" : : : "memory");
}

int main(void)
{
	unsigned short control = 0x27f, now = 0, original;
	double one, two;
	long result;

	CHECK(signal(SIGUSR1, use) != SIG_ERR);
	__asm__ volatile("fnstcw %0" : "=m"(original));
	__asm__ volatile("fldcw %0; fld1; fldpi" : : "m"(control));
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(200L), "D"((long)gettid()), "S"((long)SIGUSR1)
			 : "rcx", "r11", "memory");
	__asm__ volatile("fstpl %0; fstpl %1; fnstcw %2" : "=m"(one), "=m"(two), "=m"(now));
	__asm__ volatile("fldcw %0" : : "m"(original));
	printf("control %#x, in the handler %#x tags %#x\n", now, control_inside, tag_inside);
	printf("%.15f %.15f\n", one, two);
	CHECK(result == 0 && now == control && two == 1 && one > 3.14159 && one < 3.1416);
	puts("ok");
	return 0;
}
