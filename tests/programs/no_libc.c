/* cflags: -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie */
/* A program without C library: _start, raw calls, no thread-local storage at all. */

static long call(long number, long first, const void *second, long third)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(first), "S"(second), "d"(third)
			 : "rcx", "r11", "memory");
	return result;
}

static void print_number(long number)
{
	char text[24];
	int at = sizeof(text);

	text[--at] = '\n';
	do
		text[--at] = (char)('0' + number % 10);
	while (number /= 10);
	call(1, 1, text + at, (long)sizeof(text) - at);
}

__attribute__((noreturn, force_align_arg_pointer)) void _start(void);

void _start(void)
{
	long pid = call(39, 0, 0, 0), child, status = 0;

	print_number(pid);
	child = call(57, 0, 0, 0);
	if (child == 0)
		call(60, 7, 0, 0);
	call(61, child, &status, 0);
	print_number(child);
	if ((int)status == 7 << 8)
		call(1, 1, "ok\n", 3);
	for (;;)
		call(231, (int)status != 7 << 8, 0, 0);
}
