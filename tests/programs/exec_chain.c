/* The same process executes itself ten times over. */
#include "check.h"

int main(int argc, char **argv)
{
	char number[16], first[16], *args[] = {argv[0], number, first, NULL};
	int count = argc > 1 ? atoi(argv[1]) : 0;
	void *heap = malloc(100);

	printf("%d: pid %d heap %p stack %p\n", count, (int)getpid(), heap, (void *)&count);
	CHECK(argc == 1 || atoi(argv[2]) == getpid());
	free(heap);
	if (count < 10) {
		snprintf(number, sizeof(number), "%d", count + 1);
		snprintf(first, sizeof(first), "%d", (int)getpid());
		execv("/proc/self/exe", args);
		CHECK(!"execv returned");
	}
	puts("ok");
	return 0;
}
