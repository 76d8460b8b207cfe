/* fork copies memory: heap, stack, data and private mappings part ways; a shared mapping does not.
 */
#include "check.h"

#include <sys/mman.h>

static int data = 1;

int main(void)
{
	int stack = 2, *heap = malloc(sizeof(*heap));
	int *private = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child;

	CHECK(heap && private != MAP_FAILED && shared != MAP_FAILED);
	*heap = 3;
	*private = 4;
	*shared = 5;
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(data == 1 && stack == 2 && *heap == 3 && *private == 4 && *shared == 5);
		data = stack = *heap = *private = 100;
		*shared = (int)getpid();
		printf("child: %d %d %d %d %d\n", data, stack, *heap, *private, *shared);
		_exit(0);
	}
	CHECK(status_of(child) == 0);
	printf("parent: %d %d %d %d %d\n", data, stack, *heap, *private, *shared);
	CHECK(data == 1 && stack == 2 && *heap == 3 && *private == 4 && *shared == child);
	free(heap);
	puts("ok");
	return 0;
}
