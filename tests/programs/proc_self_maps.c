/* /proc/self/maps: the program finds its code, heap and stack there, as ranges that hold its
 * addresses. */
#include "check.h"

static int in_data = 1;

int main(void)
{
	unsigned long from, to, addresses[4];
	char line[4096], rights[8], name[4096];
	int on_stack, found = 0, lines = 0, i;
	void *heap = malloc(10);
	FILE *maps = fopen("/proc/self/maps", "r");

	CHECK(maps && heap);
	addresses[0] = (unsigned long)main;
	addresses[1] = (unsigned long)&in_data;
	addresses[2] = (unsigned long)heap;
	addresses[3] = (unsigned long)&on_stack;
	while (fgets(line, sizeof(line), maps)) {
		lines++;
		name[0] = 0;
		CHECK(sscanf(line, "%lx-%lx %7s %*s %*s %*s %4095s", &from, &to, rights, name) >=
		      3);
		for (i = 0; i < 4; i++)
			if (addresses[i] >= from && addresses[i] < to) {
				printf("%d: %#lx in %#lx-%#lx %s %s\n", i, addresses[i], from, to,
				       rights, name);
				CHECK(i == 0 ? rights[2] == 'x' : rights[1] == 'w');
				found++;
			}
	}
	printf("%d lines\n", lines);
	CHECK(found == 4);
	fclose(maps);
	free(heap);
	puts("ok");
	return 0;
}
