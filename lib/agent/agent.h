/* The program that every task of a replay starts as, with nothing in it but the agent's pages: an
 * ELF file, as bytes. */
#ifndef RR_AGENT_H
#define RR_AGENT_H

extern const unsigned char agent_empty_program[], agent_empty_program_end[];

#endif
