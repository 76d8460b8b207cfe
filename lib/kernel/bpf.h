/* Classic BPF as seccomp(2) takes it: the programs that a recorded program gives the kernel are
 * checked and run by the recorder (kernel/seccomp.c). */
#ifndef RR_KERNEL_BPF_H
#define RR_KERNEL_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* Whether the kernel accepts these n instructions as a seccomp filter: bpf_check_classic() in
 * net/core/filter.c and seccomp_check_filter() in kernel/seccomp.c. A program that passes ends, and
 * reaches no memory but the call's data and cells that it has stored to. n is 1 at least. */
bool bpf_check(const struct sock_filter *insns, unsigned n);

/* The value that a checked program returns for this call. */
uint32_t bpf_run(const struct sock_filter *insns, const struct seccomp_data *call);

/* How many instructions of extended BPF the kernel makes of a checked program: bpf_convert_filter()
 * in net/core/filter.c. A task's filters may have only so many. */
unsigned bpf_converted_len(const struct sock_filter *insns, unsigned n);

#endif
