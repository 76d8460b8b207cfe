/* Positions as text, and their order. */
#include "replay/debug.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void debug_position_print(char text[DEBUG_POSITION_MAX], const struct debug_position *p)
{
	if (p->insns)
		snprintf(text, DEBUG_POSITION_MAX, "%lu:%lu+%lu", (unsigned long)p->event,
			 (unsigned long)p->ticks, (unsigned long)p->insns);
	else if (p->ticks)
		snprintf(text, DEBUG_POSITION_MAX, "%lu:%lu", (unsigned long)p->event,
			 (unsigned long)p->ticks);
	else
		snprintf(text, DEBUG_POSITION_MAX, "%lu", (unsigned long)p->event);
}

static bool number(const char **s, uint64_t *n)
{
	char *end;

	if (**s < '0' || **s > '9')
		return false;
	errno = 0;
	*n = strtoull(*s, &end, 10);
	*s = end;
	return !errno;
}

bool debug_position_parse(struct debug_position *p, const char *text)
{
	*p = (struct debug_position){0};
	if (!number(&text, &p->event))
		return false;
	if (*text == ':' && (text++, !number(&text, &p->ticks)))
		return false;
	if (*text == '+' && (text++, !number(&text, &p->insns)))
		return false;
	return !*text;
}

int debug_position_compare(const struct debug_position *a, const struct debug_position *b)
{
	if (a->event != b->event)
		return a->event < b->event ? -1 : 1;
	if (a->ticks != b->ticks)
		return a->ticks < b->ticks ? -1 : 1;
	return a->insns < b->insns ? -1 : a->insns > b->insns;
}
