/* Children are killed by a timer while they compute in loops, recursions, string instructions and
 * libc, at any instruction: what they had written to shared memory until then is seen. */
#include "check.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

static volatile uint64_t *seen;
static char *buf;

static uint64_t fib(unsigned n)
{
	seen[1] += n;
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static int order(const void *a, const void *b)
{
	seen[2]++;
	return *(const char *)a - *(const char *)b;
}

static void compute(unsigned how)
{
	for (uint64_t i = 0;; i++) {
		seen[0] = i;
		switch (how % 5) {
		case 0: break;
		case 1: fib(20); break;
		case 2: memset(buf, (int)i, 1 << 20); break;
		case 3:
			for (int j = 0; j < 3000; j++)
				buf[j] = (char)(j * 7919 + (int)i);
			qsort(buf, 3000, 1, order);
			break;
		default:
			__asm__ volatile("rep stosb" : : "a"(i), "c"(1 << 20), "D"(buf) : "memory");
		}
	}
}

static void kill_after(long ns)
{
	struct sigevent se = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
	struct itimerspec it = {.it_value.tv_nsec = ns};
	timer_t t;

	CHECK(!timer_create(CLOCK_MONOTONIC, &se, &t) && !timer_settime(t, 0, &it, NULL));
}

int main(void)
{
	seen = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(seen != MAP_FAILED);
	buf = (char *)seen + 4096;
	for (unsigned i = 0; i < 15; i++) {
		uint64_t sum = 0;
		int status;
		if (!fork()) {
			kill_after(1000000 + i * 130011);
			compute(i);
		}
		CHECK(wait(&status) > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		for (int j = 0; j < 1 << 20; j++)
			sum = sum * 31 + (unsigned char)buf[j];
		printf("%u: %lu %lu %lu %lx\n", i, seen[0], seen[1], seen[2], sum);
	}
	puts("ok");
	return 0;
}
