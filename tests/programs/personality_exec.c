/* personality: what it is, and that ADDR_NO_RANDOMIZE holds over exec: two runs have the same
 * addresses. */
#include "check.h"

#include <sys/personality.h>

int main(int argc, char **argv)
{
	char address[32], *args[] = {argv[0], address, NULL}, *env[] = {NULL};
	int now = personality(0xffffffff);

	printf("personality %#x\n", now);
	if (argc == 1) {
		CHECK(personality((unsigned long)now | ADDR_NO_RANDOMIZE) == now);
		CHECK(personality(0xffffffff) & ADDR_NO_RANDOMIZE);
		strcpy(address, "0x00000000000000");
		execve("/proc/self/exe", args, env);
		CHECK(!"execve returned");
	}
	CHECK(now & ADDR_NO_RANDOMIZE);
	snprintf(address, sizeof(address), "0x%014lx", (unsigned long)(void *)main);
	printf("main at %s, was %s\n", address, argv[1]);
	if (strtoul(argv[1], NULL, 16)) {
		CHECK(!strcmp(address, argv[1]));
		puts("ok");
		return 0;
	}
	execve("/proc/self/exe", args, env);
	return 1;
}
