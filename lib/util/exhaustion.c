#include "util/exhaustion.h"

#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* Global, because it is about the process. */
static char ran_out[256];

int exhaustion_raise_file_limit(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur == lim.rlim_max)
		return -1;
	lim.rlim_cur = lim.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &lim);
}

void exhaustion_note(const char *what)
{
	int error = errno;

	exhaustion_say(what, strerror(error));
	errno = error;
}

void exhaustion_say(const char *what, const char *why)
{
	if (!ran_out[0])
		snprintf(ran_out, sizeof(ran_out), "%s: %s", what, why);
	text_make_plain(ran_out);
}

int exhaustion_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0 && errno == EMFILE && !exhaustion_raise_file_limit())
		fd = open(path, flags | O_CLOEXEC);
	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
		exhaustion_note(path);
	return fd;
}

const char *exhaustion_text(void)
{
	return ran_out[0] ? ran_out : NULL;
}
