/* The GNU build-id of a program or library. */
#ifndef RR_BUILD_ID_H
#define RR_BUILD_ID_H

#include <stddef.h>
#include <stdint.h>

#define BUILD_ID_LEN 20 /* bytes: a SHA-1, which linkers write */

/* Reads it from the open file: its first BUILD_ID_LEN bytes, padded with 0. All are 0 if the file
 * has none or is no 64-bit ELF file. elf(5), PT_NOTE, NT_GNU_BUILD_ID. */
void build_id_read(int fd, uint8_t id[BUILD_ID_LEN]);

#endif
