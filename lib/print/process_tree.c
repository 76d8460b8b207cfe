/* The tree of a trace's tasks: which made which, what each ran, how each ended. */
#include "print/printer.h"
#include "trace/reader.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/size.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* Bytes kept of one command line and of all together; the most tasks that Linux can have at once.
 */
enum { COMMAND_MAX = 512, COMMANDS_MAX = 256 << 20, TASKS_MAX = 1 << 22 };
enum { DEPTH_SHOWN = 32 };

struct command {
	unsigned users; /* tasks: each has its maker's command until its own execve */
	char text[];
};

/* Tasks are in one array, in the order of their first events; links are indices into it. */
struct task_node {
	int32_t tid;
	bool thread, gone;
	int status;
	uint64_t first, last; /* events */
	/* first child, next of the same parent; 0: none (task 0 is the root) */
	uint32_t child, next;
	uint32_t last_child;
	uint32_t same_slot;      /* the next with this hash */
	struct command *command; /* NULL: unknown */
	bool inherited;          /* `command` is its maker's: it has made no execve */
};

enum { SLOTS = 1 << 16 };

struct task_tree {
	struct task_node *tasks; /* [0] has only children */
	uint32_t n;
	size_t command_bytes;
	uint32_t slots[SLOTS]; /* newest task of a tid first */
};

static struct task_node *node_add(struct task_tree *tree, int32_t tid, uint32_t parent)
{
	const uint32_t i = tree->n;
	struct task_node *node = ARRAY_ADD(tree->tasks, tree->n), *p;

	*node = (struct task_node){.tid = tid};
	if (i) {
		p = &tree->tasks[parent];
		if (p->last_child)
			tree->tasks[p->last_child].next = i;
		else
			p->child = i;
		p->last_child = i;
		node->same_slot = tree->slots[(uint32_t)tid % SLOTS];
		tree->slots[(uint32_t)tid % SLOTS] = i;
	}
	return node;
}

/* The newest task with that id, or 0. */
static uint32_t node_find(const struct task_tree *tree, int32_t tid)
{
	uint32_t i = tree->slots[(uint32_t)tid % SLOTS];

	while (i && tree->tasks[i].tid != tid)
		i = tree->tasks[i].same_slot;
	return i;
}

static uint32_t node_get(struct task_tree *tree, int32_t tid)
{
	uint32_t i = node_find(tree, tid);

	if (i)
		return i;
	node_add(tree, tid, 0);
	return tree->n - 1;
}

static void command_drop(struct task_tree *tree, struct task_node *node)
{
	struct command *c = node->command;

	node->command = NULL;
	if (!c || --c->users)
		return;
	tree->command_bytes -= sizeof(*c) + strlen(c->text) + 1;
	free(c);
}

static void set_command(struct task_tree *tree, struct task_node *node, const void *bytes, size_t n)
{
	const char *p = bytes;

	if (n > COMMAND_MAX)
		n = COMMAND_MAX;
	while (n && !p[n - 1])
		n--;
	command_drop(tree, node);
	node->inherited = false;
	if (tree->command_bytes >= COMMANDS_MAX)
		return;
	struct command *c = xmalloc(sizeof(*c) + n + 1);
	c->users = 1;
	for (size_t i = 0; i < n; i++)
		c->text[i] = p[i] ? p[i] : ' ';
	c->text[n] = 0;
	tree->command_bytes += sizeof(*c) + n + 1;
	node->command = c;
}

/* Sets the command from what a call read at addr: false if that was not kept. */
static bool command_from(struct task_tree *tree, struct task_node *node,
			 const struct print_records *recs, uint64_t addr)
{
	for (size_t i = 0; i < recs->ndata; i++) {
		if (recs->data[i].kind == DATA_IN && recs->data[i].addr == addr &&
		    recs->data[i].len) {
			set_command(tree, node, recs->data[i].bytes, recs->data[i].len);
			return true;
		}
	}
	return false;
}

static void tree_clone(struct task_tree *tree, const struct trace_event *ev)
{
	uint32_t parent = node_get(tree, ev->tid);
	struct task_node *node = node_add(tree, ev->other, parent);

	node->first = node->last = ev->num;
	node->thread = ev->flags & EVF_GROUP;
	node->inherited = true;
	node->command = tree->tasks[parent].command;
	if (node->command)
		node->command->users++;
}

/* A thread that calls execve takes the id of its process (execve(2)): from there on it is that
 * task. */
static void tree_exec(struct task_tree *tree, const struct trace_event *ev,
		      const struct print_records *recs)
{
	int32_t tid = ev->other ? ev->other : ev->tid;
	uint32_t i = node_get(tree, tid); /* may move the tasks */
	struct task_node *node = &tree->tasks[i];
	int path_arg = ev->sysno == SYS_execveat; /* after the directory */
	uint64_t path = arch_arg(&ev->regs, path_arg), argv = arch_arg(&ev->regs, path_arg + 1);

	node->last = ev->num;
	node->gone = false;
	if (!command_from(tree, node, recs, argv))
		command_from(tree, node, recs, path);
}

static void tree_event(struct task_tree *tree, const struct trace_event *ev,
		       const struct print_records *recs)
{
	uint32_t i = node_get(tree, ev->tid);
	struct task_node *node = &tree->tasks[i];

	if (!node->first)
		node->first = ev->num;
	node->last = ev->num;
	if (ev->kind == EV_CLONE) {
		tree_clone(tree, ev);
	} else if (ev->kind == EV_EXIT) {
		node->gone = true;
		node->status = ev->result;
	} else if (ev->kind == EV_SYSCALL && ev->flags & EVF_EXEC) {
		tree_exec(tree, ev, recs);
	} else if (ev->kind == EV_SYSCALL && ev->sysno == SYS_prctl &&
		   arch_arg(&ev->regs, 0) == PR_SET_NAME) {
		command_from(tree, node, recs, arch_arg(&ev->regs, 1));
	}
}

static bool wants_records(const struct trace_event *ev)
{
	if (ev->kind == EV_ENTER)
		return ev->sysno == SYS_execve || ev->sysno == SYS_execveat;
	return ev->kind == EV_SYSCALL && (ev->flags & EVF_EXEC || ev->sysno == SYS_prctl);
}

/* --- printing --- */

static void put_command(struct text *t, const struct task_node *node)
{
	const char *command = node->command ? node->command->text : "?";

	if (node->thread)
		print_char(t, '{');
	else if (node->inherited)
		print_char(t, '(');
	print_name(t, command);
	if (node->thread)
		print_char(t, '}');
	else if (node->inherited)
		print_char(t, ')');
}

static void put_status(struct text *t, const struct task_node *node)
{
	if (node->gone)
		print_status(t, node->status);
	else
		print_str(t, "running");
}

static void put_node(struct text *t, const struct task_node *node, unsigned depth,
		     const struct print_style *style)
{
	size_t from = print_mark(t);

	for (unsigned i = 0; i < depth && i < DEPTH_SHOWN; i++)
		print_mem(t, "  ", 2);
	print_dec(t, node->tid);
	print_column(t, style, from, 16);
	from = print_mark(t);
	print_udec(t, node->first);
	print_char(t, '-');
	print_udec(t, node->last);
	print_column(t, style, from, 15);
	from = print_mark(t);
	put_status(t, node);
	print_column(t, style, from, 12);
	put_command(t, node);
	print_char(t, '\n');
}

static void put_node_json(struct text *t, const struct task_node *node, int32_t parent)
{
	print_str(t, "{\"tid\":");
	print_dec(t, node->tid);
	print_str(t, ",\"parent\":");
	print_dec(t, parent);
	print_str(t, ",\"thread\":");
	print_str(t, node->thread ? "true" : "false");
	print_str(t, ",\"first\":");
	print_udec(t, node->first);
	print_str(t, ",\"last\":");
	print_udec(t, node->last);
	print_str(t, ",\"status\":\"");
	put_status(t, node);
	print_str(t, "\",\"command\":\"");
	print_json_begin(t);
	print_name(t, node->command ? node->command->text : "");
	print_json_end(t);
	print_str(t, "\"}\n");
}

/* Depth first, without recursion: a chain of a million forks is a million levels deep. */
static void put_tree(struct text *t, const struct task_tree *tree, const struct print_style *style)
{
	uint32_t *path = xmalloc((tree->n + 1) * sizeof(*path));
	uint32_t depth = 0, i = tree->tasks[0].child;

	while (i) {
		const struct task_node *node = &tree->tasks[i];

		if (style->json)
			put_node_json(t, node, depth ? tree->tasks[path[depth - 1]].tid : 0);
		else
			put_node(t, node, depth, style);
		if (node->child) {
			path[depth++] = i;
			i = node->child;
			continue;
		}
		while (!tree->tasks[i].next && depth)
			i = path[--depth];
		i = tree->tasks[i].next;
	}
	free(path);
}

static void put_header(struct text *t, const struct print_style *style)
{
	static const char *const names[] = {"tid", "events", "status"};
	static const unsigned widths[] = {16, 15, 12};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t from = print_mark(t);

		print_str(t, names[i]);
		print_column(t, style, from, widths[i]);
	}
	print_str(t, "command\n");
}

/* The first task runs what rr-record was started with, should its execve not say so. */
static void name_first(struct task_tree *tree, const struct trace_meta *meta)
{
	struct task_node *first = tree->n > 1 ? &tree->tasks[1] : NULL;

	if (first && !first->command && meta && meta->exe)
		set_command(tree, first, meta->exe, strlen(meta->exe));
}

int print_tree(FILE *out, struct trace_reader *r, struct print_select *s,
	       const struct print_style *style, bool header)
{
	struct task_tree *tree = xcalloc(1, sizeof(*tree));
	struct print_records recs = {0};
	struct print_inputs inputs = {0};
	struct trace_event ev = {0};
	size_t range = 0;
	struct text t;
	int got;

	node_add(tree, 0, 0);
	while ((got = print_select_next(s, &range, r, &ev)) == 1) {
		recs.ndata = recs.nmaps = recs.heap_len = 0;
		if (wants_records(&ev) && (got = print_records_load(&recs, r, COMMAND_MAX)) < 0)
			break;
		print_inputs_join(&inputs, &ev, &recs);
		tree_event(tree, &ev, &recs);
		if (tree->n > TASKS_MAX) {
			got = reader_fail(r, "%s: event %" PRIu64 ": more tasks than can be shown",
					  trace_reader_dir(r), ev.num);
			break;
		}
	}
	name_first(tree, trace_reader_meta(r));
	print_init(&t, out);
	if (header && !style->json)
		put_header(&t, style);
	put_tree(&t, tree, style);
	print_flush(&t);
	for (uint32_t i = 0; i < tree->n; i++)
		command_drop(tree, &tree->tasks[i]);
	free(tree->tasks);
	free(tree);
	print_inputs_free(&inputs);
	print_records_free(&recs);
	return got;
}
