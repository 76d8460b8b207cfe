/* A target of fuzzing: a reader of bytes that come from outside. libFuzzer drives it as long as one
 * likes (`make fuzz`); fuzz_main.c runs kept inputs, tries mutations, and writes what fuzzing
 * begins with. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of an input at most. */
#define FUZZ_INPUT_MAX (1u << 20)

/* Takes an input, which is copied. */
typedef void fuzz_put(const uint8_t *input, size_t n);

struct fuzzer {
	const char *name;
	unsigned long count; /* of mutations, when nobody says how many */
	/* Inputs that are well, for mutations to begin with. */
	void (*seeds)(fuzz_put *put);
	/* More of them from a file, or a trace; may be NULL. */
	void (*seeds_from)(const char *path, fuzz_put *put);
	/* Changes an input in place, as a blind mutation would hardly do; n is not 0. */
	void (*mutate)(uint8_t *input, size_t n, uint64_t *random);
};
extern const struct fuzzer fuzzer;

/* Of an input whatever it is; returns 0, or crashes. */
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

#endif
