/* Seccomp filters of tracees, and the classes of calls that a recorder treats in different ways. */
#ifndef FILTER_H
#define FILTER_H

#include "check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* One of each class. None of them succeeds with these arguments by chance, if it is made. */
#define CLASS_AT ((void *)0x123456780000)
static const struct class
{
	const char *name;
	long nr, args[6];
} classes[] = {
	{"plain", SYS_pipe2, {0x1234, 0x5678}},
	{"quick", SYS_getpriority, {0x1234, 0x5678}},
	{"address space", SYS_mmap, {0x123456780000, 4096, 3, 0x100022, -1, 0}},
	{"changed", SYS_sched_setaffinity, {0x1234, 0x5678, 0x9abc}},
	{"answered", SYS_sched_getaffinity, {0x1234, 0x5678, 0x9abc}},
	{"refused", SYS_io_uring_setup, {0x1234, 0x5678}},
	{"refused task", SYS_clone3, {0x1234, 0x5678}},
	{"new task", SYS_fork, {0x1234}},
	{"end", SYS_exit_group, {0x1234}},
	{"unknown", 0xabcd, {1, 2, 3, 4, 5, 6}},
};
#define NCLASSES (sizeof(classes) / sizeof(classes[0]))

static inline long class_call(const struct class *c)
{
	const long *a = c->args;

	return syscall(c->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static inline int class_is_mapped(void)
{
	unsigned char here;

	return !mincore(CLASS_AT, 4096, &here);
}

/* Installs a filter with this verdict for one call, whatever its class. The result of seccomp(2).
 */
static inline int filter_install_for(unsigned flags, long nr, uint32_t verdict)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, verdict),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {4, f};

	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* Installs a filter with this verdict for one call, plus its index in classes as data if that is
 * asked for; nr -1: all classes. The result of seccomp(2). */
static inline int filter_install(unsigned flags, long nr, uint32_t verdict, int with_index)
{
	struct sock_filter f[2 * NCLASSES + 2];
	struct sock_fprog program = {.filter = f};
	size_t n = 0, i;

	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					      offsetof(struct seccomp_data, nr));
	for (i = 0; i < NCLASSES; i++) {
		if (nr >= 0 && classes[i].nr != nr)
			continue;
		f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						      (uint32_t)classes[i].nr, 0, 1);
		f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
						      verdict | (with_index ? (uint32_t)i : 0));
	}
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = (unsigned short)n;
	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

#endif
