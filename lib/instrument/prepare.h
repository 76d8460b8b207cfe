/* Fills the cache of code files before anything is recorded. */
#ifndef RR_PREPARE_H
#define RR_PREPARE_H

#include <stdbool.h>

/* Rewrites each of these files, and every ELF file of this machine below those that are
 * directories, on the same file system. Other files and symbolic links found there are skipped.
 * verbose: prints a line for each ELF file. False: some file could not be read or kept, which a
 * line on stderr says. */
bool code_prepare(char *const *paths, bool verbose);

#endif
