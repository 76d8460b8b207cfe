/* A child sends signals that end it to its process group, in which rr-record is, too. */
#include "check.h"

#include <signal.h>

int main(void)
{
	static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS,    SIGILL,  SIGFPE,
				      SIGTRAP, SIGSYS,  SIGALRM,   SIGTERM, SIGHUP,
				      SIGUSR1, SIGUSR2, SIGINT,    SIGQUIT, SIGPIPE,
				      SIGPROF, SIGXFSZ, SIGSTKFLT, SIGIO,   SIGPWR};

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		signal(signals[i], SIG_IGN);
		pid_t child = fork();
		if (child == 0) {
			signal(signals[i], SIG_DFL);
			kill(0, signals[i]);
			_exit(1);
		}
		CHECK((status_of(child) & 0x7f) == signals[i]);
	}
	puts("ok");
	return 0;
}
