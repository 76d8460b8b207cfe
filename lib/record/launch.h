/* From a command line to a task stopped before its execve, and a trace to write to. */
#ifndef RR_LAUNCH_H
#define RR_LAUNCH_H

struct recorder;
/* 0, or the exit status for rr-record after saying on stderr what went wrong. */
int launch_program(struct recorder *r);

#endif
