/* Printing events never crashes or prints raw bytes, whatever a trace contains: random events and
 * records, with addresses that point into each other's records. */
#include "print/print.h"

#include <stdlib.h>
#include <string.h>

enum { RECORDS = 12, ROUNDS = 40, CALLS = 480 };

/* A small number, an address in a record, or any number. */
static uint64_t some_word(void)
{
	switch (random() % 4) {
	case 0: return random() % 64;
	case 1: return (uint64_t)random() << random() % 33;
	default: return 0x1000 * (random() % RECORDS + 1);
	}
}

/* Each in its own memory, so that a sanitizer sees a read past its end. */
static void some_record(struct trace_data *d, int i)
{
	unsigned len = random() % 3 ? random() % 300 : random() % 8;
	uint8_t *bytes = malloc(len + !len);

	for (unsigned at = 0; at < len; at++)
		bytes[at] = random() % 3 ? random() : 0;
	for (unsigned at = 0; i % 2 && at + 8 <= len; at += 8)
		memcpy(bytes + at, &(uint64_t){some_word()}, 8);
	*d = (struct trace_data){.kind = random() % 8,
				 .addr = 0x1000 * (i + 1),
				 .len = len,
				 .fill_len = len,
				 .bytes = bytes};
}

static bool print_one(FILE *out, int nr)
{
	static const struct print_style styles[] = {
		{0}, {.json = true, .regs = true}, {.hex = true, .memory = true}};
	struct trace_event ev = {.num = 1,
				 .tid = 5,
				 .kind = random() % 9,
				 .sysno = nr,
				 .flags = random(),
				 .result = random() % 5000 - 600};
	struct trace_data data[RECORDS];
	struct print_records recs = {.data = data, .ndata = RECORDS};

	for (int i = 0; i < TRACE_NREGS; i++)
		ev.regs.r[i] = some_word();
	for (int i = 0; i < RECORDS; i++)
		some_record(&data[i], i);
	print_event(out, &ev, &recs, &styles[random() % 3]);
	for (int i = 0; i < RECORDS; i++)
		free((void *)data[i].bytes);
	return !ferror(out);
}

static bool is_text(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((p[i] < ' ' && p[i] != '\t' && p[i] != '\n') || p[i] > '~')
			return false;
	return true;
}

int main(void)
{
	bool ok = true;

	srandom(1);
	for (int round = 0; round < ROUNDS && ok; round++) {
		char *text = NULL;
		size_t n;
		FILE *out = open_memstream(&text, &n);

		for (int nr = 0; nr < CALLS && ok; nr++)
			ok = print_one(out, nr);
		fclose(out);
		ok = ok && is_text(text, n);
		free(text);
	}
	printf("1..1\n%s 1 - random events are printed as text\n", ok ? "ok" : "not ok");
	return !ok;
}
