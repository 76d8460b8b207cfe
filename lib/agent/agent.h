/* The program every task of a replay starts as: an ELF file, as bytes. */
#ifndef RR_AGENT_H
#define RR_AGENT_H

extern const unsigned char agent_stub[], agent_stub_end[];

#endif
