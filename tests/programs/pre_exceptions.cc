/* A hundred thousand C++ exceptions under a profiling timer at 1 kHz: each is caught where it
 * should be. */
#include "preempt.h"

#include <stdexcept>
#include <string>

static volatile sig_atomic_t hits;
static volatile uint64_t where;
static long destroyed;

static void profile(int, siginfo_t *, void *context)
{
	where = mix_frame(where, context);
	hits = hits + 1;
}

struct guard {
	~guard()
	{
		destroyed++;
	}
};

__attribute__((noinline)) static long deep(int depth, int n)
{
	guard g;

	if (depth == 0) {
		if (n % 3 == 0)
			throw n;
		if (n % 3 == 1)
			throw std::out_of_range(std::to_string(n));
		throw std::runtime_error(std::to_string(n));
	}
	return deep(depth - 1, n) + 1;
}

int main()
{
	long ints = 0, ranges = 0, others = 0, destructions = 0;

	handle(SIGPROF, profile, SA_RESTART);
	timer_every(ITIMER_PROF, 1000);
	for (int n = 0; n < 100000; n++) {
		destructions += n % 4 + 1;
		try {
			try {
				deep(n % 4, n);
			} catch (const std::out_of_range &e) {
				ranges += n == std::stoi(e.what());
			}
		} catch (int caught) {
			ints += n == caught;
		} catch (...) {
			others++;
		}
	}
	timer_every(ITIMER_PROF, 0);
	printf("%d hits, %016lx\n", (int)hits, (unsigned long)where);
	CHECK(ints == 33334 && ranges == 33333 && others == 33333 && destroyed == destructions);
	puts("ok");
	return 0;
}
