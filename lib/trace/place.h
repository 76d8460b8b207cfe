/* Where traces without a name are. Private to lib/trace. */
#ifndef RR_TRACE_PLACE_H
#define RR_TRACE_PLACE_H

/* $RR_TRACE_DIR, else ~/.rr; malloc'd. NULL and trace_strerror(). */
char *place_default(void);

#endif
