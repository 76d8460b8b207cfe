/* The agent's two pages and nothing else (AGENT_ADDR in tracee/task.h). The first holds a call instruction
 * and a breakpoint, as in recording; the second is the replayer's to write. */
	.section .text, "ax"
	.globl _start
_start:
	syscall
	int3
	.section .data, "aw"
	.balign 4096
	.skip 4096
	.section .note.GNU-stack, "", @progbits
