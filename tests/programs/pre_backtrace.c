/* backtrace() in a handler shows main below a computation, and only addresses of known files. */
#include "known_code.h"
#include "preempt.h"

#include <execinfo.h>

enum { HITS = 40 };

static volatile sig_atomic_t hits;
static volatile uint64_t frames;
static uintptr_t main_from, main_to;
static volatile int comparisons;

static void look(int sig, siginfo_t *info, void *context)
{
	void *pcs[64];
	int i, n = backtrace(pcs, 64), saw_main = 0;

	(void)sig, (void)info;
	CHECK(n > 2 && n < 64 && (uintptr_t)pcs[2] == (uintptr_t)registers(context)[REG_RIP]);
	for (i = 0; i < n; i++) {
		CHECK(is_known_code((uintptr_t)pcs[i]));
		saw_main += (uintptr_t)pcs[i] > main_from && (uintptr_t)pcs[i] < main_to;
		frames = mix(frames, (uintptr_t)pcs[i]);
	}
	CHECK(saw_main == 1);
	hits++;
}

static int compare(const void *a, const void *b)
{
	comparisons++;
	return (*(const unsigned *)a > *(const unsigned *)b) -
	       (*(const unsigned *)a < *(const unsigned *)b);
}

__attribute__((noinline)) static void sort(unsigned *numbers, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		numbers[i] = i * 2654435761u;
	qsort(numbers, n, sizeof(*numbers), compare);
	for (i = 1; i < n; i++)
		CHECK(numbers[i - 1] < numbers[i]);
}

int main(void)
{
	static unsigned numbers[20000];
	void *first[8];

	main_from = (uintptr_t)main;
	main_to = (uintptr_t) && end + 1;
	CHECK(backtrace(first, 8) > 1);
	known_code_read();
	handle(SIGPROF, look, 0);
	timer_every(ITIMER_PROF, 1000);
	while (hits < HITS)
		sort(numbers, 20000);
	timer_every(ITIMER_PROF, 0);
	printf("%d comparisons, %016lx\n", comparisons, (unsigned long)frames);
end:
	puts("ok");
	return 0;
}
