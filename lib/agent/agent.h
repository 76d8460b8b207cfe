/* The empty program as which every task of a replay starts: an ELF file, as bytes, with only the
 * agent's pages. */
#ifndef RR_AGENT_H
#define RR_AGENT_H

extern const unsigned char agent_empty_program[], agent_empty_program_end[];

#endif
