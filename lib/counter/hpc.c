#include "counter/hpc.h"

#include "util/exhaustion.h"
#include "util/host.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* More ticks than any task makes; the kernel refuses periods of 2^63 and more. */
#define NEVER (1ull << 60)

static int event_open(const struct hpc_kind *k, pid_t tid, uint64_t period)
{
	struct perf_event_attr a = k->event;
	int fd;

	a.size = sizeof(a);
	a.exclude_kernel = a.exclude_hv = a.exclude_guest = 1;
	a.pinned = 1; /* it counts always or, if that is impossible, not at all */
	a.sample_period = period;
	a.disabled = period != 0;
	/* Each task needs two descriptors: the usual limit of 1024 is reached soon. Raising it does
	 * not change the program's limit. */
	do {
		fd = (int)syscall(SYS_perf_event_open, &a, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
	} while (fd < 0 && (errno == EINTR || (errno == EMFILE && !exhaustion_raise_file_limit())));
	return fd;
}

int hpc_open(struct hpc *h, const struct hpc_kind *k, pid_t tid)
{
	h->count = event_open(k, tid, 0);
	h->stop = -1;
	h->armed = false;
	h->open = h->count >= 0;
	return h->open ? 0 : -1;
}

void hpc_close(struct hpc *h)
{
	if (!h->open)
		return;
	close(h->count);
	if (h->stop >= 0)
		close(h->stop);
	*h = (struct hpc){0};
}

int hpc_read(const struct hpc *h, uint64_t *ticks)
{
	ssize_t n = read(h->count, ticks, sizeof(*ticks));

	if (n >= 0 && n != sizeof(*ticks))
		/* a pinned event in error gives an end of file: perf_event_open(2) */
		errno = EBUSY;
	return n == sizeof(*ticks) ? 0 : -1;
}

static int stop_open(struct hpc *h, const struct hpc_kind *k, pid_t tid)
{
	const struct f_owner_ex owner = {F_OWNER_TID, tid};
	int fd = event_open(k, tid, NEVER);

	if (fd < 0)
		return -1;
	if (fcntl(fd, F_SETOWN_EX, &owner) || fcntl(fd, F_SETSIG, HPC_SIGNAL) ||
	    fcntl(fd, F_SETFL, O_ASYNC)) {
		int e = errno;
		close(fd);
		errno = e;
		return -1;
	}
	h->stop = fd;
	return 0;
}

int hpc_arm(struct hpc *h, const struct hpc_kind *k, pid_t tid, uint64_t n)
{
	if (h->stop < 0 && stop_open(h, k, tid))
		return -1;
	/* Not PERF_EVENT_IOC_REFRESH: its automatic disabling may come late and hit the next use of
	 * the event. */
	if (ioctl(h->stop, PERF_EVENT_IOC_PERIOD, &n) || ioctl(h->stop, PERF_EVENT_IOC_ENABLE, 0))
		return -1;
	h->armed = true;
	return 0;
}

void hpc_disarm(struct hpc *h)
{
	if (h->armed)
		ioctl(h->stop, PERF_EVENT_IOC_DISABLE, 0);
	h->armed = false;
}

bool hpc_interrupts(const struct hpc *h, const siginfo_t *si)
{
	return h->open && h->stop >= 0 && si->si_signo == HPC_SIGNAL &&
	       (si->si_code == POLL_IN || si->si_code == POLL_HUP) && si->si_fd == h->stop;
}
