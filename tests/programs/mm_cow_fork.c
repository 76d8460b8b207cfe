/* Private memory is separate after a fork, three generations deep: data, stack, heap, private
 * file. */
#include "check.h"

#include <sys/mman.h>
#include <sys/wait.h>

static int global = 1;

int main(void)
{
	int local = 1, *heap = malloc(sizeof(int)), status;
	int fd = memfd_create("cow", 0);

	CHECK(fd >= 0 && ftruncate(fd, 4096) == 0);
	int *file = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	CHECK(file != MAP_FAILED);
	*heap = 1;
	for (int depth = 0; depth < 3; depth++) {
		pid_t child = fork();
		CHECK(child >= 0);
		global += child == 0;
		local += child == 0;
		*heap += child == 0;
		*file += child == 0;
		if (child) {
			CHECK(waitpid(child, &status, 0) == child && status == 0);
			break;
		}
	}
	printf("%d: %d %d %d %d at %p\n", getpid(), global, local, *heap, *file, (void *)heap);
	CHECK(global == local && local == *heap && *heap == *file + 1);
	if (global > 1)
		_exit(0);
	puts("ok");
	return 0;
}
