/* A live task in counted code; the rest of this floor knows of code files only. */
#include "instrument/image.h"

void code_hurry(struct task *t, struct soft_task *count)
{
	uint8_t code[16] = {0};
	bool moved;

	if (code_in_tramp(&t->mm->code, ARCH_PC(&t->regs)))
		task_read(t, ARCH_PC(&t->regs), code, sizeof(code));
	soft_hurry(count, &t->regs, code, &moved);
	if (moved)
		task_set_regs(t);
}
