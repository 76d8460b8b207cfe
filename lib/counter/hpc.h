/* Ticks by a hardware counter: retired conditional branches, through perf_event_open(2).
 *
 * A task's count is exact whenever it is stopped. An interrupt at a tick comes late, by its skid. A
 * task has two counters: one only counts, so it is never throttled; the other, opened when it is
 * first needed, only interrupts.
 */
#ifndef RR_HPC_H
#define RR_HPC_H

#include <linux/perf_event.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The signal by which a counter interrupts its task. The kernel never sends it otherwise, and
 * programs do not use it. */
#define HPC_SIGNAL SIGSTKFLT

/* A trace names its counter by this and the event's name. */
#define HPC_PREFIX "hpc:"

/* The event that a kind of processor can count. */
struct hpc_kind {
	/* of the event, in the trace: a processor with the same event can replay it */
	char name[24];
	struct perf_event_attr event; /* type and config */
	unsigned skid;                /* the most ticks by which an interrupt is late */
	/* a raw event that occurs when the CPU may count too much around atomic instructions, for
	 * hpc_self_test.c; 0: it never does */
	uint64_t lock_map;
};

/* ARCH/cpu_table.c: the kind of the CPU on which this thread runs. NULL, or why there is none. */
const char *hpc_kind_here(struct hpc_kind *k);
/* Why a CPU that counts too much is not used, and how that can be changed. */
extern const char hpc_lock_map_text[];
/* hpc_self_test.c: the kind of that CPU, or of this one if `cpu` is -1 or cannot be used. NULL if a
 * self-test finds it exact. Otherwise one line, valid until the next call: why it is not used. */
const char *hpc_choose(int cpu, struct hpc_kind *k);

/* A task's counters; all zero before hpc_open. */
struct hpc {
	bool open;
	int count, stop; /* stop: -1 if there is none yet */
	bool armed;
};

/* Starts counting the stopped task, from 0. -1 with errno. */
int hpc_open(struct hpc *h, const struct hpc_kind *k, pid_t tid);
void hpc_close(struct hpc *h);
/* -1: the counter was taken away in favour of pinned events of the whole CPU. */
int hpc_read(const struct hpc *h, uint64_t *ticks);
/* The stopped task will get HPC_SIGNAL after n more ticks (n >= 1), and repeatedly until
 * hpc_disarm(). -1 with errno. */
int hpc_arm(struct hpc *h, const struct hpc_kind *k, pid_t tid, uint64_t n);
void hpc_disarm(struct hpc *h);
/* Whether a signal is such an interrupt. One may come even after hpc_disarm(), when the task is
 * resumed next. */
bool hpc_interrupts(const struct hpc *h, const siginfo_t *si);

#endif
