#include "counter/soft.h"

#include "util/size.h"

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
	soft_count(t);
}

void soft_count(struct soft_task *t)
{
	uint64_t left = t->page.left / COUNTER_TICK;

	t->ticks += t->armed - left;
	t->armed = left;
}

void soft_arm(struct soft_task *t, uint64_t n)
{
	t->page.left = n * COUNTER_TICK;
	t->armed = n;
}
