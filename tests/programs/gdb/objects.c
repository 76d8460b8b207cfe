/* Memory of several processes: a file mapped shared and privately, and pages that children write
 * to. */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define INTS (PAGE / sizeof(int))

static volatile int *shared, *own, *children, *kept;
static volatile unsigned long work;

static void mark(int n)
{
	(void)n;
}

static void pass_time(long loops)
{
	for (long i = 0; i < loops; i++)
		work += (unsigned long)i;
}

static volatile int *map(int flags, int fd)
{
	void *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		exit(1);
	return p;
}

int main(int argc, char **argv)
{
	char name[] = "objects.XXXXXX";
	int fd = mkstemp(name);

	if (fd < 0 || unlink(name) || ftruncate(fd, 2 * PAGE))
		return 1;
	shared = map(MAP_SHARED, fd);
	own = map(MAP_PRIVATE, fd);
	children = map(MAP_SHARED | MAP_ANONYMOUS, -1);
	kept = map(MAP_PRIVATE | MAP_ANONYMOUS, -1); /* not for children */
	if (madvise((void *)kept, PAGE, MADV_DONTFORK) ||
	    madvise((void *)(kept + INTS), PAGE, MADV_WIPEONFORK))
		return 1;
	own[0] = -1; /* from now on its first page is a copy, its second page is the file's */
	for (int n = 0; n < 6; n++) {
		shared[0] = shared[INTS] = n;
		own[1] = 2 * n;
		kept[0] = kept[INTS] = 3 * n;
		if (!fork()) {
			children[0] += 10;
			_exit(0);
		}
		wait(NULL);
		mark(n);
		pass_time(argc > 1 ? atol(argv[1]) : 0);
	}
	return 0;
}
