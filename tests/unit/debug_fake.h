/* A fake replay for debuggers: a run of FAKE_STEPS steps, all of which is known. Ten steps make an
 * event. The processes are a small program with threads and children; debug_fake.c has the contents
 * of its memory. */
#ifndef DEBUG_FAKE_H
#define DEBUG_FAKE_H

#include "replay/debug.h"

enum { FAKE_STEPS = 2000 };

enum { FAKE_PROGRAM = 100, FAKE_THREAD = 101, FAKE_CHILD = 200, FAKE_VCHILD = 300 };

/* Steps at which something happens. */
enum {
	FAKE_SIGNAL = 20,
	FAKE_CALL = 40, /* entered; returns with the next step */
	FAKE_NEW_THREAD = 150,
	FAKE_FORK = 300,
	FAKE_EXEC = 500, /* of the child */
	FAKE_THREAD_END = 700,
	FAKE_EXIT = 900, /* of the child */
	FAKE_VFORK = 1000,
	FAKE_VEXIT = 1050
};

/* A task's pc cycles here, FAKE_INSN bytes with each step. */
#define FAKE_CODE 0x401000ul
#define FAKE_INSN 4u
#define FAKE_LOOP 64u /* steps in a cycle */
/* Step i of the run writes i to word i % FAKE_WORDS here. */
#define FAKE_DATA 0x402000ul
#define FAKE_WORDS 16u
/* The program's headers, objects and strings. */
#define FAKE_IMAGE 0x400000ul
#define FAKE_MAIN_MAP (FAKE_IMAGE + 0x300)
#define FAKE_LIBC_MAP (FAKE_IMAGE + 0x400)
#define FAKE_LIB_MAP (FAKE_IMAGE + 0x500)
#define FAKE_PROGRAM_TLS 0x28ul /* its size */
#define FAKE_POINTER 0x402800ul /* the thread pointer of all tasks */
#define FAKE_LIB_TLS 0x402c00ul /* the block of the library in the vector */

#define FAKE_FILE "/lib/libfake.so.1.2"
enum { FAKE_FILE_SIZE = 300000 };

extern struct fake {
	/* Shared by the test's thread and the server's: */
	_Atomic bool endless; /* only poll() ends going forward */
	_Atomic bool trouble; /* going to a position fails */
	_Atomic unsigned long polls;
	struct debug *last;
} fake;

/* The current step. */
unsigned fake_step(void);

#endif
