/* checkpoint TRACE [POSITION]: prints the cost of making a checkpoint there and of going back to
 * it, as medians in ms. */
#include "print/replay_report.h"
#include "replay/debugger.h"
#include "util/clock.h"

#include <err.h>
#include <stdlib.h>

#define ROUNDS 21

static int ascending(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median_ms(uint64_t ns[ROUNDS])
{
	qsort(ns, ROUNDS, sizeof(*ns), ascending);
	return (double)ns[ROUNDS / 2] / 1e6;
}

static void print_failure(void *ctx, const struct replay_report *r)
{
	(void)ctx;
	print_replay_report(stderr, r);
}

int main(int argc, char **argv)
{
	struct debug_position p = {0};
	uint64_t made[ROUNDS], restored[ROUNDS];
	struct debug_stop stop;

	if (argc < 2 || argc > 3 || (argc == 3 && !debug_position_parse(&p, argv[2])))
		errx(2, "usage: checkpoint TRACE [POSITION]");
	struct debug *d =
		debug_open(&(struct debug_options){.trace = argv[1], .failed = print_failure});
	if (!d)
		return 2;
	debug_seek(d, &p, &stop);
	if (stop.kind == DEBUG_STOP_FAILED)
		errx(2, "%s", debug_error(d));
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t begin = clock_now_ns();
		struct checkpoint *c = replayer_checkpoint_make(&d->p);
		made[i] = clock_now_ns() - begin;
		begin = clock_now_ns();
		if (!c || replayer_checkpoint_restore(&d->p, c))
			errx(2, "no checkpoint can be made there");
		restored[i] = clock_now_ns() - begin;
		replayer_checkpoint_free(&d->p, c);
	}
	printf("%.2f %.2f\n", median_ms(made), median_ms(restored));
	debug_close(d);
	return 0;
}
