#include "gdb/bytecode.h"

#include "gdb/target.h"

#include <assert.h>

/* Expressions come from outside: stack, steps and jumps are bounded. */
#define STACK_MAX 128
#define STEPS_MAX 10000

struct machine {
	struct session *session;
	pid_t tid;
	const uint8_t *code;
	size_t n, at;
	int64_t stack[STACK_MAX];
	unsigned depth;
	bool ended;
};

/* op_run() has checked that the stack has enough values and room. */
static int64_t pop(struct machine *m)
{
	assert(m->depth > 0);
	return m->stack[--m->depth];
}

static bool push(struct machine *m, uint64_t v)
{
	assert(m->depth < STACK_MAX);
	m->stack[m->depth++] = (int64_t)v;
	return true;
}

#define BINARY(name, type, expression) \
	static bool op_##name(struct machine *m, uint64_t operand) \
	{ \
		type b = (type)pop(m), a = (type)pop(m); \
		(void)operand; \
		return push(m, (uint64_t)(expression)); \
	}

BINARY(add, uint64_t, a + b)
BINARY(sub, uint64_t, a - b)
BINARY(mul, uint64_t, a *b)
BINARY(lsh, uint64_t, b < 64 ? a << b : 0)
BINARY(rsh_signed, int64_t, a >> (b >= 0 && b < 64 ? b : 63))
BINARY(rsh_unsigned, uint64_t, b < 64 ? a >> b : 0)
BINARY(bit_and, uint64_t, a &b)
BINARY(bit_or, uint64_t, a | b)
BINARY(bit_xor, uint64_t, a ^ b)
BINARY(equal, int64_t, a == b)
BINARY(less_signed, int64_t, a < b)
BINARY(less_unsigned, uint64_t, a < b)

/* INT64_MIN / -1 traps. */
static bool op_divide_signed(struct machine *m, uint64_t remainder)
{
	int64_t b = pop(m), a = pop(m);

	if (b == 0)
		return false;
	if (b == -1)
		return push(m, remainder ? 0 : 0 - (uint64_t)a);
	return push(m, (uint64_t)(remainder ? a % b : a / b));
}

static bool op_div_signed(struct machine *m, uint64_t operand)
{
	(void)operand;
	return op_divide_signed(m, 0);
}

static bool op_rem_signed(struct machine *m, uint64_t operand)
{
	(void)operand;
	return op_divide_signed(m, 1);
}

static bool op_div_unsigned(struct machine *m, uint64_t operand)
{
	uint64_t b = (uint64_t)pop(m), a = (uint64_t)pop(m);

	(void)operand;
	return b && push(m, a / b);
}

static bool op_rem_unsigned(struct machine *m, uint64_t operand)
{
	uint64_t b = (uint64_t)pop(m), a = (uint64_t)pop(m);

	(void)operand;
	return b && push(m, a % b);
}

static bool op_log_not(struct machine *m, uint64_t operand)
{
	(void)operand;
	return push(m, !pop(m));
}

static bool op_bit_not(struct machine *m, uint64_t operand)
{
	(void)operand;
	return push(m, ~(uint64_t)pop(m));
}

/* Sign-extends the low `bits` of the top. */
static bool op_ext(struct machine *m, uint64_t bits)
{
	uint64_t v = (uint64_t)pop(m);

	if (bits == 0 || bits >= 64)
		return push(m, v);
	return push(m, (uint64_t)((int64_t)(v << (64 - bits)) >> (64 - bits)));
}

static bool op_zero_ext(struct machine *m, uint64_t bits)
{
	uint64_t v = (uint64_t)pop(m);

	return push(m, bits < 64 ? v & (((uint64_t)1 << bits) - 1) : v);
}

static bool load(struct machine *m, size_t bytes)
{
	uint64_t addr = (uint64_t)pop(m), v = 0;

	return gdb_memory_read(m->session, m->tid, addr, &v, bytes) && push(m, v);
}

#define LOAD(name, bytes) \
	static bool op_##name(struct machine *m, uint64_t operand) \
	{ \
		(void)operand; \
		return load(m, bytes); \
	}

LOAD(ref8, 1)
LOAD(ref16, 2)
LOAD(ref32, 4)
LOAD(ref64, 8)

static bool op_goto(struct machine *m, uint64_t to)
{
	m->at = to;
	return true;
}

static bool op_if_goto(struct machine *m, uint64_t to)
{
	if (pop(m))
		m->at = to;
	return true;
}

static bool op_const(struct machine *m, uint64_t v)
{
	return push(m, v);
}

static bool op_reg(struct machine *m, uint64_t number)
{
	uint64_t v;

	return gdb_register_value(m->session, m->tid, number, &v) && push(m, v);
}

static bool op_end(struct machine *m, uint64_t operand)
{
	(void)operand;
	m->ended = true;
	return true;
}

static bool op_pick(struct machine *m, uint64_t depth)
{
	return depth < m->depth && push(m, (uint64_t)m->stack[m->depth - 1 - depth]);
}

static bool op_pop(struct machine *m, uint64_t operand)
{
	(void)operand;
	pop(m);
	return true;
}

static bool op_swap(struct machine *m, uint64_t operand)
{
	uint64_t b = (uint64_t)pop(m), a = (uint64_t)pop(m);

	(void)operand;
	push(m, b);
	return push(m, a);
}

/* The top goes below the next two. */
static bool op_rot(struct machine *m, uint64_t operand)
{
	uint64_t c = (uint64_t)pop(m), b = (uint64_t)pop(m), a = (uint64_t)pop(m);

	(void)operand;
	push(m, c);
	push(m, a);
	return push(m, b);
}

/* Indexed by opcode. Opcodes without an entry do not occur in conditions: floating point, tracing,
 * trace state variables. */
static const struct {
	bool (*run)(struct machine *m, uint64_t operand);
	uint8_t takes, gives; /* values on the stack */
	uint8_t bytes;        /* of the operand that follows, big-endian */
} ops[256] = {
	[0x02] = {op_add, 2, 1, 0},          [0x03] = {op_sub, 2, 1, 0},
	[0x04] = {op_mul, 2, 1, 0},          [0x05] = {op_div_signed, 2, 1, 0},
	[0x06] = {op_div_unsigned, 2, 1, 0}, [0x07] = {op_rem_signed, 2, 1, 0},
	[0x08] = {op_rem_unsigned, 2, 1, 0}, [0x09] = {op_lsh, 2, 1, 0},
	[0x0a] = {op_rsh_signed, 2, 1, 0},   [0x0b] = {op_rsh_unsigned, 2, 1, 0},
	[0x0e] = {op_log_not, 1, 1, 0},      [0x0f] = {op_bit_and, 2, 1, 0},
	[0x10] = {op_bit_or, 2, 1, 0},       [0x11] = {op_bit_xor, 2, 1, 0},
	[0x12] = {op_bit_not, 1, 1, 0},      [0x13] = {op_equal, 2, 1, 0},
	[0x14] = {op_less_signed, 2, 1, 0},  [0x15] = {op_less_unsigned, 2, 1, 0},
	[0x16] = {op_ext, 1, 1, 1},          [0x17] = {op_ref8, 1, 1, 0},
	[0x18] = {op_ref16, 1, 1, 0},        [0x19] = {op_ref32, 1, 1, 0},
	[0x1a] = {op_ref64, 1, 1, 0},        [0x20] = {op_if_goto, 1, 0, 2},
	[0x21] = {op_goto, 0, 0, 2},         [0x22] = {op_const, 0, 1, 1},
	[0x23] = {op_const, 0, 1, 2},        [0x24] = {op_const, 0, 1, 4},
	[0x25] = {op_const, 0, 1, 8},        [0x26] = {op_reg, 0, 1, 2},
	[0x27] = {op_end, 0, 0, 0},          [0x28] = {op_pick, 1, 2, 0}, /* dup: of depth 0 */
	[0x29] = {op_pop, 1, 0, 0},          [0x2a] = {op_zero_ext, 1, 1, 1},
	[0x2b] = {op_swap, 2, 2, 0},         [0x32] = {op_pick, 0, 1, 1},
	[0x33] = {op_rot, 3, 3, 0},
};

static bool op_run(struct machine *m)
{
	uint64_t operand = 0;

	if (m->at >= m->n)
		return false;
	uint8_t op = m->code[m->at++];
	if (!ops[op].run || m->n - m->at < ops[op].bytes || m->depth < ops[op].takes ||
	    m->depth - ops[op].takes + ops[op].gives > STACK_MAX)
		return false;
	for (unsigned i = 0; i < ops[op].bytes; i++)
		operand = operand << 8 | m->code[m->at++];
	return ops[op].run(m, operand);
}

bool gdb_bytecode_true(struct session *s, pid_t tid, const uint8_t *code, size_t n)
{
	struct machine m = {.session = s, .tid = tid, .code = code, .n = n};

	for (unsigned steps = 0; !m.ended; steps++)
		if (steps == STEPS_MAX || !op_run(&m))
			return true;
	return m.depth == 0 || m.stack[m.depth - 1] != 0;
}
