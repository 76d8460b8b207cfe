/* What every task of a replay starts as: the agent's two pages and nothing else (tracee/task.h, AGENT_ADDR).
 * The first page is `syscall; int3`, as in recording; the second is for the replayer to write. */
	.section .text, "ax"
	.globl _start
_start:
	syscall
	int3
	.section .data, "aw"
	.balign 4096
	.skip 4096
	.section .note.GNU-stack, "", @progbits
