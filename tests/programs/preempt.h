/* What the tracees share that are interrupted while they compute (pre_*.c). */
#ifndef PREEMPT_H
#define PREEMPT_H

#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/time.h>
#include <ucontext.h>

static inline uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

static inline greg_t *registers(void *context)
{
	return ((ucontext_t *)context)->uc_mcontext.gregs;
}

/* A hash of the general registers, flags and program counter that a handler interrupted. */
static inline uint64_t mix_frame(uint64_t hash, void *context)
{
	int i;

	for (i = REG_R8; i <= REG_EFL; i++)
		hash = mix(hash, (uint64_t)registers(context)[i]);
	return hash;
}

static inline void handle(int sig, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction act = {};

	act.sa_sigaction = handler;
	act.sa_flags = SA_SIGINFO | flags;
	CHECK(!sigaction(sig, &act, NULL));
}

/* A function in assembler; the rest of the program knows it as extern. */
#define FUNCTION(name, body) \
	__asm__(".pushsection .text\n.p2align 4\n.globl " #name "\n.type " #name \
		", @function\n" #name ":\n.cfi_startproc\n" body "\n.cfi_endproc\n.size " #name \
		", . - " #name "\n.popsection")

/* The interval timer expires every so many microseconds; 0 stops it. */
static inline void timer_every(int which, int us)
{
	struct itimerval timer = {{0, us}, {0, us}};

	CHECK(!setitimer(which, &timer, NULL));
}

/* Alarms for programs that only need to be interrupted often. They are counted, and the interrupted
 * registers are hashed. */
static volatile sig_atomic_t alarms;
static volatile uint64_t alarms_hash;

static inline void count_alarm(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info;
	alarms++;
	alarms_hash = mix_frame(alarms_hash, context);
}

static inline void alarms_start(void)
{
	handle(SIGALRM, count_alarm, SA_RESTART);
	timer_every(ITIMER_REAL, 1000);
}

static inline void alarms_stop(void)
{
	timer_every(ITIMER_REAL, 0);
	printf("interrupted %d times at %016lx\n", (int)alarms, (unsigned long)alarms_hash);
}

#endif
