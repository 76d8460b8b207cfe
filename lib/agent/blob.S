/* The stub's ELF file inside the library (agent/agent.h). */
	.section .rodata, "a"
	.globl agent_stub, agent_stub_end
agent_stub:
	.incbin STUB
agent_stub_end:
	.byte 0
	.section .note.GNU-stack, "", @progbits
