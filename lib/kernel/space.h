/* The kernel floor's view of an address space, for the recorder and the replayer. */
#ifndef RR_KERNEL_SPACE_H
#define RR_KERNEL_SPACE_H

#include "tracee/task.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether it has the counter page, so that its rewritten code counts. */
bool kernel_mm_counted(const struct mm *mm);
/* Whether one of its mappings shows the object. */
bool kernel_mm_maps_object(const struct mm *mm, uint64_t object);
/* The end of the heap as the program last set it. Replaying. */
uint64_t kernel_mm_brk(const struct mm *mm);
void kernel_mm_set_brk(struct mm *mm, uint64_t brk);

#endif
