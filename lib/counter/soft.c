#include "counter/soft.h"

#include "arch/x86_64/regs.h"
#include "util/util.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int soft_open(struct soft *s)
{
	s->fd = memfd_create("rr-counter", MFD_CLOEXEC);
	if (s->fd < 0 || ftruncate(s->fd, PAGE))
		return -1;
	void *m = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
	if (m == MAP_FAILED)
		return -1;
	s->page = m;
	return 0;
}

void soft_close(struct soft *s)
{
	if (s->page)
		munmap((void *)s->page, PAGE);
	if (s->fd >= 0)
		close(s->fd);
	*s = (struct soft){.fd = -1};
}

void soft_enter(const struct soft *s, const struct soft_task *t)
{
	if (s->page)
		*s->page = t->page;
}

void soft_leave(const struct soft *s, struct soft_task *t)
{
	if (!s->page)
		return;
	t->page = *s->page;
	uint64_t left = t->page.left / COUNTER_TICK;
	t->ticks += t->armed - left;
	t->armed = left;
}

void soft_arm(struct soft_task *t, uint64_t n)
{
	t->page.left = n * COUNTER_TICK;
	t->armed = n;
}

/* lea -256(%rcx),%rcx and mov %rcx,COUNTER_LEFT: between the loading of the countdown and its
 * storing. */
static const uint8_t count_down[] = {0x48, 0x8d, 0x89, 0x00, 0xff, 0xff, 0xff};
static const uint8_t store[] = {0x48,
				0x89,
				0x0c,
				0x25,
				COUNTER_LEFT & 0xff,
				COUNTER_LEFT >> 8 & 0xff,
				COUNTER_LEFT >> 16 & 0xff,
				COUNTER_LEFT >> 24 & 0xff};

void soft_hurry(struct soft_task *t, struct trace_regs *g, const uint8_t code[16], bool *moved)
{
	const uint8_t *p = code;

	*moved = false;
	if (!memcmp(p, count_down, sizeof(count_down)) &&
	    !memcmp(p + sizeof(count_down), store, sizeof(store))) {
		g->r[R_RCX] -= COUNTER_TICK;
		p += sizeof(count_down);
	}
	if (!memcmp(p, store, sizeof(store))) {
		t->page.left = g->r[R_RCX];
		t->ticks += t->armed - t->page.left / COUNTER_TICK;
		t->armed = t->page.left / COUNTER_TICK;
		ARCH_PC(g) += (uint64_t)(p - code) + sizeof(store);
		*moved = true;
	}
	if (t->page.left) /* else it is on its way to the stop */
		soft_arm(t, 1);
}
