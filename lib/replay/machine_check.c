#include "replay/machine_check.h"

#include "arch/arch.h"
#include "tracee/task.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <unistd.h>

char *replayer_machine_misfit(const struct trace_meta *m)
{
	struct arch_features pretend = {0};
	struct arch_xlayout there;
	const char *list = getenv("RR_PRETEND_CPU"); /* for tests: as rr-record's --cpu-features */
	char *why = NULL;

	if (list)
		arch_features_take(&pretend, list);
	arch_xlayout_of(&there, (const uint32_t(*)[6])m->leaves, m->nleaves);
	task_xstate_recorded(&there);
	if (m->page_size && m->page_size != (unsigned)sysconf(_SC_PAGESIZE))
		why = xasprintf("was recorded with pages of %u bytes", m->page_size);
	return why ? why
		   : arch_machine_misfit((const uint32_t(*)[6])m->leaves, m->nleaves, &pretend);
}
