#include "gdb/session.h"
#include "util/util.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- packets by name
 * ------------------------------------------------------------------------------------------ */

static const struct command letters[] = {
	{"?", why_stopped},       {"!", extended},          {"D", detach},
	{"G", registers_set},     {"H", threads_select},    {"M", memory_set},
	{"P", register_set},      {"R", restart},           {"T", threads_alive},
	{"X", memory_set_binary}, {"Z", point_insert},      {"z", point_remove},
	{"g", registers_get},     {"k", kill_all},          {"m", memory_get},
	{"p", register_get},      {"x", memory_get_binary}, {"c", resume_continue},
	{"C", resume_continue},   {"s", resume_step},       {"S", resume_step},
};

static const struct command words[] = {
	{"QCatchSyscalls", query_catch_calls},
	{"QNonStop", query_non_stop},
	{"QPassSignals", query_pass_signals},
	{"QStartNoAckMode", query_no_acks},
	{"QThreadEvents", query_thread_events},
	{"bc", resume_back},
	{"bs", resume_back_step},
	{"qAttached", query_attached},
	{"qC", query_current},
	{"qCRC", query_crc},
	{"qGetTLSAddr", query_tls},
	{"qHostInfo", query_host},
	{"qProcessInfo", query_process},
	{"qRcmd", monitor},
	{"qSearch", query_search},
	{"qSupported", query_supported},
	{"qSymbol", query_symbol},
	{"qThreadExtraInfo", threads_extra},
	{"qXfer", xfer},
	{"qfThreadInfo", threads_first},
	{"qsThreadInfo", threads_next},
	{"vAttach", attach},
	{"vCont", resume_vcont},
	{"vCont?", resume_vcont_query},
	{"vCtrlC", interrupt_idle},
	{"vFile:close:", file_close},
	{"vFile:fstat:", file_fstat},
	{"vFile:open:", file_open},
	{"vFile:pread:", file_pread},
	{"vFile:readlink:", file_readlink},
	{"vFile:setfs:", file_setfs},
	{"vKill", kill_process},
	{"vRun", run_program},
};

/* The name is all of the packet, or a punctuation mark divides it from the rest. */
static handler *word_find(struct cursor *in)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct cursor rest = *in;
		size_t n = strlen(words[i].name);
		if (take_word(&rest, words[i].name) &&
		    (at_end(&rest) || words[i].name[n - 1] == ':' || strchr(":;,", *rest.p))) {
			*in = rest;
			return words[i].run;
		}
	}
	return NULL;
}

static handler *handler_find(struct cursor *in)
{
	if (at_end(in))
		return NULL;
	if (strchr("QbqVv", *in->p))
		return word_find(in);
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (take_char(in, letters[i].name[0]))
			return letters[i].run;
	return NULL;
}

/* An empty reply to what is not known. */
static void packet_answer(struct session *s)
{
	struct cursor in = {s->wire.packet, s->wire.packet + s->wire.len};
	handler *run = handler_find(&in);

	s->nout = 0;
	s->out_full = s->no_reply = false;
	if (run)
		run(s, &in);
	if (s->no_reply)
		return;
	if (s->out_full)
		reply_error(s, EMSGSIZE);
	wire_send(&s->wire, s->out, s->nout);
}

/* --- a session
 * ------------------------------------------------------------------------------------------------
 */

static struct session *session_begin(struct gdb *g, int fd)
{
	struct session *s = xcalloc(1, sizeof(*s));
	pid_t current = debug_current(g->debug);
	const struct debug_thread *t;

	s->gdb = g;
	s->debug = g->debug;
	wire_init(&s->wire, fd, g->control);
	reply_text(s, "");
	for (size_t i = 0; i < FILES_MAX; i++)
		s->files[i] = -1;
	s->catch.signals = ~(uint64_t)0;
	processes_begin(s);
	t = thread_of_tid(s, current) ? thread_of_tid(s, current)
				      : thread_find(s, (struct thread_id){0});
	if (t) {
		s->last =
			(struct debug_stop){.kind = DEBUG_STOP_STEP, .pid = t->pid, .tid = t->tid};
		s->general = t->tid;
		ssize_t n = debug_get_xstate(s->debug, t->tid, s->state.xstate,
					     sizeof(s->state.xstate));
		s->state.xlen = n > 0 ? (size_t)n : 0;
	}
	s->components = arch_state_components(&s->state);
	g->session = s;
	return s;
}

static void session_end(struct session *s)
{
	s->gdb->session = NULL;
	trials_end(s);
	processes_hide_all(s);
	points_forget(s, 0);
	debug_break_remove_all(s->debug);
	for (size_t i = 0; i < FILES_MAX; i++)
		if (s->files[i] >= 0)
			close(s->files[i]);
	threads_forget(s);
	wire_free(&s->wire);
	free(s->out);
	free(s->shown);
	free(s->points);
	free(s->trials);
	free(s->document);
	free(s->document_name);
	free(s);
}

void gdb_serve_client(struct gdb *g, int fd)
{
	struct session *s = session_begin(g, fd);
	enum wire_got got;

	while ((got = wire_read(&s->wire)) != WIRE_CLOSED) {
		if (got == WIRE_PACKET)
			packet_answer(s);
		else if (got == WIRE_TOO_LONG)
			wire_send(&s->wire, "E5a", 3); /* EMSGSIZE */
	}
	session_end(s);
}

void gdb_serve(struct gdb *g, int listener)
{
	struct pollfd fds[2] = {{.fd = listener, .events = POLLIN},
				{.fd = g->control, .events = POLLIN}};

	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return;
		if (fds[1].revents)
			return;
		int fd = fds[0].revents ? accept4(listener, NULL, NULL, SOCK_CLOEXEC) : -1;
		if (fd < 0)
			continue;
		gdb_serve_client(g, fd);
		close(fd);
	}
}
