/* Debug information of ELF files. Private to lib/pack. */
#ifndef RR_PACK_DEBUGINFO_H
#define RR_PACK_DEBUGINFO_H

/* The path of the separate debug information for the ELF file open at fd; malloc'd, NULL if there
 * is none. Looks where GDB does (its manual, "Separate Debug Files"): by build-id below `dir`
 * (NULL: /usr/lib/debug), then by the name in .gnu_debuglink beside `path` and below `dir`. */
char *pack_debug_file(int fd, const char *path, const char *dir);

/* Calls fn with the absolute path of each source file that the debug information in fd names. */
void pack_debug_sources(int fd, void (*fn)(void *ctx, const char *source), void *ctx);

#endif
