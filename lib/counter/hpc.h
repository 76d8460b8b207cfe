/* Ticks by a hardware counter: retired conditional branches, through perf_event_open(2).
 *
 * A task's count is exact whenever it is stopped. An interrupt after so many ticks comes late, by
 * its skid. Two counters a task: one only counts, and so is never throttled; the other, opened when
 * it is first needed, only interrupts.
 */
#ifndef RR_HPC_H
#define RR_HPC_H

#include <linux/perf_event.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How a counter interrupts its task. Nothing else sends this one: the kernel never does, and
 * programs have no use for it. */
#define HPC_SIGNAL SIGSTKFLT

/* What a trace says of its counter: this and the event's name. */
#define HPC_PREFIX "hpc:"

/* What a kind of processor can count. */
struct hpc_kind {
	/* the event's, in the trace: where the same is, it can be replayed */
	char name[24];
	struct perf_event_attr event; /* type and config */
	unsigned skid;                /* ticks at most by which an interrupt is late */
	/* the raw event that happens where the CPU may count too much around atomic instructions,
	 * for hpc_self_test.c; 0: it never does */
	uint64_t lock_map;
};

/* ARCH/cpu_table.c: of the CPU this thread runs on. NULL, or why there is none. */
const char *hpc_kind_here(struct hpc_kind *k);
/* Why such a CPU is not used, and what its owner can do about it. */
extern const char hpc_lock_map_text[];
/* hpc_self_test.c: of that CPU (one that can't be used or -1: this one). NULL when a self-test
 * finds it exact; else why it is not used, one line, until the next call. */
const char *hpc_choose(int cpu, struct hpc_kind *k);

/* A task's counters; all zero before hpc_open. */
struct hpc {
	bool open;
	int count, stop; /* stop: -1 if there is none yet */
	bool armed;
};

/* From now on the task, which is stopped, is counted; from 0. -1 and errno. */
int hpc_open(struct hpc *h, const struct hpc_kind *k, pid_t tid);
void hpc_close(struct hpc *h);
/* -1: the counter has been taken away, for pinned ones of the whole CPU. */
int hpc_read(const struct hpc *h, uint64_t *ticks);
/* The stopped task gets HPC_SIGNAL n ticks from here on (n >= 1), and repeatedly until
 * hpc_disarm. -1 and errno. */
int hpc_arm(struct hpc *h, const struct hpc_kind *k, pid_t tid, uint64_t n);
void hpc_disarm(struct hpc *h);
/* Whether a signal is that; it may come after hpc_disarm too, when the task's next code would run.
 */
bool hpc_interrupts(const struct hpc *h, const siginfo_t *si);

#endif
