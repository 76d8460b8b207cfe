/* Ranges over nearly all of the address space: munmap of holes, madvise that continues after them,
 * mprotect that stops at the first. */
#include "check.h"

#include <sys/mman.h>

#define LOW ((char *)0x10000000)
#define HIGH ((char *)0x790000000000)
#define SIZE 0x4000

static char *map(char *at)
{
	CHECK(mmap(at, SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == at);
	return memset(at, 'x', SIZE);
}

int main(void)
{
	unsigned char seen;
	pid_t child;

	map(LOW);
	map(HIGH);
	/* In a child, because the program itself may be anywhere between the two. */
	CHECK((child = fork()) >= 0);
	if (!child) {
		CHECK(mprotect(LOW, HIGH - LOW, PROT_READ) == -1 && errno == ENOMEM);
		HIGH[0] = 'y';
		CHECK(read(open("/dev/zero", O_RDONLY), LOW, 1) == -1 && errno == EFAULT);
		_exit(0);
	}
	CHECK(status_of(child) == 0);

	/* MADV_GUARD_REMOVE, since Linux 6.13 */
	CHECK(madvise(LOW, HIGH - LOW, 103) == -1 && (errno == ENOMEM || errno == EINVAL));

	char *from = HIGH - 0x1000, *to = HIGH + SIZE;
	CHECK(madvise(from, to - from, MADV_DONTNEED) == -1 && errno == ENOMEM);
	CHECK(HIGH[0] == 0 && HIGH[SIZE - 1] == 0);

	map(HIGH + SIZE * 4);
	CHECK(munmap((char *)0x600000000000, HIGH + SIZE - (char *)0x600000000000) == 0);
	CHECK(mincore(HIGH, 1, &seen) == -1 && errno == ENOMEM);
	CHECK(HIGH[SIZE * 4] == 'x' && LOW[0] == 'x');
	CHECK((child = fork()) >= 0);
	if (!child)
		execl("/bin/true", "true", NULL);
	CHECK(status_of(child) == 0);
	puts("ok");
	return 0;
}
