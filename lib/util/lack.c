#include "util/lack.h"

#include "util/host.h"
#include "util/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* One per process: it is about the process. */
static char lacking[256];

void lack_note(const char *what)
{
	int error = errno;

	lack_say(what, strerror(error));
	errno = error;
}

void lack_say(const char *what, const char *why)
{
	if (!lacking[0])
		snprintf(lacking, sizeof(lacking), "%s: %s", what, why);
	line_plain(lacking);
}

int lack_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0 && errno == EMFILE && !files_more())
		fd = open(path, flags | O_CLOEXEC);
	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
		lack_note(path);
	return fd;
}

const char *lack_text(void)
{
	return lacking[0] ? lacking : NULL;
}
