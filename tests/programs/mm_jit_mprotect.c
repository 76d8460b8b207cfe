/* Generated code, made executable by mprotect twice, loops and makes calls. */
#include "check.h"

#include <sys/mman.h>

static const unsigned char count_down[] = {
	0x89, 0xf9, /* mov %edi, %ecx */
	0x31, 0xc0, /* xor %eax, %eax */
	0x01, 0xc8, /* 1: add %ecx, %eax */
	0xff, 0xc9, /* dec %ecx */
	0x75, 0xfa, /* jnz 1b */
	0xc3,       /* ret */
};
static const unsigned char ask_pid[] = {
	0xb8, 0x27, 0x00, 0x00, 0x00, /* mov $39, %eax */
	0x0f, 0x05,                   /* syscall */
	0xc3,                         /* ret */
};

int main(void)
{
	char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(code != MAP_FAILED);
	memcpy(code, count_down, sizeof(count_down));
	CHECK(mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0);
	int sum = ((int (*)(int))code)(1000);
	CHECK(sum == 500500);
	CHECK(mprotect(code, 4096, PROT_READ | PROT_WRITE) == 0);
	memcpy(code, ask_pid, sizeof(ask_pid));
	CHECK(mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0);
	for (int i = 0; i < 10; i++)
		CHECK(((int (*)(void))code)() == getpid());
	printf("%p %d %d\n", (void *)code, sum, getpid());
	puts("ok");
	return 0;
}
