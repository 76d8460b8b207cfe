/* Packets that ask for features and set what stops. */
#include "arch/debugger_target.h"
#include "gdb/inferiors.h"
#include "gdb/packets.h"
#include "gdb/reply.h"
#include "gdb/signal_numbers.h"
#include "gdb/tls.h"
#include "util/size.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* --- features of either side --- */

static const struct {
	const char *name;
	size_t offset; /* in struct client */
} client_features[] = {
	{"multiprocess+", offsetof(struct client, multiprocess)},
	{"swbreak+", offsetof(struct client, swbreak)},
	{"hwbreak+", offsetof(struct client, hwbreak)},
	{"fork-events+", offsetof(struct client, forks)},
	{"vfork-events+", offsetof(struct client, vforks)},
	{"exec-events+", offsetof(struct client, execs)},
};

static const char server_features[] =
	"QStartNoAckMode+;multiprocess+;vContSupported+;swbreak+;hwbreak+;ReverseContinue+;ReverseStep+;"
	"qXfer:features:read+;qXfer:auxv:read+;qXfer:exec-file:read+;qXfer:siginfo:read+;qXfer:threads:read+;"
	"qXfer:libraries-svr4:read+;qXfer:memory-map:read+;QPassSignals+;QCatchSyscalls+;ConditionalBreakpoints+;fork-events+;"
	"vfork-events+;exec-events+;QThreadEvents+;binary-upload+";

static void client_feature(struct session *s, const char *name, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(client_features); i++)
		if (strlen(client_features[i].name) == n &&
		    !memcmp(client_features[i].name, name, n))
			*(bool *)((char *)&s->client + client_features[i].offset) = true;
}

/* qSupported:FEATURE;… */
void gdb_query_supported(struct session *s, struct cursor *in)
{
	memset(&s->client, 0, sizeof(s->client));
	gdb_take_char(in, ':');
	while (!gdb_at_end(in)) {
		size_t n;
		const char *name = gdb_take_until(in, ';', &n);
		client_feature(s, name, n);
	}
	gdb_reply_format(s, "PacketSize=%x;", PACKET_MAX);
	gdb_reply_text(s, server_features);
}

/* QStartNoAckMode */
void gdb_query_no_acks(struct session *s, struct cursor *in)
{
	(void)in;
	s->wire.acks = false;
	gdb_reply_ok(s);
}

/* QNonStop:0 only: the replay has one position for all threads. */
void gdb_query_non_stop(struct session *s, struct cursor *in)
{
	if (gdb_take_word(in, ":0"))
		gdb_reply_ok(s);
	else
		gdb_reply_error(s, EINVAL);
}

/* --- the target --- */

/* qC */
void gdb_query_current(struct session *s, struct cursor *in)
{
	const struct debug_thread *t = gdb_thread_general(s);

	(void)in;
	if (!t) {
		gdb_reply_error(s, ESRCH);
		return;
	}
	gdb_reply_text(s, "QC");
	gdb_reply_thread(s, t->pid, t->tid);
}

/* qAttached. The program was there before the client, which therefore detaches when it quits. */
void gdb_query_attached(struct session *s, struct cursor *in)
{
	(void)in;
	gdb_reply_text(s, "1");
}

/* qSymbol: the client offers to look up symbols; the server needs none. */
void gdb_query_symbol(struct session *s, struct cursor *in)
{
	(void)in;
	gdb_reply_ok(s);
}

/* What lldb reads instead of a target description. */
static void reply_machine(struct session *s)
{
	gdb_reply_text(s, "triple:");
	gdb_reply_hex(s, arch_debugger_triple, strlen(arch_debugger_triple));
	gdb_reply_text(s, ";ostype:linux;endian:little;ptrsize:8;");
}

/* qHostInfo */
void gdb_query_host(struct session *s, struct cursor *in)
{
	(void)in;
	reply_machine(s);
}

/* qProcessInfo */
void gdb_query_process(struct session *s, struct cursor *in)
{
	const struct debug_thread *t = gdb_thread_general(s);

	(void)in;
	if (!t) {
		gdb_reply_error(s, ESRCH);
		return;
	}
	gdb_reply_format(s, "pid:%x;", (unsigned)t->pid);
	reply_machine(s);
}

/* qGetTLSAddr:THREAD,OFFSET,LINK_MAP */
void gdb_query_tls(struct session *s, struct cursor *in)
{
	const struct debug_thread *t;
	uint64_t offset, link_map, addr;
	struct thread_id id;

	if (!gdb_take_char(in, ':') || !gdb_take_thread(in, &id) || !gdb_take_char(in, ',') ||
	    !gdb_take_range(in, &offset, &link_map) || !gdb_at_end(in) ||
	    !(t = gdb_thread_find(s, id))) {
		gdb_reply_error(s, EINVAL);
		return;
	}
	if (gdb_tls_address(s, t, offset, link_map, &addr))
		gdb_reply_format(s, "%lx", addr);
	else
		gdb_reply_error(s, ENOENT);
}

/* --- what stops --- */

/* QPassSignals:SIGNAL;…: these do not stop. */
void gdb_query_pass_signals(struct session *s, struct cursor *in)
{
	uint64_t signals = ~(uint64_t)0, number;

	if (!gdb_take_char(in, ':')) {
		gdb_reply_error(s, EINVAL);
		return;
	}
	while (gdb_take_hex(in, &number)) {
		int signal = gdb_signal_decode(number);
		if (signal)
			signals &= ~((uint64_t)1 << (signal - 1));
		gdb_take_char(in, ';');
	}
	if (!gdb_at_end(in)) {
		gdb_reply_error(s, EINVAL);
		return;
	}
	s->catch.signals = signals;
	gdb_reply_ok(s);
}

/* QCatchSyscalls:0, :1, :1;NUMBER;… */
void gdb_query_catch_calls(struct session *s, struct cursor *in)
{
	bool on = gdb_take_word(in, ":1");
	uint64_t only[ARRAY_LEN(s->catch.only)] = {0}, number;

	if (!on && !gdb_take_word(in, ":0")) {
		gdb_reply_error(s, EINVAL);
		return;
	}
	while (gdb_take_char(in, ';')) {
		if (!gdb_take_hex(in, &number) || number / 64 >= ARRAY_LEN(only)) {
			gdb_reply_error(s, EINVAL);
			return;
		}
		only[number / 64] |= (uint64_t)1 << number % 64;
	}
	memcpy(s->catch.only, only, sizeof(only));
	s->catch_calls = on;
	gdb_reply_ok(s);
}

/* QThreadEvents:0, :1 */
void gdb_query_thread_events(struct session *s, struct cursor *in)
{
	bool on = gdb_take_word(in, ":1");

	if (!on && !gdb_take_word(in, ":0")) {
		gdb_reply_error(s, EINVAL);
		return;
	}
	s->catch_threads = on;
	gdb_reply_ok(s);
}

/* vCtrlC: while packets are read, nothing runs. */
void gdb_interrupt_idle(struct session *s, struct cursor *in)
{
	(void)in;
	gdb_reply_ok(s);
}
