/* Debug information of ELF files. Private to lib/pack. */
#ifndef RR_DEBUGINFO_H
#define RR_DEBUGINFO_H

/* Where the separate debug information of the ELF file open at fd is, by its build-id under `dir`
 * (NULL: /usr/lib/debug), else by its .gnu_debuglink beside `path` or under `dir`, where GDB looks
 * ("Debugging Information in Separate Files"); malloc'd, NULL if there is none. */
char *debug_file(int fd, const char *path, const char *dir);

/* Calls fn for each source file that the debug information in fd names, as a whole path. */
void debug_sources(int fd, void (*fn)(void *ctx, const char *source), void *ctx);

#endif
