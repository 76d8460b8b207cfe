/* The size of a page and of an array, and the version of the toolkit. */
#ifndef RR_SIZE_H
#define RR_SIZE_H

#define RR_VERSION "0.1"
#define PAGE 4096ul
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define PAGE_DOWN(x) ((x) & ~(PAGE - 1))
#define PAGE_UP(x) (((x) + PAGE - 1) & ~(PAGE - 1))

#endif
