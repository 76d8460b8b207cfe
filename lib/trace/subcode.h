/* Codes that say what a call does (formats/subcodes): ioctl's requests, fcntl's commands, socket
 * options, futex operations and others. What a code says of its call's arguments takes the place of
 * what the call's own row says. */
#ifndef RR_SUBCODE_H
#define RR_SUBCODE_H

#include "trace/systab.h"

/* Memory that a member of an argument's struct points to, or that begins at the member. */
struct subcode_member {
	uint8_t arg; /* number of the argument */
	uint8_t dir; /* enum sys_dir */
	uint8_t embedded;
	uint16_t offset; /* of the member */
	uint32_t unit;   /* bytes of one element */
	/* The member with the number of elements: where it is, and its size. */
	uint16_t count_offset;
	uint8_t count_size; /* 0: there are always `count` elements */
	uint32_t count;
};

struct subcode {
	const char *name;
	uint16_t refuse_errno; /* not 0: the call is not made and fails with this */
	uint8_t nargs;         /* arguments of the call with this code */
	uint8_t nmembers;
	/* nargs of them; the call's row describes those without a name; NULL: all */
	const struct sys_arg *args;
	const struct subcode_member *members;
};

/* The codes of one argument; the code is (argument & mask) >> shift. */
struct subcode_group {
	const char *name;
	const struct subcode *(*find)(uint64_t code); /* NULL: there is no such code */
	uint32_t mask;
	uint8_t shift;
	int8_t level; /* argument that is the code's upper half, a socket option's level; or -1 */
};

/* By SC_* of gen/subcode_groups.h, the `sub` of a T_CMD argument. */
extern const struct subcode_group subcode_groups[SC_COUNT];
extern const char *const subcode_struct_names[];

/* The code that the call's arguments have, or NULL if the call takes none or none is known. */
const struct subcode *subcode_find(const struct sys_desc *d, const uint64_t args[6]);
/* The description of the call's argument i with code s. NULL: without a code. */
const struct sys_arg *subcode_arg(const struct sys_desc *d, const struct subcode *s, unsigned i);
/* The name of struct number `sub` of a T_STRUCT argument, with or without a code. */
const char *subcode_struct_name(unsigned sub);

#endif
