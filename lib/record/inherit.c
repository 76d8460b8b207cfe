#include "record/inherit.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { NSIGNALS = 64, PENDING_MAX = 128 };

/* The kernel's struct sigaction (arch/x86/include/uapi/asm/signal.h). The C library hides two
 * signals, which it takes for itself when the first thread is created; the parent of rr-record may
 * have ignored or blocked them. */
struct kernel_sigaction {
	void *handler;
	uint64_t flags;
	void *restorer;
	uint64_t mask;
};

/* One per process, as these attributes are. */
static struct {
	bool ignored[NSIGNALS + 1];
	uint64_t blocked;
	siginfo_t pending[PENDING_MAX];
	unsigned npending;
	struct itimerval timers[3]; /* by ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF */
	struct rlimit files;
	int parent_death_signal, subreaper;
} inherited;

static long raw_sigaction(int sig, const struct kernel_sigaction *new, struct kernel_sigaction *old)
{
	return syscall(SYS_rt_sigaction, sig, new, old, sizeof(new->mask));
}

/* Only blocked signals are pending here, those of a timer among them. */
static void save_pending(void)
{
	const struct timespec now = {0, 0};
	uint64_t pending = 0;

	if (syscall(SYS_rt_sigpending, &pending, sizeof(pending)))
		return;
	while ((pending & inherited.blocked) && inherited.npending < PENDING_MAX &&
	       syscall(SYS_rt_sigtimedwait, &inherited.blocked,
		       &inherited.pending[inherited.npending], &now, sizeof(inherited.blocked)) > 0)
		inherited.npending++;
}

void inherit_save(void)
{
	const struct itimerval none = {{0, 0}, {0, 0}};
	struct kernel_sigaction sa;

	for (int sig = 1; sig <= NSIGNALS; sig++)
		inherited.ignored[sig] =
			!raw_sigaction(sig, NULL, &sa) && sa.handler == (void *)SIG_IGN;
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &inherited.blocked, sizeof(inherited.blocked));
	for (int which = 0; which < 3; which++)
		setitimer(which, &none, &inherited.timers[which]);
	save_pending();
	getrlimit(RLIMIT_NOFILE, &inherited.files);
	prctl(PR_GET_PDEATHSIG, &inherited.parent_death_signal);
	prctl(PR_GET_CHILD_SUBREAPER, &inherited.subreaper);
}

void inherit_restore(void)
{
	struct kernel_sigaction sa = {0};

	setrlimit(RLIMIT_NOFILE, &inherited.files);
	prctl(PR_SET_PDEATHSIG, inherited.parent_death_signal);
	prctl(PR_SET_CHILD_SUBREAPER, inherited.subreaper);
	for (int sig = 1; sig <= NSIGNALS; sig++) {
		sa.handler = (void *)(inherited.ignored[sig] ? SIG_IGN : SIG_DFL);
		raw_sigaction(sig, &sa, NULL);
	}
	/* Handlers of the recorder are gone: what is unblocked now finds what the program would. */
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &inherited.blocked, NULL,
		sizeof(inherited.blocked));
	for (unsigned i = 0; i < inherited.npending; i++)
		syscall(SYS_rt_sigqueueinfo, getpid(), inherited.pending[i].si_signo,
			&inherited.pending[i]);
	for (int which = 0; which < 3; which++)
		if (timerisset(&inherited.timers[which].it_value))
			setitimer(which, &inherited.timers[which], NULL);
}
