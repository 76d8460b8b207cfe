/* Pointers of the program into memory that belongs to the tool. The program must find nothing
 * there, so its call gets a pointer to unmapped memory instead, and fails with EFAULT as it would
 * have. Recording. */
#include "counter/page.h"
#include "instrument/image.h"
#include "kernel/handler.h"
#include "tracee/reserved.h"

#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Between the agent and the scratch memory. */
#define NOTHING (AGENT_END + 0x1000)
/* Elements of an iovec that are checked. */
#define IOVECS 64

bool kernel_mm_hides(const struct mm *mm, uint64_t addr)
{
	if (kernel_is_reserved(addr, 1))
		return true;
	return kernel_mm(mm)->counted &&
	       (addr - COUNTER_PAGE < PAGE || code_in_tramp(code_of(mm), addr));
}

static void hide(struct call *c, int i, uint64_t addr)
{
	kernel_call_set_arg(c, i, NOTHING + (addr & (PAGE - 1)));
}

struct iovecs {
	struct iovec v[IOVECS];
	size_t n;
	bool hides; /* some elements were in the tool's memory, and point to NOTHING here */
};

static void iovecs_read(const struct call *c, uint64_t addr, uint64_t n, struct iovecs *io)
{
	/* If there are more than IOV_MAX elements, the kernel reads none. */
	size_t want = n > IOV_MAX ? 0 : (n < IOVECS ? n : IOVECS) * sizeof(*io->v);
	ssize_t got = want ? task_read(c->t, addr, io->v, want) : 0;

	io->n = got > 0 ? (size_t)got / sizeof(*io->v) : 0;
	io->hides = false;
	for (size_t i = 0; i < io->n; i++) {
		if (!io->v[i].iov_len || !kernel_mm_hides(c->t->mm, (uint64_t)io->v[i].iov_base))
			continue;
		io->v[i].iov_base = (void *)NOTHING;
		io->hides = true;
	}
}

/* How much the call transfers depends on the file, so the kernel gets a changed iovec. It reads
 * that before the task can block. */
static void hide_iovecs(struct call *c, int i, const struct sys_arg *a)
{
	uint64_t n = a->len_src == LEN_ARG ? c->args[a->len_arg] : 0;
	struct iovecs io;

	iovecs_read(c, c->args[i], n, &io);
	if (io.hides && io.n == n && !task_write(c->t, AGENT_DATA, io.v, n * sizeof(*io.v)))
		kernel_call_set_arg(c, i, AGENT_DATA);
}

static void hide_message(struct call *c, int i)
{
	const struct mm *mm = c->t->mm;
	struct iovecs io;
	struct msghdr m;

	if (KERNEL_CALL_READ(c, c->args[i], &m))
		return;
	iovecs_read(c, (uint64_t)m.msg_iov, m.msg_iovlen, &io);
	if (io.hides || (m.msg_namelen && kernel_mm_hides(mm, (uint64_t)m.msg_name)) ||
	    (m.msg_controllen && kernel_mm_hides(mm, (uint64_t)m.msg_control)) ||
	    kernel_mm_hides(mm, (uint64_t)m.msg_iov))
		hide(c, i, c->args[i]);
}

static bool is_pointer(const struct sys_arg *a)
{
	switch (a->type) {
	case T_PATH:
	case T_STR:
	case T_STRV:
	case T_BUF:
	case T_STRUCT:
	case T_SOCKADDR:
	case T_IOVEC:
	case T_MSGHDR:
	case T_MMSGHDR:
	case T_FDSET:
	case T_SPECIAL: return true;
	default: return false;
	}
}

bool kernel_pointers_hide(struct call *c)
{
	if (c->desc->handler == SYSH_clone || c->verdict != CALL_MAKE)
		return false;
	for (int i = 0; i < c->desc->nargs; i++) {
		const struct sys_arg *a = kernel_call_arg(c, i);
		if (!c->args[i] || !is_pointer(a))
			continue;
		if (!kernel_mm_hides(c->t->mm, c->args[i])) {
			if (a->type == T_IOVEC)
				hide_iovecs(c, i, a);
			else if (a->type == T_MSGHDR)
				hide_message(c, i);
		} else if (c->desc->cls == SYS_FAKE) {
			kernel_call_refuse(c, EFAULT);
			return true;
		} else {
			hide(c, i, c->args[i]);
		}
	}
	return false;
}
