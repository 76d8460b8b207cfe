/* Structs that calls fill in or read: file, time, resource and terminal ones. Each printer is given
 * at least the bytes its row at the end asks for; layouts are those of the kernel on x86-64
 * (include/uapi). */
#include "print/fields.h"
#include "util/util.h"

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
	text_str(t, name);
	text_dec(t, v);
}

static void field_udec(struct text *t, const char *name, uint64_t v)
{
	text_str(t, name);
	text_udec(t, v);
}

/* A C string in a field of fixed size. */
static void field_chars(struct text *t, const char *name, const void *p, size_t n)
{
	text_str(t, name);
	text_quoted(t, p, strnlen(p, n), 0, false);
}

/* --- numbers
 * ------------------------------------------------------------------------------------------ */

static void print_int(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_char(c->t, '[');
	text_dec(c->t, LOAD(int32_t, p));
	text_char(c->t, ']');
}

static void print_uint(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_char(c->t, '[');
	text_udec(c->t, LOAD(uint32_t, p));
	text_char(c->t, ']');
}

static void print_id(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_char(c->t, '[');
	text_dec(c->t, LOAD(uint32_t, p) == UINT32_MAX ? -1 : (int64_t)LOAD(uint32_t, p));
	text_char(c->t, ']');
}

static void print_ptr(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_char(c->t, '[');
	text_pointer(c->t, LOAD(uint64_t, p));
	text_char(c->t, ']');
}

static void print_long(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_char(c->t, '[');
	text_dec(c->t, LOAD(int64_t, p));
	text_char(c->t, ']');
}

static void print_ulong(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_char(c->t, '[');
	text_udec(c->t, LOAD(uint64_t, p));
	text_char(c->t, ']');
}

static void print_ushort(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_char(c->t, '[');
	text_udec(c->t, LOAD(uint16_t, p));
	text_char(c->t, ']');
}

/* A task's name, which may be shorter than its 16 bytes. */
static void print_comm(const struct call *c, const uint8_t *p, size_t n)
{
	text_quoted(c->t, p, strnlen((const char *)p, n), 0, c->style->hex);
}

static void print_int2(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_char(c->t, '[');
	text_dec(c->t, LOAD(int32_t, p));
	text_mem(c->t, ", ", 2);
	text_dec(c->t, LOAD(int32_t, p + 4));
	text_char(c->t, ']');
}

static void print_wait_status(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_char(c->t, '[');
	text_wait_status(c->t, LOAD(int32_t, p));
	text_char(c->t, ']');
}

/* --- time
 * --------------------------------------------------------------------------------------------- */

static void put_pair(struct text *t, const char *first, const uint8_t *p, const char *second)
{
	text_char(t, '{');
	field_dec(t, first, LOAD(int64_t, p));
	field_dec(t, second, LOAD(int64_t, p + 8));
	text_char(t, '}');
}

static void put_nsec_special(struct text *t, int64_t nsec)
{
	if (nsec == UTIME_NOW)
		text_str(t, "UTIME_NOW");
	else
		text_str(t, "UTIME_OMIT");
}

static void print_timespec(const struct call *c, const uint8_t *p, size_t n)
{
	int64_t nsec = LOAD(int64_t, p + 8);

	(void)n;
	if (nsec == UTIME_NOW || nsec == UTIME_OMIT)
		put_nsec_special(c->t, nsec);
	else
		put_pair(c->t, "tv_sec=", p, ", tv_nsec=");
}

static void print_timeval(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	put_pair(c->t, "tv_sec=", p, ", tv_usec=");
}

static void print_timespec2(const struct call *c, const uint8_t *p, size_t n)
{
	text_char(c->t, '[');
	print_timespec(c, p, n);
	text_mem(c->t, ", ", 2);
	print_timespec(c, p + 16, n - 16);
	text_char(c->t, ']');
}

static void print_timeval2(const struct call *c, const uint8_t *p, size_t n)
{
	text_char(c->t, '[');
	print_timeval(c, p, n);
	text_mem(c->t, ", ", 2);
	print_timeval(c, p + 16, n - 16);
	text_char(c->t, ']');
}

static void print_itimerval(const struct call *c, const uint8_t *p, size_t n)
{
	text_str(c->t, "{it_interval=");
	print_timeval(c, p, n);
	text_str(c->t, ", it_value=");
	print_timeval(c, p + 16, n - 16);
	text_char(c->t, '}');
}

static void print_itimerspec(const struct call *c, const uint8_t *p, size_t n)
{
	text_str(c->t, "{it_interval=");
	print_timespec(c, p, n);
	text_str(c->t, ", it_value=");
	print_timespec(c, p + 16, n - 16);
	text_char(c->t, '}');
}

static void print_timezone(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	field_dec(c->t, "{tz_minuteswest=", LOAD(int32_t, p));
	field_dec(c->t, ", tz_dsttime=", LOAD(int32_t, p + 4));
	text_char(c->t, '}');
}

static void print_tms(const struct call *c, const uint8_t *p, size_t n)
{
	struct tms v = LOAD(struct tms, p);

	(void)n;
	field_dec(c->t, "{tms_utime=", v.tms_utime);
	field_dec(c->t, ", tms_stime=", v.tms_stime);
	field_dec(c->t, ", tms_cutime=", v.tms_cutime);
	field_dec(c->t, ", tms_cstime=", v.tms_cstime);
	text_char(c->t, '}');
}

static void print_utimbuf(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	put_pair(c->t, "actime=", p, ", modtime=");
}

static void print_timex(const struct call *c, const uint8_t *p, size_t n)
{
	struct timex v = LOAD(struct timex, p);

	(void)n;
	field_udec(c->t, "{modes=", v.modes);
	field_dec(c->t, ", offset=", v.offset);
	field_dec(c->t, ", freq=", v.freq);
	field_dec(c->t, ", status=", v.status);
	text_str(c->t, ", ...}");
}

/* --- files
 * -------------------------------------------------------------------------------------------- */

static void put_file_mode(struct text *t, uint32_t mode)
{
	text_str(t, "st_mode=");
	text_enum(t, FT_file_type, mode & S_IFMT);
	text_char(t, '|');
	text_octal(t, mode & ~S_IFMT);
}

static void print_stat(const struct call *c, const uint8_t *p, size_t n)
{
	struct stat v = LOAD(struct stat, p);

	(void)n;
	text_char(c->t, '{');
	put_file_mode(c->t, v.st_mode);
	if (S_ISCHR(v.st_mode) || S_ISBLK(v.st_mode)) {
		text_str(c->t, ", st_rdev=makedev(");
		text_hex(c->t, major(v.st_rdev));
		text_mem(c->t, ", ", 2);
		text_hex(c->t, minor(v.st_rdev));
		text_char(c->t, ')');
	} else {
		field_dec(c->t, ", st_size=", v.st_size);
	}
	text_str(c->t, ", ...}");
}

static void print_statx(const struct call *c, const uint8_t *p, size_t n)
{
	struct statx v = LOAD(struct statx, p);

	(void)n;
	text_str(c->t, "{stx_mask=");
	text_flags(c->t, FT_statx, v.stx_mask);
	text_str(c->t, ", stx_mode=");
	text_enum(c->t, FT_file_type, v.stx_mode & S_IFMT);
	text_char(c->t, '|');
	text_octal(c->t, v.stx_mode & ~S_IFMT);
	field_udec(c->t, ", stx_size=", v.stx_size);
	text_str(c->t, ", ...}");
}

static void print_statfs(const struct call *c, const uint8_t *p, size_t n)
{
	struct statfs v = LOAD(struct statfs, p);

	(void)n;
	text_str(c->t, "{f_type=");
	text_hex(c->t, v.f_type);
	field_dec(c->t, ", f_bsize=", v.f_bsize);
	field_udec(c->t, ", f_blocks=", v.f_blocks);
	field_udec(c->t, ", f_bfree=", v.f_bfree);
	field_udec(c->t, ", f_bavail=", v.f_bavail);
	text_str(c->t, ", ...}");
}

static void print_flock(const struct call *c, const uint8_t *p, size_t n)
{
	struct flock v = LOAD(struct flock, p);

	(void)n;
	text_str(c->t, "{l_type=");
	text_enum(c->t, FT_lock_type, (uint16_t)v.l_type);
	text_str(c->t, ", l_whence=");
	text_enum(c->t, FT_whence, (uint16_t)v.l_whence);
	field_dec(c->t, ", l_start=", v.l_start);
	field_dec(c->t, ", l_len=", v.l_len);
	if (v.l_pid)
		field_dec(c->t, ", l_pid=", v.l_pid);
	text_char(c->t, '}');
}

/* openat2: flags, mode, resolve, 64 bits each. */
static void print_open_how(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_str(c->t, "{flags=");
	text_flags(c->t, FT_open, LOAD(uint64_t, p));
	if (LOAD(uint64_t, p + 8)) {
		text_str(c->t, ", mode=");
		text_octal(c->t, LOAD(uint64_t, p + 8));
	}
	text_str(c->t, ", resolve=");
	text_flags(c->t, FT_resolve, LOAD(uint64_t, p + 16));
	text_char(c->t, '}');
}

static void print_pollfd(const struct call *c, const uint8_t *p, size_t n)
{
	struct pollfd v = LOAD(struct pollfd, p);

	(void)n;
	field_dec(c->t, "{fd=", v.fd);
	if (v.fd >= 0) {
		text_str(c->t, ", events=");
		text_flags(c->t, FT_poll, (uint16_t)v.events);
		if (c->done && !c->failed && v.revents) {
			text_str(c->t, ", revents=");
			text_flags(c->t, FT_poll, (uint16_t)v.revents);
		}
	}
	text_char(c->t, '}');
}

static void print_epoll_event(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_str(c->t, "{events=");
	text_flags(c->t, FT_epoll_events, LOAD(uint32_t, p));
	text_str(c->t, ", data=");
	text_hex(c->t, LOAD(uint64_t, p + 4));
	text_char(c->t, '}');
}

/* --- the system and its limits
 * ------------------------------------------------------------------------ */

static void put_limit(struct text *t, const char *name, uint64_t v)
{
	text_str(t, name);
	if (v == RLIM_INFINITY) {
		text_str(t, "RLIM_INFINITY");
	} else if (v > 1024 && v % 1024 == 0) {
		text_udec(t, v / 1024);
		text_str(t, "*1024");
	} else {
		text_udec(t, v);
	}
}

static void print_rlimit(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	put_limit(c->t, "{rlim_cur=", LOAD(uint64_t, p));
	put_limit(c->t, ", rlim_max=", LOAD(uint64_t, p + 8));
	text_char(c->t, '}');
}

static void print_rusage(const struct call *c, const uint8_t *p, size_t n)
{
	text_str(c->t, "{ru_utime=");
	print_timeval(c, p, n);
	text_str(c->t, ", ru_stime=");
	print_timeval(c, p + 16, n - 16);
	field_dec(c->t, ", ru_maxrss=", LOAD(int64_t, p + 32));
	text_str(c->t, ", ...}");
}

static void print_utsname(const struct call *c, const uint8_t *p, size_t n)
{
	struct utsname v = LOAD(struct utsname, p);

	(void)n;
	field_chars(c->t, "{sysname=", v.sysname, sizeof(v.sysname));
	field_chars(c->t, ", nodename=", v.nodename, sizeof(v.nodename));
	field_chars(c->t, ", release=", v.release, sizeof(v.release));
	text_str(c->t, ", ...}");
}

static void print_sysinfo(const struct call *c, const uint8_t *p, size_t n)
{
	struct sysinfo v = LOAD(struct sysinfo, p);

	(void)n;
	field_dec(c->t, "{uptime=", v.uptime);
	field_udec(c->t, ", totalram=", v.totalram);
	field_udec(c->t, ", freeram=", v.freeram);
	field_udec(c->t, ", totalswap=", v.totalswap);
	field_udec(c->t, ", procs=", v.procs);
	text_str(c->t, ", ...}");
}

static void print_sched_param(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_char(c->t, '[');
	text_dec(c->t, LOAD(int32_t, p));
	text_char(c->t, ']');
}

/* clone3 (include/uapi/linux/sched.h, struct clone_args). */
static void print_clone_args(const struct call *c, const uint8_t *p, size_t n)
{
	struct text *t = c->t;

	(void)n;
	text_str(t, "{flags=");
	text_flags(t, FT_clone, LOAD(uint64_t, p));
	if (LOAD(uint64_t, p + 16)) {
		text_str(t, ", child_tid=");
		text_hex(t, LOAD(uint64_t, p + 16));
	}
	if (LOAD(uint64_t, p + 24)) {
		text_str(t, ", parent_tid=");
		text_hex(t, LOAD(uint64_t, p + 24));
	}
	text_str(t, ", exit_signal=");
	text_signal(t, LOAD(uint64_t, p + 32));
	text_str(t, ", stack=");
	text_pointer(t, LOAD(uint64_t, p + 40));
	text_str(t, ", stack_size=");
	text_hex(t, LOAD(uint64_t, p + 48));
	if (LOAD(uint64_t, p + 56)) {
		text_str(t, ", tls=");
		text_hex(t, LOAD(uint64_t, p + 56));
	}
	text_char(t, '}');
}

static void print_capheader(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_str(c->t, "{version=");
	text_hex(c->t, LOAD(uint32_t, p));
	field_dec(c->t, ", pid=", LOAD(int32_t, p + 4));
	text_char(c->t, '}');
}

/* --- terminals
 * ---------------------------------------------------------------------------------------- */

/* The kernel's struct termios: four words of flags, the line discipline, nineteen characters. */
static void print_termios(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_str(c->t, "{c_iflag=");
	text_flags(c->t, FT_termios_iflag, LOAD(uint32_t, p));
	text_str(c->t, ", c_oflag=");
	text_flags(c->t, FT_termios_oflag, LOAD(uint32_t, p + 4));
	text_str(c->t, ", c_cflag=");
	text_flags(c->t, FT_termios_cflag, LOAD(uint32_t, p + 8));
	text_str(c->t, ", c_lflag=");
	text_flags(c->t, FT_termios_lflag, LOAD(uint32_t, p + 12));
	text_str(c->t, ", ...}");
}

static void print_winsize(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	field_udec(c->t, "{ws_row=", LOAD(uint16_t, p));
	field_udec(c->t, ", ws_col=", LOAD(uint16_t, p + 2));
	field_udec(c->t, ", ws_xpixel=", LOAD(uint16_t, p + 4));
	field_udec(c->t, ", ws_ypixel=", LOAD(uint16_t, p + 6));
	text_char(c->t, '}');
}

/* --- the table
 * ---------------------------------------------------------------------------------------- */

const struct struct_print structs_plain[] = {
	{"int", 4, print_int},
	{"uint", 4, print_uint},
	{"uid", 4, print_id},
	{"gid", 4, print_id},
	{"size", 8, print_ulong},
	{"ptr", 8, print_ptr},
	{"long", 8, print_long},
	{"off", 8, print_long},
	{"ulong", 8, print_ulong},
	{"u64", 8, print_ulong},
	{"int2", 8, print_int2},
	{"ushort", 2, print_ushort},
	{"comm", 1, print_comm},
	{"wstatus", 4, print_wait_status},
	{"timespec", 16, print_timespec},
	{"timeval", 16, print_timeval},
	{"timespec2", 32, print_timespec2},
	{"timeval2", 32, print_timeval2},
	{"itimerval", 32, print_itimerval},
	{"itimerspec", 32, print_itimerspec},
	{"timezone", 8, print_timezone},
	{"tms", sizeof(struct tms), print_tms},
	{"utimbuf", 16, print_utimbuf},
	{"timex", sizeof(struct timex), print_timex},
	{"stat", sizeof(struct stat), print_stat},
	{"statx", sizeof(struct statx), print_statx},
	{"statfs", sizeof(struct statfs), print_statfs},
	{"flock", sizeof(struct flock), print_flock},
	{"open_how", 24, print_open_how},
	{"pollfd", sizeof(struct pollfd), print_pollfd},
	{"epoll_event", 12, print_epoll_event},
	{"rlimit", 16, print_rlimit},
	{"rusage", 144, print_rusage},
	{"utsname", sizeof(struct utsname), print_utsname},
	{"sysinfo", sizeof(struct sysinfo), print_sysinfo},
	{"sched_param", 4, print_sched_param},
	{"clone_args", 64, print_clone_args},
	{"cap_header", 8, print_capheader},
	{"termios", 36, print_termios},
	{"winsize", 8, print_winsize},
	{NULL, 0, NULL},
};

const struct struct_print *struct_print_find(const char *name)
{
	static const struct struct_print *const all[] = {structs_plain, structs_signal,
							 structs_socket};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		for (const struct struct_print *sp = all[i]; sp->name; sp++)
			if (strcmp(sp->name, name) == 0)
				return sp;
	return NULL;
}

/* Names are looked up once each: there are few structs and many lines. */
const struct struct_print *struct_print_get(unsigned sub)
{
	static struct {
		bool known;
		const struct struct_print *print;
	} found[256];

	if (sub >= ARRAY_LEN(found))
		return struct_print_find(subcode_struct_name(sub));
	if (!found[sub].known) {
		found[sub].print = struct_print_find(subcode_struct_name(sub));
		found[sub].known = true;
	}
	return found[sub].print;
}
