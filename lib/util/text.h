/* Makes text from untrusted sources safe to print. */
#ifndef RR_TEXT_H
#define RR_TEXT_H

/* Replaces control characters by '?', in place. */
void text_make_plain(char *s);

#endif
