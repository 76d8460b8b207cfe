/* Scratch memory for the output of calls that block while other tasks of the address space run.
 *
 * The kernel would write into the program's buffer at a moment that no event records, and another
 * thread could see it. So the call gets pointers to scratch memory, and at its exit, which is an
 * event, the recorder copies the bytes to the program's buffers. Only plain pointers of a row are
 * changed in this way. A replay does not need to know of it. Recording.
 */
#include "kernel/handler.h"
#include "tracee/address_space.h"
#include "tracee/injected_calls.h"
#include "tracee/reserved.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define ALIGN(n) (((n) + 63) & ~63ul)

/* Bytes the kernel may write through argument i; 0: not known, or not a plain pointer. */
static uint64_t room(const struct call *c, int i)
{
	const struct sys_arg *a = &c->desc->args[i];
	struct sys_values v = kernel_call_values(c, false);

	if (!(a->dir & D_OUT) || !c->args[i] || kernel_mm_hides(c->t->mm, c->args[i]))
		return 0;
	if (a->type != T_STRUCT && a->type != T_BUF && a->type != T_SOCKADDR && a->type != T_FDSET)
		return 0;
	uint64_t unit = a->type == T_STRUCT ? a->unit : 1, n = systab_room(a, i, &v);
	return n > SCRATCH_SIZE || unit > SCRATCH_SIZE ? 0 : n * unit;
}

static bool copy_memory(struct task *t, uint64_t to, uint64_t from, uint64_t n)
{
	static uint8_t buf[SCRATCH_SIZE];

	return n <= sizeof(buf) && !task_read_all(t, from, buf, n) &&
	       !task_write_checked(t, to, buf, n);
}

bool kernel_may_block(const struct call *c)
{
	return c->filtered.how == FILTERED_NOTIFIED || (!c->desc->quick && c->verdict == CALL_MAKE);
}

void kernel_scratch_enter(struct call *c)
{
	struct task *t = c->t;
	uint64_t at = t->scratch, end = t->scratch + SCRATCH_SIZE;

	c->nredirects = 0;
	/* The room that a call with an unknown code needs is not known. */
	if (c->guessed || c->in_place || !t->scratch || t->mm->refs < 2 || !kernel_may_block(c))
		return;
	for (int i = 0; i < c->desc->nargs; i++) {
		const struct sys_arg *a = &c->desc->args[i];
		uint64_t n = room(c, i);
		if (!n || n > end - at)
			continue;
		/* The kernel may read the argument, or leave a part of it unchanged. */
		if (((a->dir & D_IN) || a->always || a->type != T_BUF) &&
		    !copy_memory(t, at, c->args[i], n))
			continue;
		c->redirects[c->nredirects++] = (struct redirect){(uint8_t)i, at, n};
		kernel_call_set_arg(c, i, at);
		at += ALIGN(n);
	}
}

void kernel_scratch_exit(struct call *c)
{
	for (int k = 0; k < c->nredirects; k++) {
		struct redirect *r = &c->redirects[k];
		const struct sys_arg *a = &c->desc->args[r->arg];
		uint64_t n = r->len;

		if (c->result < 0 && !a->always)
			continue;
		if (a->type == T_BUF && a->len_src == LEN_RET) {
			uint64_t got = c->result > 0 ? (uint64_t)c->result + a->sub : 0;
			n = got < n ? got : n;
		}
		if (n && !copy_memory(c->t, c->args[r->arg], r->at, n) && c->result >= 0)
			c->result = -EFAULT;
	}
}

void kernel_scratch_map(struct task *t)
{
	struct mm *mm = t->mm;
	unsigned slot = 0;

	while (slot < SCRATCH_SLOTS && (kernel_mm(mm)->slots[slot / 64] >> (slot % 64) & 1))
		slot++;
	if (slot == SCRATCH_SLOTS)
		return;
	uint64_t at = SCRATCH_ADDR + (uint64_t)slot * SCRATCH_SIZE;
	if (TASK_CALL(t, SYS_mmap, at, SCRATCH_SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, (uint64_t)-1,
		      0) != (int64_t)at)
		return;
	kernel_mm(mm)->slots[slot / 64] |= 1ull << (slot % 64);
	t->scratch = at;
}

void kernel_scratch_release(struct task *t)
{
	unsigned slot = (unsigned)((t->scratch - SCRATCH_ADDR) / SCRATCH_SIZE);

	if (t->scratch && t->mm)
		kernel_mm(t->mm)->slots[slot / 64] &= ~(1ull << (slot % 64));
	t->scratch = 0;
}
