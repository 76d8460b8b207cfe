/* System calls that do not exist are ENOSYS, whatever their arguments. */
#include "check.h"

int main(void)
{
	long numbers[] = {340, 400, 423, 600, 999, 5000, 0x3fffffff, -1, -100, 0x40000000 + 600};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		errno = 0;
		CHECK(syscall(numbers[i], 1, 2, 3, 4, 5, 6) == -1);
		printf("%ld: %s\n", numbers[i], strerror(errno));
		CHECK(errno == ENOSYS);
	}
	puts("ok");
	return 0;
}
