/* Structs that calls fill in or read: file, time, resource and terminal ones. Each printer is given
 * at least the bytes its row at the end asks for; layouts are those of the kernel
 * (include/uapi). */
#include "print/printer.h"
#include "util/size.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <utime.h>

static void field_dec(struct text *t, const char *name, int64_t v)
{
	print_str(t, name);
	print_dec(t, v);
}

static void field_udec(struct text *t, const char *name, uint64_t v)
{
	print_str(t, name);
	print_udec(t, v);
}

/* A C string in a field of fixed size. */
static void field_chars(struct text *t, const char *name, const void *p, size_t n)
{
	print_str(t, name);
	print_quoted(t, p, strnlen(p, n), 0, false);
}

/* --- numbers --- */

static void struct_int(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_char(c->t, '[');
	print_dec(c->t, LOAD(int32_t, p));
	print_char(c->t, ']');
}

static void struct_uint(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_char(c->t, '[');
	print_udec(c->t, LOAD(uint32_t, p));
	print_char(c->t, ']');
}

static void struct_id(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_char(c->t, '[');
	print_dec(c->t, LOAD(uint32_t, p) == UINT32_MAX ? -1 : (int64_t)LOAD(uint32_t, p));
	print_char(c->t, ']');
}

static void struct_ptr(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_char(c->t, '[');
	print_pointer(c->t, LOAD(uint64_t, p));
	print_char(c->t, ']');
}

static void struct_long(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_char(c->t, '[');
	print_dec(c->t, LOAD(int64_t, p));
	print_char(c->t, ']');
}

static void struct_ulong(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_char(c->t, '[');
	print_udec(c->t, LOAD(uint64_t, p));
	print_char(c->t, ']');
}

static void struct_ushort(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_char(c->t, '[');
	print_udec(c->t, LOAD(uint16_t, p));
	print_char(c->t, ']');
}

/* A task's name, which may be shorter than its 16 bytes. */
static void struct_comm(const struct print_call *c, const uint8_t *p, size_t n)
{
	print_quoted(c->t, p, strnlen((const char *)p, n), 0, c->style->hex);
}

static void struct_int2(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_char(c->t, '[');
	print_dec(c->t, LOAD(int32_t, p));
	print_mem(c->t, ", ", 2);
	print_dec(c->t, LOAD(int32_t, p + 4));
	print_char(c->t, ']');
}

static void struct_wait_status(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_char(c->t, '[');
	print_wait_status(c->t, LOAD(int32_t, p));
	print_char(c->t, ']');
}

/* --- time --- */

static void put_pair(struct text *t, const char *first, const uint8_t *p, const char *second)
{
	print_char(t, '{');
	field_dec(t, first, LOAD(int64_t, p));
	field_dec(t, second, LOAD(int64_t, p + 8));
	print_char(t, '}');
}

static void put_nsec_special(struct text *t, int64_t nsec)
{
	if (nsec == UTIME_NOW)
		print_str(t, "UTIME_NOW");
	else
		print_str(t, "UTIME_OMIT");
}

static void struct_timespec(const struct print_call *c, const uint8_t *p, size_t n)
{
	int64_t nsec = LOAD(int64_t, p + 8);

	(void)n;
	if (nsec == UTIME_NOW || nsec == UTIME_OMIT)
		put_nsec_special(c->t, nsec);
	else
		put_pair(c->t, "tv_sec=", p, ", tv_nsec=");
}

static void struct_timeval(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	put_pair(c->t, "tv_sec=", p, ", tv_usec=");
}

static void struct_timespec2(const struct print_call *c, const uint8_t *p, size_t n)
{
	print_char(c->t, '[');
	struct_timespec(c, p, n);
	print_mem(c->t, ", ", 2);
	struct_timespec(c, p + 16, n - 16);
	print_char(c->t, ']');
}

static void struct_timeval2(const struct print_call *c, const uint8_t *p, size_t n)
{
	print_char(c->t, '[');
	struct_timeval(c, p, n);
	print_mem(c->t, ", ", 2);
	struct_timeval(c, p + 16, n - 16);
	print_char(c->t, ']');
}

static void struct_itimerval(const struct print_call *c, const uint8_t *p, size_t n)
{
	print_str(c->t, "{it_interval=");
	struct_timeval(c, p, n);
	print_str(c->t, ", it_value=");
	struct_timeval(c, p + 16, n - 16);
	print_char(c->t, '}');
}

static void struct_itimerspec(const struct print_call *c, const uint8_t *p, size_t n)
{
	print_str(c->t, "{it_interval=");
	struct_timespec(c, p, n);
	print_str(c->t, ", it_value=");
	struct_timespec(c, p + 16, n - 16);
	print_char(c->t, '}');
}

static void struct_timezone(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	field_dec(c->t, "{tz_minuteswest=", LOAD(int32_t, p));
	field_dec(c->t, ", tz_dsttime=", LOAD(int32_t, p + 4));
	print_char(c->t, '}');
}

static void struct_tms(const struct print_call *c, const uint8_t *p, size_t n)
{
	struct tms v = LOAD(struct tms, p);

	(void)n;
	field_dec(c->t, "{tms_utime=", v.tms_utime);
	field_dec(c->t, ", tms_stime=", v.tms_stime);
	field_dec(c->t, ", tms_cutime=", v.tms_cutime);
	field_dec(c->t, ", tms_cstime=", v.tms_cstime);
	print_char(c->t, '}');
}

static void struct_utimbuf(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	put_pair(c->t, "actime=", p, ", modtime=");
}

static void struct_timex(const struct print_call *c, const uint8_t *p, size_t n)
{
	struct timex v = LOAD(struct timex, p);

	(void)n;
	field_udec(c->t, "{modes=", v.modes);
	field_dec(c->t, ", offset=", v.offset);
	field_dec(c->t, ", freq=", v.freq);
	field_dec(c->t, ", status=", v.status);
	print_str(c->t, ", ...}");
}

/* --- files --- */

static void put_file_mode(struct text *t, uint32_t mode)
{
	print_str(t, "st_mode=");
	print_enum(t, FT_file_type, mode & S_IFMT);
	print_char(t, '|');
	print_octal(t, mode & ~S_IFMT);
}

static void struct_stat(const struct print_call *c, const uint8_t *p, size_t n)
{
	struct stat v = LOAD(struct stat, p);

	(void)n;
	print_char(c->t, '{');
	put_file_mode(c->t, v.st_mode);
	if (S_ISCHR(v.st_mode) || S_ISBLK(v.st_mode)) {
		print_str(c->t, ", st_rdev=makedev(");
		print_hex(c->t, major(v.st_rdev));
		print_mem(c->t, ", ", 2);
		print_hex(c->t, minor(v.st_rdev));
		print_char(c->t, ')');
	} else {
		field_dec(c->t, ", st_size=", v.st_size);
	}
	print_str(c->t, ", ...}");
}

static void struct_statx(const struct print_call *c, const uint8_t *p, size_t n)
{
	struct statx v = LOAD(struct statx, p);

	(void)n;
	print_str(c->t, "{stx_mask=");
	print_flags(c->t, FT_statx, v.stx_mask);
	print_str(c->t, ", stx_mode=");
	print_enum(c->t, FT_file_type, v.stx_mode & S_IFMT);
	print_char(c->t, '|');
	print_octal(c->t, v.stx_mode & ~S_IFMT);
	field_udec(c->t, ", stx_size=", v.stx_size);
	print_str(c->t, ", ...}");
}

static void struct_statfs(const struct print_call *c, const uint8_t *p, size_t n)
{
	struct statfs v = LOAD(struct statfs, p);

	(void)n;
	print_str(c->t, "{f_type=");
	print_hex(c->t, v.f_type);
	field_dec(c->t, ", f_bsize=", v.f_bsize);
	field_udec(c->t, ", f_blocks=", v.f_blocks);
	field_udec(c->t, ", f_bfree=", v.f_bfree);
	field_udec(c->t, ", f_bavail=", v.f_bavail);
	print_str(c->t, ", ...}");
}

static void struct_flock(const struct print_call *c, const uint8_t *p, size_t n)
{
	struct flock v = LOAD(struct flock, p);

	(void)n;
	print_str(c->t, "{l_type=");
	print_enum(c->t, FT_lock_type, (uint16_t)v.l_type);
	print_str(c->t, ", l_whence=");
	print_enum(c->t, FT_whence, (uint16_t)v.l_whence);
	field_dec(c->t, ", l_start=", v.l_start);
	field_dec(c->t, ", l_len=", v.l_len);
	if (v.l_pid)
		field_dec(c->t, ", l_pid=", v.l_pid);
	print_char(c->t, '}');
}

/* openat2: flags, mode, resolve, 64 bits each. */
static void struct_open_how(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_str(c->t, "{flags=");
	print_flags(c->t, FT_open, LOAD(uint64_t, p));
	if (LOAD(uint64_t, p + 8)) {
		print_str(c->t, ", mode=");
		print_octal(c->t, LOAD(uint64_t, p + 8));
	}
	print_str(c->t, ", resolve=");
	print_flags(c->t, FT_resolve, LOAD(uint64_t, p + 16));
	print_char(c->t, '}');
}

static void struct_pollfd(const struct print_call *c, const uint8_t *p, size_t n)
{
	struct pollfd v = LOAD(struct pollfd, p);

	(void)n;
	field_dec(c->t, "{fd=", v.fd);
	if (v.fd >= 0) {
		print_str(c->t, ", events=");
		print_flags(c->t, FT_poll, (uint16_t)v.events);
		if (c->done && !c->failed && v.revents) {
			print_str(c->t, ", revents=");
			print_flags(c->t, FT_poll, (uint16_t)v.revents);
		}
	}
	print_char(c->t, '}');
}

static void struct_epoll_event(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_str(c->t, "{events=");
	print_flags(c->t, FT_epoll_events, LOAD(uint32_t, p));
	print_str(c->t, ", data=");
	print_hex(c->t, LOAD(uint64_t, p + 4));
	print_char(c->t, '}');
}

/* --- the system and its limits --- */

static void put_limit(struct text *t, const char *name, uint64_t v)
{
	print_str(t, name);
	if (v == RLIM_INFINITY) {
		print_str(t, "RLIM_INFINITY");
	} else if (v > 1024 && v % 1024 == 0) {
		print_udec(t, v / 1024);
		print_str(t, "*1024");
	} else {
		print_udec(t, v);
	}
}

static void struct_rlimit(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	put_limit(c->t, "{rlim_cur=", LOAD(uint64_t, p));
	put_limit(c->t, ", rlim_max=", LOAD(uint64_t, p + 8));
	print_char(c->t, '}');
}

static void struct_rusage(const struct print_call *c, const uint8_t *p, size_t n)
{
	print_str(c->t, "{ru_utime=");
	struct_timeval(c, p, n);
	print_str(c->t, ", ru_stime=");
	struct_timeval(c, p + 16, n - 16);
	field_dec(c->t, ", ru_maxrss=", LOAD(int64_t, p + 32));
	print_str(c->t, ", ...}");
}

static void struct_utsname(const struct print_call *c, const uint8_t *p, size_t n)
{
	struct utsname v = LOAD(struct utsname, p);

	(void)n;
	field_chars(c->t, "{sysname=", v.sysname, sizeof(v.sysname));
	field_chars(c->t, ", nodename=", v.nodename, sizeof(v.nodename));
	field_chars(c->t, ", release=", v.release, sizeof(v.release));
	print_str(c->t, ", ...}");
}

static void struct_sysinfo(const struct print_call *c, const uint8_t *p, size_t n)
{
	struct sysinfo v = LOAD(struct sysinfo, p);

	(void)n;
	field_dec(c->t, "{uptime=", v.uptime);
	field_udec(c->t, ", totalram=", v.totalram);
	field_udec(c->t, ", freeram=", v.freeram);
	field_udec(c->t, ", totalswap=", v.totalswap);
	field_udec(c->t, ", procs=", v.procs);
	print_str(c->t, ", ...}");
}

static void struct_sched_param(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_char(c->t, '[');
	print_dec(c->t, LOAD(int32_t, p));
	print_char(c->t, ']');
}

/* clone3 (include/uapi/linux/sched.h, struct clone_args). */
static void struct_clone_args(const struct print_call *c, const uint8_t *p, size_t n)
{
	struct text *t = c->t;

	(void)n;
	print_str(t, "{flags=");
	print_flags(t, FT_clone, LOAD(uint64_t, p));
	if (LOAD(uint64_t, p + 16)) {
		print_str(t, ", child_tid=");
		print_hex(t, LOAD(uint64_t, p + 16));
	}
	if (LOAD(uint64_t, p + 24)) {
		print_str(t, ", parent_tid=");
		print_hex(t, LOAD(uint64_t, p + 24));
	}
	print_str(t, ", exit_signal=");
	print_signal(t, LOAD(uint64_t, p + 32));
	print_str(t, ", stack=");
	print_pointer(t, LOAD(uint64_t, p + 40));
	print_str(t, ", stack_size=");
	print_hex(t, LOAD(uint64_t, p + 48));
	if (LOAD(uint64_t, p + 56)) {
		print_str(t, ", tls=");
		print_hex(t, LOAD(uint64_t, p + 56));
	}
	print_char(t, '}');
}

static void struct_capheader(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_str(c->t, "{version=");
	print_hex(c->t, LOAD(uint32_t, p));
	field_dec(c->t, ", pid=", LOAD(int32_t, p + 4));
	print_char(c->t, '}');
}

/* --- terminals --- */

/* The kernel's struct termios: four words of flags, the line discipline, nineteen characters. */
static void struct_termios(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_str(c->t, "{c_iflag=");
	print_flags(c->t, FT_termios_iflag, LOAD(uint32_t, p));
	print_str(c->t, ", c_oflag=");
	print_flags(c->t, FT_termios_oflag, LOAD(uint32_t, p + 4));
	print_str(c->t, ", c_cflag=");
	print_flags(c->t, FT_termios_cflag, LOAD(uint32_t, p + 8));
	print_str(c->t, ", c_lflag=");
	print_flags(c->t, FT_termios_lflag, LOAD(uint32_t, p + 12));
	print_str(c->t, ", ...}");
}

static void struct_winsize(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	field_udec(c->t, "{ws_row=", LOAD(uint16_t, p));
	field_udec(c->t, ", ws_col=", LOAD(uint16_t, p + 2));
	field_udec(c->t, ", ws_xpixel=", LOAD(uint16_t, p + 4));
	field_udec(c->t, ", ws_ypixel=", LOAD(uint16_t, p + 6));
	print_char(c->t, '}');
}

/* --- the table --- */

const struct print_struct print_structs_plain[] = {
	{"int", 4, struct_int},
	{"uint", 4, struct_uint},
	{"uid", 4, struct_id},
	{"gid", 4, struct_id},
	{"size", 8, struct_ulong},
	{"ptr", 8, struct_ptr},
	{"long", 8, struct_long},
	{"off", 8, struct_long},
	{"ulong", 8, struct_ulong},
	{"u64", 8, struct_ulong},
	{"int2", 8, struct_int2},
	{"ushort", 2, struct_ushort},
	{"comm", 1, struct_comm},
	{"wstatus", 4, struct_wait_status},
	{"timespec", 16, struct_timespec},
	{"timeval", 16, struct_timeval},
	{"timespec2", 32, struct_timespec2},
	{"timeval2", 32, struct_timeval2},
	{"itimerval", 32, struct_itimerval},
	{"itimerspec", 32, struct_itimerspec},
	{"timezone", 8, struct_timezone},
	{"tms", sizeof(struct tms), struct_tms},
	{"utimbuf", 16, struct_utimbuf},
	{"timex", sizeof(struct timex), struct_timex},
	{"stat", sizeof(struct stat), struct_stat},
	{"statx", sizeof(struct statx), struct_statx},
	{"statfs", sizeof(struct statfs), struct_statfs},
	{"flock", sizeof(struct flock), struct_flock},
	{"open_how", 24, struct_open_how},
	{"pollfd", sizeof(struct pollfd), struct_pollfd},
	{"epoll_event", 12, struct_epoll_event},
	{"rlimit", 16, struct_rlimit},
	{"rusage", 144, struct_rusage},
	{"utsname", sizeof(struct utsname), struct_utsname},
	{"sysinfo", sizeof(struct sysinfo), struct_sysinfo},
	{"sched_param", 4, struct_sched_param},
	{"clone_args", 64, struct_clone_args},
	{"cap_header", 8, struct_capheader},
	{"termios", 36, struct_termios},
	{"winsize", 8, struct_winsize},
	{NULL, 0, NULL},
};

const struct print_struct *print_struct_find(const char *name)
{
	static const struct print_struct *const all[] = {print_structs_plain, print_structs_signal,
							 print_structs_socket};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		for (const struct print_struct *sp = all[i]; sp->name; sp++)
			if (strcmp(sp->name, name) == 0)
				return sp;
	return NULL;
}

/* Names are looked up once each: there are few structs and many lines. */
const struct print_struct *print_struct_get(unsigned sub)
{
	static struct {
		bool known;
		const struct print_struct *print;
	} found[256];

	if (sub >= ARRAY_LEN(found))
		return print_struct_find(subcode_struct_name(sub));
	if (!found[sub].known) {
		found[sub].print = print_struct_find(subcode_struct_name(sub));
		found[sub].known = true;
	}
	return found[sub].print;
}
