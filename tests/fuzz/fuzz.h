/* A fuzzing target: a reader of untrusted bytes. libFuzzer drives it (`make fuzz`); fuzz_main.c
 * runs kept inputs, tries mutations, and writes the inputs with which fuzzing begins. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The most bytes of an input. */
#define FUZZ_INPUT_MAX (1u << 20)

/* Adds an input, which is copied. */
typedef void fuzz_put(const uint8_t *input, size_t n);

struct fuzzer {
	const char *name;
	unsigned long count; /* the default number of mutations */
	/* Adds valid inputs, with which mutations begin. */
	void (*seeds)(fuzz_put *put);
	/* Adds more of them from a file or a trace; may be NULL. */
	void (*seeds_from)(const char *path, fuzz_put *put);
	/* Changes an input in place, in ways that random mutations would hardly find. n is not
	 * 0. */
	void (*mutate)(uint8_t *input, size_t n, uint64_t *random);
};
extern const struct fuzzer fuzzer;

/* Uses any input. Returns 0, or crashes. */
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

#endif
