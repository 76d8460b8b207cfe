/* What system calls have made of an address space, for the recorder and the replayer. */
#ifndef RR_KERNEL_SPACE_H
#define RR_KERNEL_SPACE_H

#include "tracee/task.h"

#include <stdbool.h>
#include <stdint.h>

/* It has the counter page: its rewritten code counts. */
bool kernel_mm_counted(const struct mm *mm);
/* Some mapping of it is the object's. */
bool kernel_mm_maps_object(const struct mm *mm, uint64_t object);
/* The end of the heap as the program last asked for it. Replaying. */
uint64_t kernel_mm_brk(const struct mm *mm);
void kernel_mm_set_brk(struct mm *mm, uint64_t brk);

#endif
