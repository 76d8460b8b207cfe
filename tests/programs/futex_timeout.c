/* Futex waits that run out: relative, absolute on both clocks, and a time that is no time. */
#include "check.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>

int main(void)
{
	struct timespec wait = {.tv_nsec = 2000000}, bad = {.tv_nsec = -1}, when, before, after;
	int word = 3;

	CHECK(!clock_gettime(CLOCK_MONOTONIC, &before));
	CHECK(syscall(SYS_futex, &word, FUTEX_WAIT, 3, &wait) == -1 && errno == ETIMEDOUT);
	CHECK(!clock_gettime(CLOCK_MONOTONIC, &after));
	printf("waited %ld ns\n",
	       (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec);
	CHECK((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec >=
	      2000000);
	when = after;
	CHECK(syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, 3, &when, NULL, -1) == -1 &&
	      errno == ETIMEDOUT);
	CHECK(!clock_gettime(CLOCK_REALTIME, &when));
	CHECK(syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 3, &when, NULL,
		      -1) == -1);
	CHECK(errno == ETIMEDOUT);
	CHECK(syscall(SYS_futex, &word, FUTEX_WAIT, 3, &bad) == -1 && errno == EINVAL);
	CHECK(syscall(SYS_futex, &word, FUTEX_WAIT, 4, &wait) == -1 && errno == EAGAIN);
	puts("ok");
	return 0;
}
