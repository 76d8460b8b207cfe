/* The ELF file of the empty program, inside the library (agent/agent.h). */
	.section .rodata, "a"
	.globl agent_empty_program, agent_empty_program_end
agent_empty_program:
	.incbin PROGRAM
agent_empty_program_end:
	.byte 0
	.section .note.GNU-stack, "", @progbits
