/* The original code, as an emulated tracer reads and changes it where rewritten code is mapped.
 * Recording.
 *
 * If the tracer sets a breakpoint at a displaced instruction, the breakpoint is put where that
 * instruction is executed now, in the trampoline. For the replay this is a change of memory like
 * any other.
 */
#include "instrument/image.h"
#include "kernel/handler.h"
#include "tracee/address_space.h"
#include "tracee/breakpoints.h"
#include "util/file_io.h"
#include "util/host.h"

#include <string.h>

/* A piece of rewritten code, and the original bytes. */
struct piece {
	struct code_run run;
	uint8_t original[4096];
};

/* The first piece in [addr, end) whose original can be read. */
static bool next_piece(struct recording *rec, struct task *t, uint64_t addr, uint64_t end,
		       struct piece *p)
{
	for (; code_next_run(code_of(t->mm), addr, end, &p->run);
	     addr = p->run.start + p->run.len) {
		if (p->run.len > sizeof(p->original))
			p->run.len = sizeof(p->original);
		int fd = kernel_code_file(rec, t, p->run.img);
		if (fd >= 0 &&
		    pread_all(fd, p->original, p->run.len, p->run.file_off) == (ssize_t)p->run.len)
			return true;
	}
	return false;
}

static bool has_code(const struct task *t, uint64_t addr, uint64_t n)
{
	struct code_run run;

	return code_next_run(code_of(t->mm), addr, addr + n, &run);
}

void kernel_original_show(struct recording *rec, struct task *t, uint64_t addr, uint8_t *buf,
			  size_t n)
{
	struct code_run run;

	for (uint64_t at = addr; code_next_run(code_of(t->mm), at, addr + n, &run);
	     at = run.start + run.len) {
		int fd = kernel_code_file(rec, t, run.img);
		if (fd >= 0)
			code_run_show(&run, fd, buf + (run.start - addr));
	}
	for (size_t i = 0; i < t->mm->nbreakpoints; i++) {
		uint64_t at = code_origin(code_of(t->mm), t->mm->breakpoints[i].addr);
		if (at - addr < n)
			buf[at - addr] = arch_breakpoint[0];
	}
}

void kernel_original_read(struct call *c, struct task *t, uint64_t addr, uint64_t to, uint64_t n)
{
	uint8_t buf[4096];
	uint64_t k;

	for (; n; n -= k, addr += k, to += k) {
		k = n < sizeof(buf) ? n : sizeof(buf);
		if (!has_code(t, addr, k))
			continue;
		if (task_read_all(c->t, to, buf, k))
			return;
		kernel_original_show(c->rec, t, addr, buf, k);
		task_gone_ok(task_write(c->t, to, buf, k));
	}
}

static void set_breakpoint(struct recording *rec, struct task *t, uint64_t entry, bool on)
{
	if (on == !!task_find_breakpoint(t, entry))
		return;
	if (on)
		task_gone_ok(task_insert_breakpoint(t, entry));
	else
		task_remove_breakpoint(t, entry);
	kernel_put_out(rec, t, entry, 1);
}

/* The tracer has written `value` over the byte at `at`, which is `now` in rewritten code and `was`
 * in the original. */
static void byte_written(struct recording *rec, struct task *t, uint64_t at, uint8_t value,
			 uint8_t now, uint8_t was)
{
	uint64_t entry = code_entry(code_of(t->mm), at);

	if (entry == at && now == was)
		return;
	task_gone_ok(task_write(t, at, &now, 1));
	if (entry != at && (value == was || value == arch_breakpoint[0]))
		set_breakpoint(rec, t, entry, value != was);
	else if (value != was)
		rec->warn(
			rec, "a tracer changes code",
			"the code was rewritten for counting, and the change is not made: record with --counter=none");
}

void kernel_original_written(struct recording *rec, struct task *t, uint64_t addr, uint64_t n)
{
	uint8_t written[sizeof((struct piece *)0)->original];
	struct piece p;

	for (uint64_t at = addr; next_piece(rec, t, at, addr + n, &p);
	     at = p.run.start + p.run.len) {
		if (task_read_all(t, p.run.start, written, p.run.len))
			continue;
		for (size_t i = 0; i < p.run.len; i++)
			byte_written(rec, t, p.run.start + i, written[i], p.run.bytes[i],
				     p.original[i]);
	}
	kernel_put_out(rec, t, addr, n);
}
