/* prctl subcodes that set and get a flag: dumpable, no_new_privs, keepcaps, timer slack, THP. */
#include "check.h"

#include <sys/prctl.h>

int main(void)
{
	long slack;

	CHECK(prctl(PR_GET_DUMPABLE) == 1);
	CHECK(!prctl(PR_SET_DUMPABLE, 0) && prctl(PR_GET_DUMPABLE) == 0);
	CHECK(!prctl(PR_SET_DUMPABLE, 1) && prctl(PR_GET_DUMPABLE) == 1);
	CHECK(prctl(PR_SET_DUMPABLE, 2) == -1 && errno == EINVAL);
	CHECK(!prctl(PR_SET_KEEPCAPS, 1) && prctl(PR_GET_KEEPCAPS) == 1 &&
	      !prctl(PR_SET_KEEPCAPS, 0));
	slack = prctl(PR_GET_TIMERSLACK);
	printf("timer slack %ld\n", slack);
	CHECK(!prctl(PR_SET_TIMERSLACK, 12345) && prctl(PR_GET_TIMERSLACK) == 12345);
	printf("thp %d mce %d seccomp %d\n", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0),
	       prctl(PR_MCE_KILL_GET, 0, 0, 0, 0), prctl(PR_GET_SECCOMP));
	CHECK(prctl(PR_CAPBSET_READ, 0) >= 0 && prctl(PR_CAPBSET_READ, 1000) == -1);
	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	      prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == -1 && errno == EINVAL);
	CHECK(prctl(99999) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
