#include "trace/error.h"

#include "trace/trace.h"
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char last_error[8192];

int trace_fail(const char *fmt, ...)
{
	char text[sizeof(last_error)]; /* an argument may be trace_strerror() */
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_make_plain(text);
	snprintf(last_error, sizeof(last_error), "%s", text);
	return -1;
}

const char *trace_strerror(void)
{
	return last_error;
}
