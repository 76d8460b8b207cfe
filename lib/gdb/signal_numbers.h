/* Signal numbers of the protocol (gdb's include/gdb/signals.def) and of Linux. Private to lib/gdb.
 */
#ifndef RR_GDB_SIGNAL_NUMBERS_H
#define RR_GDB_SIGNAL_NUMBERS_H

#include <stdint.h>

/* Linux to the protocol; what has no number there is "unknown". */
int gdb_signal_encode(int number);
/* The protocol to Linux; 0: Linux has no such signal. */
int gdb_signal_decode(uint64_t number);

#endif
