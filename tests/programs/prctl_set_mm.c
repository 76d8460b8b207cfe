/* PR_SET_MM moves the command line that /proc/PID/cmdline shows, with privilege. */
#include "check.h"

#include <sys/prctl.h>

int main(void)
{
	static char line[] = "another\0line";
	char shown[64] = "";

	/* below the end that is set: the program's own data is below the stack */
	if (prctl(PR_SET_MM, PR_SET_MM_ARG_START, line, 0, 0))
		SKIP("the privilege to use PR_SET_MM");
	CHECK(!prctl(PR_SET_MM, PR_SET_MM_ARG_END, line + sizeof(line), 0, 0));
	int fd = open("/proc/self/cmdline", O_RDONLY);
	CHECK(read(fd, shown, sizeof(shown)) == sizeof(line) && !memcmp(shown, line, sizeof(line)));
	puts("ok");
	return 0;
}
