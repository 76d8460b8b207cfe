/* The table of system calls, generated from formats/syscalls: what each argument of each call
 * means. It decides what rr-record saves, what rr-dump prints, and the list in rr(7). */
#ifndef RR_SYSTAB_H
#define RR_SYSTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is done with a call. */
enum sys_class {
	SYS_REC, /* recorded: the kernel makes it and its outputs are saved; not made in replay */
	/* the same, but its effect on the address space or on tasks is replayed */
	SYS_REAL,
	SYS_FAKE,   /* not made: the handler answers it */
	SYS_REFUSE, /* not made: fails with `refuse_errno` */
};

enum sys_type {
	/* numbers, in the register */
	T_NONE,
	T_INT,
	T_UINT,
	T_LONG,
	T_ULONG,
	T_HEX,
	T_PTR,
	T_SIZE,
	T_OFF,
	T_FD,
	T_DIRFD,
	T_PID,
	T_UID,
	T_GID,
	T_SIG,
	T_MODE,
	T_DEV,
	T_CLOCK,
	T_FLAGS, /* bits named in table `sub` of sys_flag_tables */
	T_ENUM,  /* one value named there */
	/* a code that decides about other arguments: group `sub` of formats/subcodes */
	T_CMD,
	/* pointers to memory; `dir` says whether the kernel reads or writes it */
	T_PATH, /* NUL-terminated path */
	T_STR,  /* NUL-terminated string */
	T_STRV, /* NULL-terminated vector of strings */
	T_BUF,  /* bytes */
	/* fixed-size object of `unit` bytes, named by `sub` in sys_struct_names; an array if
	 * len_src is set */
	T_STRUCT,
	T_SOCKADDR, /* sockaddr; its length from len_src */
	/* array of iovec (count by len_arg); for dir OUT the result says how many bytes were
	   scattered */
	T_IOVEC,
	T_MSGHDR,
	T_MMSGHDR,
	T_FDSET,  /* select's bit sets: bits up to the first argument, IN/OUT */
	T_SPECIAL /* a pointer only the handler understands; printed as hex */
};

enum sys_dir { D_NONE = 0, D_IN = 1, D_OUT = 2, D_INOUT = 3 };

/* Where a length (bytes for T_BUF, T_SOCKADDR; elements for T_STRUCT, T_IOVEC, T_MMSGHDR) comes
 * from. */
enum sys_len {
	LEN_FIXED, /* `len_arg` holds it: bytes of T_BUF; 1 element of T_STRUCT */
	LEN_ARG,   /* argument number len_arg (0-5) */
	LEN_RET,   /* the result */
	LEN_PTR,   /* the 32-bit word that argument number len_arg points to, after the call */
	LEN_PTR64, /* the 64-bit word that argument number len_arg points to, after the call */
	LEN_CODE   /* the size in argument number len_arg, a code of ioctl(2) */
};

struct sys_arg {
	const char *name;
	uint8_t type, dir;
	uint8_t len_src;
	uint8_t always; /* OUT memory is written on errors too (nanosleep's remainder) */
	uint32_t len_arg;
	uint32_t unit; /* bytes of one element */
	uint16_t sub;  /* which flag table or struct name */
};

enum sys_ret { R_INT, R_HEX, R_FD, R_PID, R_UINT, R_NONE };

/* Handler names (`handler=x` in the table) become SYSH_x; SYSH_none is 0. */
#include "gen/subcode_groups.h"
#include "gen/syshandlers.h"

struct sys_desc {
	const char *name; /* NULL: no such call */
	uint8_t cls;      /* enum sys_class */
	uint8_t quick;    /* can never wait for another task or the outside */
	uint8_t nargs;
	uint8_t ret; /* enum sys_ret, for printing */
	uint16_t refuse_errno;
	uint16_t handler; /* SYSH_* */
	struct sys_arg args[6];
};

#define SYSTAB_MAX 512
extern const struct sys_desc systab[SYSTAB_MAX];

struct sys_flag {
	uint64_t value, mask; /* set when (x & mask) == value; mask 0 in enums */
	const char *name;
};
struct sys_flag_table {
	const char *name;
	const struct sys_flag *flags;
	unsigned n;
};
extern const struct sys_flag_table sys_flag_tables[];
extern const char *const sys_struct_names[];

/* What the length of an argument may depend on. */
struct sys_values {
	const uint64_t *args; /* six */
	int64_t result;
	bool returned; /* the call has returned; before, [ret] is 0 */
	const uint32_t
		*cap; /* six: the words of [*argN] at entry, 0 if not known; NULL: none is known */
	/* Reads n bytes of the task's memory, all of them: 0, or -1. */
	int (*read)(void *ctx, uint64_t addr, void *buf, size_t n);
	void *ctx;
};

#define SYS_LENGTH_UNKNOWN UINT64_MAX

/* The length of argument i of the call, whose description is `a`: bytes of a T_BUF, T_SOCKADDR
 * or T_FDSET, elements of others. SYS_LENGTH_UNKNOWN: the word that holds the length cannot be
 * read. */
uint64_t systab_length(const struct sys_arg *a, int i, const struct sys_values *v);
/* The argument's capacity before the call: the same, but for [ret] the size of the buffer. */
uint64_t systab_room(const struct sys_arg *a, int i, const struct sys_values *v);

/* The call's row, or NULL if there is no such number. */
const struct sys_desc *systab_get(uint64_t nr);
/* The call's number, or -1. */
int systab_find(const char *name);

#endif
