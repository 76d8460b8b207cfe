#include "debug_fake.h"

#include "arch/x86_64/regs.h"
#include "util/alloc.h"
#include "util/file_io.h"
#include "util/size.h"

#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct fake fake;

struct fake_break {
	pid_t pid;
	enum debug_break kind;
	uint64_t addr, len;
	bool (*when)(void *ctx, pid_t tid);
	void *ctx;
};

struct debug {
	struct debug_options options;
	unsigned step;
	pid_t current;
	struct debug_catch catch;
	struct fake_break *breaks;
	size_t nbreaks;
	uint8_t image[PAGE], data[PAGE];
	bool diversion;
	struct trace_regs regs; /* of all tasks, during a diversion */
	char error[64];
};

static const struct {
	unsigned step;
	enum debug_stop_kind kind;
	pid_t pid, tid, other;
	int number;
} happenings[] = {
	{FAKE_SIGNAL, DEBUG_STOP_SIGNAL, FAKE_PROGRAM, FAKE_PROGRAM, 0, 10},
	{FAKE_CALL, DEBUG_STOP_CALL_ENTRY, FAKE_PROGRAM, FAKE_PROGRAM, 0, 1},
	{FAKE_CALL + 1, DEBUG_STOP_CALL_RETURN, FAKE_PROGRAM, FAKE_PROGRAM, 0, 1},
	{FAKE_NEW_THREAD, DEBUG_STOP_THREAD, FAKE_PROGRAM, FAKE_PROGRAM, FAKE_THREAD, 0},
	{FAKE_FORK, DEBUG_STOP_FORK, FAKE_PROGRAM, FAKE_PROGRAM, FAKE_CHILD, 0},
	{FAKE_EXEC, DEBUG_STOP_EXEC, FAKE_CHILD, FAKE_CHILD, 0, 0},
	{FAKE_EXEC + 20, DEBUG_STOP_SIGNAL, FAKE_CHILD, FAKE_CHILD, 0, 12},
	{FAKE_THREAD_END, DEBUG_STOP_THREAD_END, FAKE_PROGRAM, FAKE_THREAD, 0, 0},
	{FAKE_EXIT, DEBUG_STOP_EXIT, FAKE_CHILD, FAKE_CHILD, 0, 3 << 8},
	{FAKE_VFORK, DEBUG_STOP_VFORK, FAKE_PROGRAM, FAKE_PROGRAM, FAKE_VCHILD, 0},
	{FAKE_VEXIT, DEBUG_STOP_EXIT, FAKE_VCHILD, FAKE_VCHILD, 0, 9},
	{FAKE_STEPS - 1, DEBUG_STOP_END, FAKE_PROGRAM, FAKE_PROGRAM, 0, 0},
};

/* --- the image --- */

static void put(struct debug *d, uint64_t addr, const void *bytes, size_t n)
{
	memcpy(d->image + (addr - FAKE_IMAGE), bytes, n);
}

enum {
	HEADERS = 0x40,
	DYNAMIC = 0x200,
	RDEBUG = 0x280,
	LIBC_DYNAMIC = 0x600,
	HASH = 0x680,
	SYMS = 0x700,
	STRS = 0x800,
	FIELDS = 0xa00
};

/* What glibc's libc exports about its layout: {bits, count, offset}. */
static const struct {
	const char *name;
	uint32_t words[3];
} fields[] = {
	{"_thread_db_link_map_l_tls_modid", {64, 1, 0x50}},
	{"_thread_db_link_map_l_tls_offset", {64, 1, 0x58}},
	{"_thread_db_pthread_dtvp", {64, 1, 8}},
	{"_thread_db_dtv_dtv", {128, 100, 0}},
	{"_thread_db_dtv_t_pointer_val", {64, 1, 0}},
};

/* A hash table with one bucket, whose chain has all symbols. */
static void image_symbols(struct debug *d)
{
	uint32_t hash[4 + 2 + 1 + ARRAY_LEN(fields)] = {1, 1, 1, 0, 0, 0, 1};
	uint64_t name = 1;

	for (unsigned i = 0; i < ARRAY_LEN(fields); i++) {
		Elf64_Sym sym = {.st_name = (uint32_t)name,
				 .st_shndx = 1,
				 .st_value = FAKE_IMAGE + FIELDS + 12 * i};
		uint32_t h = 5381;
		for (const char *c = fields[i].name; *c; c++)
			h = h * 33 + (uint8_t)*c;
		hash[7 + i] = i + 1 == ARRAY_LEN(fields) ? h | 1 : h & ~1u;
		put(d, FAKE_IMAGE + SYMS + sizeof(sym) * (i + 1), &sym, sizeof(sym));
		put(d, FAKE_IMAGE + STRS + name, fields[i].name, strlen(fields[i].name) + 1);
		put(d, FAKE_IMAGE + FIELDS + 12 * i, fields[i].words, 12);
		name += strlen(fields[i].name) + 1;
	}
	put(d, FAKE_IMAGE + HASH, hash, sizeof(hash));
}

static void image_map(struct debug *d, uint64_t at, uint64_t next, const char *name,
		      uint64_t dynamic, uint64_t module)
{
	struct link_map m = {
		.l_name = (char *)(at + 0x80), .l_ld = (void *)dynamic, .l_next = (void *)next};

	put(d, at, &m, sizeof(m));
	put(d, at + 0x50, &module, sizeof(module));
	put(d, at + 0x80, name, strlen(name) + 1);
}

static void image_make(struct debug *d)
{
	const Elf64_Phdr headers[] = {
		{.p_type = PT_PHDR, .p_vaddr = FAKE_IMAGE + HEADERS},
		{.p_type = PT_DYNAMIC, .p_vaddr = FAKE_IMAGE + DYNAMIC},
		{.p_type = PT_TLS,
		 .p_vaddr = FAKE_IMAGE,
		 .p_memsz = FAKE_PROGRAM_TLS,
		 .p_align = 16},
		{.p_type = PT_INTERP, .p_vaddr = FAKE_IMAGE + 0x2c0},
	};
	const Elf64_Dyn dynamic[] = {{.d_tag = DT_DEBUG, .d_un.d_val = FAKE_IMAGE + RDEBUG},
				     {.d_tag = DT_NULL}};
	const Elf64_Dyn libc[] = {{.d_tag = DT_GNU_HASH, .d_un.d_val = FAKE_IMAGE + HASH},
				  {.d_tag = DT_SYMTAB, .d_un.d_val = FAKE_IMAGE + SYMS},
				  {.d_tag = DT_STRTAB, .d_un.d_val = FAKE_IMAGE + STRS},
				  {.d_tag = DT_NULL}};
	const struct r_debug r = {.r_version = 1, .r_map = (void *)FAKE_MAIN_MAP};

	put(d, FAKE_IMAGE + HEADERS, headers, sizeof(headers));
	put(d, FAKE_IMAGE + DYNAMIC, dynamic, sizeof(dynamic));
	put(d, FAKE_IMAGE + RDEBUG, &r, sizeof(r));
	put(d, FAKE_IMAGE + 0x2c0, "/lib/ld.so", 11);
	image_map(d, FAKE_MAIN_MAP, FAKE_LIBC_MAP, "", FAKE_IMAGE + DYNAMIC, 1);
	image_map(d, FAKE_LIBC_MAP, FAKE_LIB_MAP, "/lib/libc.so.6", FAKE_IMAGE + LIBC_DYNAMIC, 0);
	image_map(d, FAKE_LIB_MAP, 0, "/lib/lib<fake>.so", FAKE_IMAGE + DYNAMIC, 2);
	put(d, FAKE_IMAGE + LIBC_DYNAMIC, libc, sizeof(libc));
	image_symbols(d);
}

/* Makes the memory as steps 1 to `step` have written it. */
static void data_make(struct debug *d)
{
	memset(d->data, 0, sizeof(d->data));
	for (uint64_t i = d->step > FAKE_WORDS ? d->step - FAKE_WORDS : 1; i <= d->step; i++)
		memcpy(d->data + 8 * (i % FAKE_WORDS), &i, sizeof(i));
	/* The thread pointer's second word is the dynamic thread vector; module 2 is in its third
	 * entry. */
	const uint64_t vector = FAKE_POINTER + 0x100, block = FAKE_LIB_TLS;
	memcpy(d->data + (FAKE_POINTER + 8 - FAKE_DATA), &vector, sizeof(vector));
	memcpy(d->data + (vector + 32 - FAKE_DATA), &block, sizeof(block));
}

/* --- tasks --- */

static const struct {
	pid_t pid, tid;
	unsigned from, to;
	const char *name;
} tasks[] = {
	{FAKE_PROGRAM, FAKE_PROGRAM, 0, FAKE_STEPS, "prog"},
	{FAKE_PROGRAM, FAKE_THREAD, FAKE_NEW_THREAD, FAKE_THREAD_END, "work<er>"},
	{FAKE_CHILD, FAKE_CHILD, FAKE_FORK, FAKE_EXIT, "child"},
	{FAKE_VCHILD, FAKE_VCHILD, FAKE_VFORK, FAKE_VEXIT, "vchild"},
};

static bool alive(const struct debug *d, size_t i)
{
	return d->step >= tasks[i].from && d->step < tasks[i].to;
}

static bool there(const struct debug *d, pid_t pid, pid_t tid)
{
	for (size_t i = 0; i < ARRAY_LEN(tasks); i++)
		if (alive(d, i) && (tasks[i].pid == pid || !pid) && (tasks[i].tid == tid || !tid))
			return true;
	return false;
}

/* Tasks run in turns of ten steps, but an event's step belongs to its task. */
static pid_t runner(const struct debug *d)
{
	unsigned n = 0, turn;

	for (size_t i = 0; i < ARRAY_LEN(happenings); i++)
		if (happenings[i].step == d->step && there(d, 0, happenings[i].tid))
			return happenings[i].tid;
	for (size_t i = 0; i < ARRAY_LEN(tasks); i++)
		n += alive(d, i);
	turn = d->step / 10 % n;
	for (size_t i = 0; i < ARRAY_LEN(tasks); i++)
		if (alive(d, i) && turn-- == 0)
			return tasks[i].tid;
	return FAKE_PROGRAM;
}

static uint64_t pc_at(unsigned step)
{
	return FAKE_CODE + step % FAKE_LOOP * FAKE_INSN;
}

static void move(struct debug *d, unsigned step)
{
	d->step = step;
	d->current = runner(d);
	data_make(d);
}

/* --- the interface --- */

void debug_position_print(char text[DEBUG_POSITION_MAX], const struct debug_position *p)
{
	snprintf(text, DEBUG_POSITION_MAX, "%lu:%lu+%lu", p->event, p->ticks, p->insns);
}

bool debug_position_parse(struct debug_position *p, const char *text)
{
	char *end;

	*p = (struct debug_position){0};
	if (*text < '0' || *text > '9')
		return false;
	p->event = strtoul(text, &end, 10);
	if (*end == ':')
		p->ticks = strtoul(end + 1, &end, 10);
	if (*end == '+')
		p->insns = strtoul(end + 1, &end, 10);
	return !*end;
}

static unsigned step_of(const struct debug_position *p)
{
	uint64_t event = p->event < FAKE_STEPS ? p->event : FAKE_STEPS,
		 step = event * 10 + (p->insns < 10 ? p->insns : 9);

	return step < FAKE_STEPS ? (unsigned)step : FAKE_STEPS - 1;
}

int debug_position_compare(const struct debug_position *a, const struct debug_position *b)
{
	return (step_of(a) > step_of(b)) - (step_of(a) < step_of(b));
}

struct debug *debug_open(const struct debug_options *o)
{
	struct debug *d = xcalloc(1, sizeof(*d));

	d->options = *o;
	image_make(d);
	move(d, 0);
	fake.last = d;
	return d;
}

void debug_close(struct debug *d)
{
	free(d->breaks);
	free(d);
	fake.last = NULL;
}

unsigned fake_step(void)
{
	return fake.last->step;
}

const char *debug_error(const struct debug *d)
{
	return d->error;
}

struct debug_thread *debug_threads(struct debug *d, size_t *n)
{
	struct debug_thread *list = xcalloc(ARRAY_LEN(tasks), sizeof(*list));

	*n = 0;
	for (unsigned pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < ARRAY_LEN(tasks); i++) {
			bool current = tasks[i].tid == d->current;
			if (!alive(d, i) || current == (pass == 1))
				continue;
			struct debug_thread *t = &list[(*n)++];
			*t = (struct debug_thread){
				.pid = tasks[i].pid, .tid = tasks[i].tid, .next = current};
			t->in_call = tasks[i].tid == FAKE_THREAD;
			t->sysno = 202;
			strcpy(t->name, tasks[i].name);
		}
	}
	return list;
}

pid_t debug_current(const struct debug *d)
{
	return d->current;
}

struct debug_position debug_here(struct debug *d)
{
	return (struct debug_position){d->step / 10, d->step, d->step % 10};
}

uint64_t debug_last_event(const struct debug *d)
{
	(void)d;
	return FAKE_STEPS / 10;
}

uint64_t debug_elapsed_ns(const struct debug *d)
{
	return d->step * 1000000ul;
}

int debug_get_regs(struct debug *d, pid_t tid, struct trace_regs *g)
{
	if (!there(d, 0, tid))
		return -1;
	if (d->diversion) {
		*g = d->regs;
		return 0;
	}
	for (unsigned i = 0; i < TRACE_NREGS; i++)
		g->r[i] = i;
	g->r[R_RAX] = d->step;
	g->r[R_RIP] = pc_at(d->step);
	g->r[R_RSP] = 0x7ff000 + (uint64_t)tid;
	g->r[R_FS_BASE] = FAKE_POINTER;
	return 0;
}

static void diversion_begin(struct debug *d)
{
	if (d->diversion)
		return;
	debug_get_regs(d, d->current, &d->regs);
	d->diversion = true;
}

int debug_set_regs(struct debug *d, pid_t tid, const struct trace_regs *g)
{
	if (!there(d, 0, tid))
		return -1;
	diversion_begin(d);
	d->regs = *g;
	return 0;
}

/* The legacy area and a header: no AVX. */
enum { XSTATE = 512 + 64 };

ssize_t debug_get_xstate(struct debug *d, pid_t tid, void *buf, size_t max)
{
	if (!there(d, 0, tid) || max < XSTATE)
		return -1;
	memset(buf, 0, XSTATE);
	for (unsigned i = 0; i < 16; i++)
		memset((uint8_t *)buf + 160 + 16 * i, (int)i, 16);
	return XSTATE;
}

int debug_set_xstate(struct debug *d, pid_t tid, const void *buf, size_t n)
{
	(void)buf;
	diversion_begin(d);
	return there(d, 0, tid) && n == XSTATE ? 0 : -1;
}

/* The writable memory at addr, and how much there is from there on. NULL: none. */
static uint8_t *place(struct debug *d, uint64_t addr, size_t *left)
{
	uint64_t start = PAGE_DOWN(addr);

	*left = PAGE - (addr - start);
	return start == FAKE_IMAGE  ? d->image + (addr - start)
	       : start == FAKE_DATA ? d->data + (addr - start)
				    : NULL;
}

ssize_t debug_read(struct debug *d, pid_t tid, uint64_t addr, void *buf, size_t n)
{
	size_t done = 0, left;

	if (!there(d, 0, tid))
		return -1;
	while (done < n) {
		const uint8_t *from = place(d, addr + done, &left);
		if (left > n - done)
			left = n - done;
		if (from)
			memcpy((uint8_t *)buf + done, from, left);
		else if (PAGE_DOWN(addr + done) == FAKE_CODE)
			memset((uint8_t *)buf + done, 0x90, left);
		else
			break;
		done += left;
	}
	return done ? (ssize_t)done : -1;
}

int debug_write(struct debug *d, pid_t tid, uint64_t addr, const void *buf, size_t n)
{
	size_t left;

	if (!there(d, 0, tid) || n > 2 * PAGE)
		return -1;
	for (size_t i = 0; i < n; i += left)
		if (!place(d, addr + i, &left))
			return -1;
	diversion_begin(d);
	for (size_t i = 0; i < n; i += left) {
		uint8_t *to = place(d, addr + i, &left);
		memcpy(to, (const uint8_t *)buf + i, left < n - i ? left : n - i);
	}
	return 0;
}

bool debug_diversion(const struct debug *d)
{
	return d->diversion;
}

void debug_diversion_end(struct debug *d)
{
	d->diversion = false;
	image_make(d);
	data_make(d);
}

ssize_t debug_auxv(struct debug *d, pid_t pid, void *buf, size_t max)
{
	const uint64_t auxv[] = {
		AT_PHDR, FAKE_IMAGE + HEADERS, AT_PHNUM, 4, AT_BASE, FAKE_DATA, AT_NULL, 0};

	if (!there(d, pid, 0) || max < sizeof(auxv))
		return -1;
	memcpy(buf, auxv, sizeof(auxv));
	return sizeof(auxv);
}

const char *debug_exec_file(struct debug *d, pid_t pid)
{
	if (!there(d, pid, 0))
		return NULL;
	return pid == FAKE_CHILD && d->step >= FAKE_EXEC ? "/bin/other" : "/bin/prog";
}

ssize_t debug_siginfo(struct debug *d, pid_t tid, void *buf, size_t max)
{
	if (d->step != FAKE_SIGNAL || tid != FAKE_PROGRAM || max < 128)
		return -1;
	memset(buf, 10, 128);
	return 128;
}

int debug_open_file(struct debug *d, const char *path)
{
	static char block[FAKE_FILE_SIZE];
	int fd;

	(void)d;
	if (strcmp(path, FAKE_FILE) || (fd = memfd_create("fake", MFD_CLOEXEC)) < 0)
		return -1;
	for (unsigned i = 0; i < sizeof(block); i++)
		block[i] = (char)(i * 7 + i / 256);
	if (write_all(fd, block, sizeof(block)))
		return -1;
	return fd;
}

int debug_maps(struct debug *d, pid_t pid, bool (*fn)(void *ctx, const struct debug_map *m),
	       void *ctx)
{
	static const struct debug_map maps[] = {
		{.start = FAKE_IMAGE,
		 .end = FAKE_IMAGE + PAGE,
		 .prot = PROT_READ,
		 .path = "/bin/prog"},
		{.start = FAKE_CODE,
		 .end = FAKE_CODE + PAGE,
		 .prot = PROT_READ | PROT_EXEC,
		 .path = "/bin/prog"},
		{.start = FAKE_DATA,
		 .end = FAKE_DATA + PAGE,
		 .prot = PROT_READ | PROT_WRITE,
		 .path = FAKE_FILE},
	};

	if (!there(d, pid, 0))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(maps) && fn(ctx, &maps[i]); i++)
		;
	return 0;
}

/* --- breakpoints --- */

int debug_break_remove(struct debug *d, pid_t pid, enum debug_break kind, uint64_t addr,
		       uint64_t len)
{
	for (size_t i = 0; i < d->nbreaks; i++) {
		struct fake_break *b = &d->breaks[i];
		if (b->pid == pid && b->kind == kind && b->addr == addr && b->len == len) {
			*b = d->breaks[--d->nbreaks];
			return 0;
		}
	}
	return -1;
}

int debug_break_add(struct debug *d, pid_t pid, enum debug_break kind, uint64_t addr, uint64_t len,
		    bool (*when)(void *ctx, pid_t tid), void *ctx)
{
	if (!there(d, pid, 0) || len > PAGE)
		return -1;
	debug_break_remove(d, pid, kind, addr, len);
	d->breaks = xrealloc(d->breaks, (d->nbreaks + 1) * sizeof(*d->breaks));
	d->breaks[d->nbreaks++] = (struct fake_break){pid, kind, addr, len, when, ctx};
	return 0;
}

void debug_break_remove_all(struct debug *d)
{
	d->nbreaks = 0;
}

void debug_catch_set(struct debug *d, const struct debug_catch *c)
{
	d->catch = *c;
}

/* --- moving --- */

static pid_t process_of(pid_t tid)
{
	return tid == FAKE_THREAD ? FAKE_PROGRAM : tid;
}

static bool call_caught(const struct debug *d, int number)
{
	uint64_t any = 0;

	for (size_t i = 0; i < ARRAY_LEN(d->catch.only); i++)
		any |= d->catch.only[i];
	return d->catch.calls && (!any || d->catch.only[number / 64] >> number % 64 & 1);
}

static bool caught(const struct debug *d, size_t i)
{
	switch (happenings[i].kind) {
	case DEBUG_STOP_SIGNAL: return d->catch.signals >> (happenings[i].number - 1) & 1;
	case DEBUG_STOP_CALL_ENTRY:
	case DEBUG_STOP_CALL_RETURN: return call_caught(d, happenings[i].number);
	case DEBUG_STOP_THREAD:
	case DEBUG_STOP_THREAD_END: return d->catch.threads;
	case DEBUG_STOP_FORK:
	case DEBUG_STOP_VFORK: return d->catch.forks;
	case DEBUG_STOP_EXEC: return d->catch.execs;
	default: return true;
	}
}

static bool happened(const struct debug *d, struct debug_stop *stop)
{
	for (size_t i = 0; i < ARRAY_LEN(happenings); i++) {
		if (happenings[i].step != d->step || !caught(d, i))
			continue;
		*stop = (struct debug_stop){.kind = happenings[i].kind,
					    .pid = happenings[i].pid,
					    .tid = happenings[i].tid,
					    .other = happenings[i].other,
					    .number = happenings[i].number};
		return true;
	}
	return false;
}

/* Watchpoints see the word that the step to here writes or, backwards, the step from here. */
static bool broken(struct debug *d, struct debug_stop *stop, bool backward)
{
	uint64_t word = FAKE_DATA + 8 * ((d->step + backward) % FAKE_WORDS), pc = pc_at(d->step);

	for (size_t i = 0; i < d->nbreaks; i++) {
		const struct fake_break *b = &d->breaks[i];
		bool watch = b->kind >= DEBUG_WATCH_WRITE;
		if (b->pid != process_of(d->current) ||
		    (watch ? b->addr >= word + 8 || b->addr + b->len <= word : b->addr != pc) ||
		    (b->when && !b->when(b->ctx, d->current)))
			continue;
		stop->kind = watch ? DEBUG_STOP_WATCH : DEBUG_STOP_BREAK;
		stop->hard = b->kind == DEBUG_BREAK_HARD;
		stop->watch = b->kind;
		stop->addr = b->addr;
		return true;
	}
	return false;
}

static bool arrived(struct debug *d, const struct debug_resume *go, struct debug_stop *stop)
{
	*stop = (struct debug_stop){.pid = process_of(d->current), .tid = d->current};
	if (d->step == 0 && go->backward)
		stop->kind = DEBUG_STOP_BEGIN;
	else if (!happened(d, stop) && !broken(d, stop, go->backward))
		return false;
	return true;
}

/* In a diversion only pc changes: to a breakpoint, or a little further. */
static void go_trying(struct debug *d, const struct debug_resume *go, struct debug_stop *stop)
{
	*stop = (struct debug_stop){
		.kind = DEBUG_STOP_STEP, .pid = process_of(d->current), .tid = d->current};
	for (unsigned i = 0; i < (go->step ? 1 : 100); i++) {
		d->regs.r[R_RIP] += FAKE_INSN;
		for (size_t b = 0; b < d->nbreaks; b++)
			if (d->breaks[b].addr == d->regs.r[R_RIP])
				stop->kind = DEBUG_STOP_BREAK;
		if (stop->kind == DEBUG_STOP_BREAK)
			return;
	}
}

static bool polled(struct debug *d)
{
	fake.polls++;
	return d->options.poll && d->options.poll(d->options.ctx);
}

void debug_resume(struct debug *d, const struct debug_resume *go, struct debug_stop *stop)
{
	if (d->diversion) {
		go_trying(d, go, stop);
		return;
	}
	*stop = (struct debug_stop){
		.kind = DEBUG_STOP_INTERRUPT, .pid = process_of(d->current), .tid = d->current};
	if (fake.trouble) {
		strcpy(d->error, "fake trouble");
		stop->kind = DEBUG_STOP_FAILED;
		return;
	}
	while (fake.endless)
		if (polled(d))
			return;
	for (;;) {
		pid_t before = d->current;
		if (!go->backward && d->step == FAKE_STEPS - 1)
			stop->kind = DEBUG_STOP_END;
		else if (go->backward && d->step == 0)
			stop->kind = DEBUG_STOP_BEGIN;
		if (stop->kind != DEBUG_STOP_INTERRUPT)
			return;
		move(d, go->backward ? d->step - 1 : d->step + 1);
		if (d->options.output && d->step % 100 == 0)
			d->options.output(d->options.ctx, 1, "tick\n", 5);
		if (arrived(d, go, stop))
			return;
		stop->kind = DEBUG_STOP_INTERRUPT;
		if (go->step == (go->backward ? d->current : before) &&
		    !(pc_at(d->step) >= go->lo && pc_at(d->step) < go->hi)) {
			stop->kind = DEBUG_STOP_STEP;
			stop->pid = process_of(go->step);
			stop->tid = d->current = go->step;
			return;
		}
		if (polled(d))
			return;
	}
}

void debug_seek(struct debug *d, const struct debug_position *p, struct debug_stop *stop)
{
	move(d, step_of(p));
	*stop = (struct debug_stop){
		.kind = DEBUG_STOP_STEP, .pid = process_of(d->current), .tid = d->current};
}

struct debug_figures debug_figures(struct debug *d)
{
	return (struct debug_figures){
		.checkpoints = 3, .bytes = 4096, .forks = 5, .events_replayed = d->step / 10};
}
