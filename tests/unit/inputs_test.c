/* The inputs of blocked calls are kept until they return, but never more than a limit, however many
 * calls are blocked. */
#include "print/print.h"

#include <stdlib.h>
#include <string.h>

enum { LONG = 60000, TASKS = 3000, RETURNING = 100000 };

static int ntests, nfailed;

static void check(bool ok, const char *what)
{
	nfailed += !ok;
	printf("%sok %d - %s\n", ok ? "" : "not ", ++ntests, what);
}

static void enter(struct print_inputs *in, int32_t tid, const uint8_t *bytes, uint32_t n)
{
	const struct trace_event ev = {.kind = EV_ENTER, .tid = tid};
	struct trace_data d = {.kind = DATA_IN, .len = n, .fill_len = n, .bytes = bytes};
	struct print_records recs = {.data = &d, .ndata = 1};

	print_inputs_join(in, &ev, &recs);
}

/* Whether the returning call has its inputs. */
static bool returns(struct print_inputs *in, int32_t tid, const uint8_t *bytes, uint32_t n)
{
	const struct trace_event ev = {.kind = EV_SYSCALL, .tid = tid, .flags = EVF_RESUMED};
	struct print_records recs = {0};

	print_inputs_join(in, &ev, &recs);
	bool has = recs.ndata == 1 && recs.data[0].len == n &&
		   memcmp(recs.data[0].bytes, bytes, n) == 0;
	print_records_free(&recs);
	return has;
}

int main(void)
{
	struct print_inputs in = {0};
	uint8_t *bytes = malloc(LONG);
	size_t kept = 0;
	bool all = true;

	memset(bytes, 'x', LONG);
	for (int32_t tid = 1; tid <= RETURNING; tid++) {
		enter(&in, tid, bytes, 8);
		all = returns(&in, tid, bytes, 8) && all;
	}
	check(all && in.bytes == 0,
	      "calls have what they read when they return, and then it is gone");
	check(in.n == 0, "nothing else is kept of a call that has returned");
	for (int32_t tid = 1; tid <= TASKS; tid++)
		enter(&in, tid, bytes, LONG);
	check(in.bytes < 80u << 20, "no more than there is room for is kept");
	for (int32_t tid = TASKS; tid; tid--)
		kept += returns(&in, tid, bytes, LONG);
	check(kept > 1000 && kept < TASKS && in.bytes == 0, "what there was room for is whole");
	for (int32_t tid = 1; tid <= 200000; tid++)
		enter(&in, tid, bytes, 0);
	check(in.n <= 65536, "nor of more tasks");
	print_inputs_free(&in);
	free(bytes);
	printf("1..%d\n", ntests);
	return nfailed != 0;
}
