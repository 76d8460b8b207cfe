/* Two processes wait for each other by futexes in a file that each of them maps. */
#include "check.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static void wait_for(int *word, int old)
{
	while (__atomic_load_n(word, __ATOMIC_SEQ_CST) == old)
		CHECK(syscall(SYS_futex, word, FUTEX_WAIT, old, NULL, NULL, 0) == 0 ||
		      errno == EAGAIN || errno == EINTR);
}

static void step(int *word)
{
	__atomic_add_fetch(word, 1, __ATOMIC_SEQ_CST);
	CHECK(syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0) >= 0);
}

int main(void)
{
	int fd = memfd_create("futex", 0), status;

	CHECK(fd >= 0 && ftruncate(fd, 4096) == 0);
	pid_t child = fork();
	CHECK(child >= 0);
	int *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(word != MAP_FAILED);
	for (int i = 0; i < 50; i++) {
		if (child)
			step(&word[0]), wait_for(&word[1], i);
		else
			wait_for(&word[0], i), step(&word[1]);
	}
	if (child == 0)
		_exit(0);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	printf("%p %d %d\n", (void *)word, word[0], word[1]);
	CHECK(syscall(SYS_futex, word, FUTEX_WAIT, 99, NULL, NULL, 0) == -1 && errno == EAGAIN);
	puts("ok");
	return 0;
}
