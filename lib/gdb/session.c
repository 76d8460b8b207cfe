/* One client: from its first packet to its last. */
#include "gdb/session.h"

#include "gdb/client_points.h"
#include "gdb/diversion.h"
#include "gdb/gdb.h"
#include "gdb/inferiors.h"
#include "gdb/packets.h"
#include "gdb/target.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <unistd.h>

static struct session *session_begin(struct gdb *g, int fd)
{
	struct session *s = xcalloc(1, sizeof(*s));
	const struct debug_thread *t;

	s->gdb = g;
	s->debug = g->debug;
	gdb_wire_init(&s->wire, fd, g->control);
	for (size_t i = 0; i < FILES_MAX; i++)
		s->files[i] = -1;
	s->catch.signals = ~(uint64_t)0;
	gdb_processes_begin(s);
	t = gdb_thread_of_tid(s, debug_current(g->debug));
	if (!t)
		t = gdb_thread_find(s, (struct thread_id){0});
	if (t) {
		s->last =
			(struct debug_stop){.kind = DEBUG_STOP_STEP, .pid = t->pid, .tid = t->tid};
		s->general = t->tid;
		gdb_state_load(s, t->tid);
	}
	s->components = arch_state_components(&s->state);
	g->session = s;
	return s;
}

static void session_end(struct session *s)
{
	s->gdb->session = NULL;
	gdb_diversion_end(s);
	gdb_points_forget(s, 0);
	debug_break_remove_all(s->debug);
	gdb_processes_hide_all(s);
	for (size_t i = 0; i < FILES_MAX; i++)
		if (s->files[i] >= 0)
			close(s->files[i]);
	gdb_threads_forget(s);
	gdb_wire_free(&s->wire);
	free(s->out);
	free(s->shown);
	free(s->points);
	free(s->diverted);
	free(s->document);
	free(s->document_name);
	free(s);
}

void gdb_serve_client(struct gdb *g, int fd)
{
	struct session *s = session_begin(g, fd);
	enum wire_got got;

	while ((got = gdb_wire_read(&s->wire)) != WIRE_CLOSED) {
		if (got == WIRE_PACKET)
			gdb_packet_answer(s);
		else if (got == WIRE_TOO_LONG)
			gdb_wire_send(&s->wire, "E5a", 3); /* EMSGSIZE */
	}
	session_end(s);
}
