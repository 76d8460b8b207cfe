#include "util/text.h"

void text_make_plain(char *s)
{
	for (unsigned char *p = (unsigned char *)s; *p; p++)
		/* U+0080 to U+009F */
		if (*p < ' ' || *p == 0x7f || (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
			*p = '?';
}
