/* Error messages of the kernel floor. Replaying. */
#include "kernel/handler.h"
#include "util/exhaustion.h"
#include "util/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int kernel_replay_fail(struct replaying *rp, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rp->error, sizeof(rp->error), fmt, ap);
	va_end(ap);
	text_make_plain(rp->error);
	return -1;
}

int kernel_replay_memory_fail(struct replaying *rp)
{
	if (errno != EFBIG && errno != EINVAL)
		exhaustion_note("memory file");
	return kernel_replay_fail(rp, "memory file: %s", strerror(errno));
}
