/* Text from a stranger, made fit for a terminal. */
#ifndef RR_TEXT_H
#define RR_TEXT_H

/* In place, for one line: control characters become '?'. */
void line_plain(char *s);

#endif
