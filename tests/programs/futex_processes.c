/* A futex in shared memory between two processes. */
#include "check.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static void wait_while(unsigned *word, unsigned value)
{
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value)
		if (syscall(SYS_futex, word, FUTEX_WAIT, value, NULL))
			CHECK(errno == EAGAIN);
}

int main(void)
{
	unsigned *word, i;
	long woken = 0;
	pid_t child;

	word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(word != MAP_FAILED);
	child = fork();
	CHECK(child >= 0);
	for (i = 0; i < 50; i++) {
		if (!child)
			wait_while(word, 2 * i);
		__atomic_fetch_add(word, 1, __ATOMIC_RELEASE);
		woken += syscall(SYS_futex, word, FUTEX_WAKE, 1);
		if (child)
			wait_while(word, 2 * i + 1);
	}
	if (!child)
		_exit(0);
	CHECK(status_of(child) == 0);
	printf("word %u, %ld wakes\n", *word, woken);
	CHECK(*word == 100);
	puts("ok");
	return 0;
}
