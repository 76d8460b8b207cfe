#include "tracee/nested.h"

#include "tracee/reserved.h"

#include <sys/mman.h>

/* The agent is not shown, but nothing can be mapped in its place. */
bool nested_in_recording(void)
{
	void *at = mmap((void *)AGENT_ADDR, AGENT_END - AGENT_ADDR, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (at == MAP_FAILED)
		return true;
	munmap(at, AGENT_END - AGENT_ADDR);
	return false;
}
