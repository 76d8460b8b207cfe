/* The limit of mappings of an address space (vm.max_map_count). A replay does not always merge
 * mappings as the recording did, and needs some for a moment. So a recorded program with many
 * mappings gets some more, in the reserved range, which a replay does not have: it comes to the
 * limit before its replay can. Recording. */
#include "kernel/handler.h"
#include "tracee/injected_calls.h"
#include "tracee/procfs.h"
#include "tracee/reserved.h"
#include "util/exhaustion.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Between the agent and the scratch memory. */
#define SPARE_ADDR (AGENT_ADDR + 0x40000)
/* Pages, each a mapping. */
#define SPARE 128
/* The most mappings that one call adds, and with it what the recorder maps for it. */
#define ADDED 4

static uint64_t limit_read(void)
{
	char text[32] = "";
	int fd = exhaustion_open("/proc/sys/vm/max_map_count", O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		text[0] = '\0';
	if (fd >= 0)
		close(fd);
	uint64_t limit = strtoull(text, NULL, 10);
	return limit ? limit : UINT64_MAX;
}

static uint64_t count(struct task *t)
{
	struct maps_file *f = maps_open(t->tid);
	struct maps_line l;
	uint64_t n = 0;

	while (f && maps_next(f, &l))
		n++;
	maps_close(f);
	return n;
}

/* Neighbours with the same protection would be one mapping. */
static void spare_map(struct task *t)
{
	if (TASK_CALL(t, SYS_mmap, SPARE_ADDR, SPARE * PAGE, PROT_NONE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE,
		      (uint64_t)-1, 0) != SPARE_ADDR)
		return;
	for (uint64_t i = 0; i < SPARE; i += 2)
		TASK_CALL(t, SYS_mprotect, SPARE_ADDR + i * PAGE, PAGE, PROT_READ);
}

void kernel_maps_added(struct call *c)
{
	struct recording_state *own = c->rec->own;
	struct kernel_mm *k = kernel_mm(c->t->mm);

	k->maps_most += ADDED;
	if (!own->map_limit)
		own->map_limit = limit_read();
	if (k->spare || k->maps_most < own->map_limit / 4 * 3)
		return;
	k->maps_most = count(c->t);
	if (k->maps_most < own->map_limit / 2)
		return;
	k->spare = true;
	spare_map(c->t);
}
