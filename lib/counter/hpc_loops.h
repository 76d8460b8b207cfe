/* The loops with known numbers of branches that the self-test counts. Private to lib/counter. */
#ifndef RR_HPC_LOOPS_H
#define RR_HPC_LOOPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Stops at a breakpoint before each run of a loop. Does not return. */
void hpc_loops_run(void);
/* For a process that is stopped there: sets how many rounds its next loop makes, each with one
 * conditional branch, and whether the rounds have atomic instructions. 0, or -1 with errno. */
int hpc_loops_set(pid_t pid, uint64_t rounds, bool atomic);

#endif
