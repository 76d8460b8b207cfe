/* Whether this process is itself recorded or replayed. */
#ifndef RR_NESTED_H
#define RR_NESTED_H

#include <stdbool.h>

/* It has an agent. Its own tracees would need one at the same address. */
bool nested_in_recording(void);

#endif
