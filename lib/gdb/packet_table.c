/* Finds the handler of a packet by its name. */
#include "gdb/packets.h"
#include "gdb/reply.h"
#include "util/size.h"

#include <string.h>

struct packet {
	const char *name;
	gdb_handler *run;
};

/* Names of one letter, which nothing separates from the arguments. */
static const struct packet letters[] = {
	{"?", gdb_why_stopped},       {"!", gdb_extended},          {"D", gdb_detach},
	{"G", gdb_registers_set},     {"H", gdb_threads_select},    {"M", gdb_memory_set},
	{"P", gdb_register_set},      {"R", gdb_restart},           {"T", gdb_threads_alive},
	{"X", gdb_memory_set_binary}, {"Z", gdb_point_insert},      {"z", gdb_point_remove},
	{"g", gdb_registers_get},     {"k", gdb_kill_all},          {"m", gdb_memory_get},
	{"p", gdb_register_get},      {"x", gdb_memory_get_binary}, {"c", gdb_resume_continue},
	{"C", gdb_resume_continue},   {"s", gdb_resume_step},       {"S", gdb_resume_step},
};

/* Names that begin with one of "QbqVv". */
static const struct packet words[] = {
	{"QCatchSyscalls", gdb_query_catch_calls},
	{"QNonStop", gdb_query_non_stop},
	{"QPassSignals", gdb_query_pass_signals},
	{"QStartNoAckMode", gdb_query_no_acks},
	{"QThreadEvents", gdb_query_thread_events},
	{"bc", gdb_resume_back},
	{"bs", gdb_resume_back_step},
	{"qAttached", gdb_query_attached},
	{"qC", gdb_query_current},
	{"qCRC", gdb_query_crc},
	{"qGetTLSAddr", gdb_query_tls},
	{"qHostInfo", gdb_query_host},
	{"qProcessInfo", gdb_query_process},
	{"qRcmd", gdb_monitor},
	{"qSearch", gdb_query_search},
	{"qSupported", gdb_query_supported},
	{"qSymbol", gdb_query_symbol},
	{"qThreadExtraInfo", gdb_threads_extra},
	{"qXfer", gdb_document_get},
	{"qfThreadInfo", gdb_threads_first},
	{"qsThreadInfo", gdb_threads_next},
	{"vAttach", gdb_attach},
	{"vCont", gdb_resume_vcont},
	{"vCont?", gdb_resume_vcont_query},
	{"vCtrlC", gdb_interrupt_idle},
	{"vFile:close:", gdb_file_close},
	{"vFile:fstat:", gdb_file_fstat},
	{"vFile:open:", gdb_file_open},
	{"vFile:pread:", gdb_file_pread},
	{"vFile:readlink:", gdb_file_readlink},
	{"vFile:setfs:", gdb_file_setfs},
	{"vKill", gdb_kill_process},
	{"vRun", gdb_run_program},
};

/* The name is the whole packet, or a punctuation mark follows it. */
static gdb_handler *word_find(struct cursor *in)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct cursor rest = *in;
		size_t n = strlen(words[i].name);
		if (gdb_take_word(&rest, words[i].name) &&
		    (gdb_at_end(&rest) || words[i].name[n - 1] == ':' || strchr(":;,", *rest.p))) {
			*in = rest;
			return words[i].run;
		}
	}
	return NULL;
}

static gdb_handler *handler_find(struct cursor *in)
{
	if (gdb_at_end(in))
		return NULL;
	if (strchr("QbqVv", *in->p))
		return word_find(in);
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (gdb_take_char(in, letters[i].name[0]))
			return letters[i].run;
	return NULL;
}

/* A packet without a handler gets an empty reply: it is not supported. */
void gdb_packet_answer(struct session *s)
{
	struct cursor in = {s->wire.packet, s->wire.packet + s->wire.len};
	gdb_handler *run = handler_find(&in);

	gdb_reply_begin(s);
	if (run)
		run(s, &in);
	gdb_reply_send(s);
}
