/* Code is generated in a page that is writable and executable: mov $n, %eax; ret. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	unsigned char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long sum = 0;

	if (code == MAP_FAILED)
		SKIP("no writable code pages");
	for (int n = 0; n < 1000; n++) {
		code[0] = 0xb8;
		memcpy(code + 1, &n, 4);
		code[5] = 0xc3;
		__builtin___clear_cache((char *)code, (char *)code + 6);
		sum += ((int (*)(void))code)();
	}
	printf("%p %ld\n", (void *)code, sum);
	CHECK(sum == 499500);
	puts("ok");
	return 0;
}
