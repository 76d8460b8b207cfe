/* The loops with known numbers of branches that the self-test counts. Private to lib/counter. */
#ifndef RR_HPC_LOOPS_H
#define RR_HPC_LOOPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Stops at a breakpoint, and then before each run of a loop. Does not return. */
void hpc_loops_run(void);
/* For a process stopped there: how many rounds its next loop makes, each with one conditional
 * branch, and whether it has atomic instructions. 0, or -1 and errno. */
int hpc_loops_set(pid_t pid, uint64_t rounds, bool atomic);

#endif
