/* The table of system calls: sizes of structs agree with the headers, and lookups by name and by
 * number agree. */
#include "trace/systab.h"

#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/openat2.h>
#include <linux/utsname.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <time.h>
#include <utime.h>

static int ntests, nfailed;

static void check(bool ok, const char *what, const char *name)
{
	ntests++;
	nfailed += !ok;
	if (ok)
		printf("ok %d - %s %s\n", ntests, what, name);
	else
		printf("not ok %d - %s %s\n", ntests, what, name);
}

/* glibc's struct sigaction is not the kernel's. */
struct kernel_sigaction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

/* The latest version in linux/sched/types.h, which cannot be included together with sched.h. */
struct kernel_sched_attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

struct kernel_ustat {
	int tfree;
	unsigned long tinode;
	char fname[6], fpack[6];
};

#define SIZE(name, type) \
	{ \
#name, SS_##name, SS_SIZE_##name, sizeof(type) \
	}
static const struct {
	const char *name;
	unsigned index;
	size_t table, header;
} sizes[] = {
	SIZE(int, int),
	SIZE(uint, unsigned),
	SIZE(long, long),
	SIZE(ulong, unsigned long),
	SIZE(u64, uint64_t),
	SIZE(off, off_t),
	SIZE(size, size_t),
	SIZE(ptr, void *),
	SIZE(uid, uid_t),
	SIZE(gid, gid_t),
	SIZE(int2, int[2]),
	SIZE(timespec, struct timespec),
	SIZE(timespec2, struct timespec[2]),
	SIZE(timeval, struct timeval),
	SIZE(timeval2, struct timeval[2]),
	SIZE(timezone, struct timezone),
	SIZE(itimerval, struct itimerval),
	SIZE(itimerspec, struct itimerspec),
	SIZE(timex, struct timex),
	SIZE(tms, struct tms),
	SIZE(utimbuf, struct utimbuf),
	SIZE(stat, struct stat),
	SIZE(statx, struct statx),
	SIZE(statfs, struct statfs),
	SIZE(ustat, struct kernel_ustat),
	SIZE(pollfd, struct pollfd),
	SIZE(epoll_event, struct epoll_event),
	SIZE(open_how, struct open_how),
	SIZE(cachestat_range, uint64_t[2]),
	SIZE(cachestat, uint64_t[5]),
	SIZE(remote_iovec, struct iovec),
	SIZE(sigaction, struct kernel_sigaction),
	SIZE(sigset, uint64_t),
	SIZE(siginfo, siginfo_t),
	SIZE(stack, stack_t),
	SIZE(sigevent, struct sigevent),
	SIZE(rusage, struct rusage),
	SIZE(rlimit, struct rlimit),
	SIZE(sched_param, struct sched_param),
	SIZE(sched_attr, struct kernel_sched_attr),
	SIZE(cap_header, struct __user_cap_header_struct),
	SIZE(cap_data, struct __user_cap_data_struct[2]),
	SIZE(futex_waitv, struct futex_waitv),
	SIZE(futex_waitv2, struct futex_waitv[2]),
	SIZE(sembuf, struct sembuf),
	SIZE(mq_attr, struct mq_attr),
	SIZE(utsname, struct new_utsname),
	SIZE(sysinfo, struct sysinfo),
};

static void check_sizes(void)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		check(sizes[i].table == sizes[i].header, "size of", sizes[i].name);
		if (strcmp(sys_struct_names[sizes[i].index], sizes[i].name))
			check(false, "name of struct", sizes[i].name);
	}
}

static void check_lookups(void)
{
	bool agree = true, enough = true;
	unsigned n = 0;

	for (unsigned nr = 0; nr < SYSTAB_MAX; nr++) {
		const struct sys_desc *d = systab_get(nr);

		if (!d)
			continue;
		n++;
		agree &= d == &systab[nr] && systab_find(d->name) == (int)nr;
		for (unsigned i = 0; i < d->nargs; i++)
			enough &= d->args[i].name && d->args[i].type != T_NONE;
	}
	check(agree, "systab_find and systab_get", "agree");
	check(enough, "every argument", "has a name and a type");
	check(n == SYSTAB_CALLS, "systab_get", "finds every call");
	check(!systab_get(400) && !systab_get(SYSTAB_MAX) && !systab_get(UINT64_MAX) &&
		      !systab_get(0x40000000),
	      "systab_get", "knows no other numbers");
	check(systab_find("") == -1 && systab_find("rea") == -1 && systab_find("readx") == -1 &&
		      systab_find("zzz") == -1,
	      "systab_find", "knows no other names");
}

static void check_numbers(void)
{
	static const struct {
		const char *name;
		int nr;
	} calls[] = {
		{"read", SYS_read},
		{"mmap", SYS_mmap},
		{"rt_sigreturn", SYS_rt_sigreturn},
		{"select", SYS_select},
		{"clone", SYS_clone},
		{"getdents64", SYS_getdents64},
		{"futex", SYS_futex},
		{"waitid", SYS_waitid},
		{"openat", SYS_openat},
		{"pselect6", SYS_pselect6},
		{"preadv", SYS_preadv},
		{"prlimit64", SYS_prlimit64},
		{"seccomp", SYS_seccomp},
		{"statx", SYS_statx},
		{"rseq", SYS_rseq},
		{"clone3", SYS_clone3},
		{"openat2", SYS_openat2},
		{"futex_waitv", SYS_futex_waitv},
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		check(systab_find(calls[i].name) == calls[i].nr, "number of", calls[i].name);
}

/* Checks a few whole rows against the language that formats/syscalls describes. */
static void check_rows(void)
{
	const struct sys_arg *a = systab[SYS_read].args;

	check(a[0].type == T_FD && a[1].type == T_BUF && a[1].dir == D_OUT &&
		      a[1].len_src == LEN_RET && a[1].len_arg == 0 && a[1].unit == 1 &&
		      !a[1].always && a[2].type == T_SIZE,
	      "row of", "read");
	a = systab[SYS_recvfrom].args;
	check(a[1].len_src == LEN_RET && a[1].len_arg == 3 && a[4].type == T_SOCKADDR &&
		      a[4].len_src == LEN_PTR && a[4].len_arg == 5 && a[5].type == T_STRUCT &&
		      a[5].dir == D_INOUT && a[5].sub == SS_uint,
	      "row of", "recvfrom");
	a = systab[SYS_poll].args;
	check(a[0].type == T_STRUCT && a[0].dir == D_INOUT && a[0].len_src == LEN_ARG &&
		      a[0].len_arg == 1 && a[0].unit == 8 && a[0].always && a[0].sub == SS_pollfd,
	      "row of", "poll");
	a = systab[SYS_msgrcv].args;
	check(a[1].type == T_BUF && a[1].len_src == LEN_RET && a[1].sub == 8, "row of", "msgrcv");
	check(systab[SYS_clone3].cls == SYS_REFUSE && systab[SYS_clone3].refuse_errno == 38 &&
		      systab[SYS_mmap].cls == SYS_REAL && systab[SYS_mmap].quick &&
		      systab[SYS_mmap].handler == SYSH_mmap &&
		      systab[SYS_read].handler == SYSH_read,
	      "classes and handlers", "");
	check(systab[SYS_open].args[1].type == T_FLAGS && systab[SYS_open].args[1].sub == FT_open &&
		      !strcmp(sys_flag_tables[FT_open].name, "open") &&
		      !sys_flag_tables[FT_COUNT].name,
	      "flag tables", "");
}

int main(void)
{
	check_sizes();
	check_lookups();
	check_numbers();
	check_rows();
	printf("1..%d\n", ntests);
	return nfailed != 0;
}
