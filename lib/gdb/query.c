#include "gdb/session.h"
#include "util/util.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* --- what either side can do
 * ---------------------------------------------------------------------------------- */

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
void query_supported(struct session *s, struct cursor *in)
{
	memset(&s->client, 0, sizeof(s->client));
	take_char(in, ':');
	while (!at_end(in)) {
		size_t n;
		const char *name = take_until(in, ';', &n);
		client_feature(s, name, n);
	}
	reply_format(s, "PacketSize=%x;", PACKET_MAX);
	reply_text(s, server_features);
}

void query_no_acks(struct session *s, struct cursor *in)
{
	(void)in;
	s->wire.acks = false;
	reply_ok(s);
}

/* QNonStop:0 only: there is one time for all threads. */
void query_non_stop(struct session *s, struct cursor *in)
{
	if (take_word(in, ":0"))
		reply_ok(s);
	else
		reply_error(s, EINVAL);
}

/* --- what there is
 * -------------------------------------------------------------------------------------------- */

void query_current(struct session *s, struct cursor *in)
{
	const struct debug_thread *t = thread_general(s);

	(void)in;
	if (!t) {
		reply_error(s, ESRCH);
		return;
	}
	reply_text(s, "QC");
	reply_thread(s, t->pid, t->tid);
}

/* It was there before the client: quitting detaches from it. */
void query_attached(struct session *s, struct cursor *in)
{
	(void)in;
	reply_text(s, "1");
}

/* The client offers to look up symbols; none is needed. */
void query_symbol(struct session *s, struct cursor *in)
{
	(void)in;
	reply_ok(s);
}

#define TRIPLE "x86_64-pc-linux-gnu"

/* What lldb asks instead of reading a target description. */
static void reply_machine(struct session *s)
{
	reply_text(s, "triple:");
	reply_hex(s, TRIPLE, strlen(TRIPLE));
	reply_text(s, ";ostype:linux;endian:little;ptrsize:8;");
}

void query_host(struct session *s, struct cursor *in)
{
	(void)in;
	reply_machine(s);
}

void query_process(struct session *s, struct cursor *in)
{
	const struct debug_thread *t = thread_general(s);

	(void)in;
	if (!t) {
		reply_error(s, ESRCH);
		return;
	}
	reply_format(s, "pid:%x;", (unsigned)t->pid);
	reply_machine(s);
}

/* qGetTLSAddr:THREAD,OFFSET,LINK_MAP */
void query_tls(struct session *s, struct cursor *in)
{
	const struct debug_thread *t;
	uint64_t offset, link_map, addr;
	struct thread_id id;

	if (!take_char(in, ':') || !take_thread(in, &id) || !take_char(in, ',') ||
	    !take_range(in, &offset, &link_map) || !at_end(in) || !(t = thread_find(s, id))) {
		reply_error(s, EINVAL);
		return;
	}
	if (tls_address(s, t, offset, link_map, &addr))
		reply_format(s, "%lx", addr);
	else
		reply_error(s, ENOENT);
}

/* --- what stops
 * -----------------------------------------------------------------------------------------------
 */

/* QPassSignals:SIGNAL;… do not stop. */
void query_pass_signals(struct session *s, struct cursor *in)
{
	uint64_t signals = ~(uint64_t)0, number;

	if (!take_char(in, ':')) {
		reply_error(s, EINVAL);
		return;
	}
	while (take_hex(in, &number)) {
		int signal = signal_from_gdb(number);
		if (signal)
			signals &= ~((uint64_t)1 << (signal - 1));
		take_char(in, ';');
	}
	if (!at_end(in)) {
		reply_error(s, EINVAL);
		return;
	}
	s->catch.signals = signals;
	reply_ok(s);
}

/* QCatchSyscalls:0, :1, :1;NUMBER;… */
void query_catch_calls(struct session *s, struct cursor *in)
{
	bool on = take_word(in, ":1");
	uint64_t only[ARRAY_LEN(s->catch.only)] = {0}, number;

	if (!on && !take_word(in, ":0")) {
		reply_error(s, EINVAL);
		return;
	}
	while (take_char(in, ';')) {
		if (!take_hex(in, &number) || number / 64 >= ARRAY_LEN(only)) {
			reply_error(s, EINVAL);
			return;
		}
		only[number / 64] |= (uint64_t)1 << number % 64;
	}
	memcpy(s->catch.only, only, sizeof(only));
	s->catch_calls = on;
	reply_ok(s);
}

void query_thread_events(struct session *s, struct cursor *in)
{
	bool on = take_word(in, ":1");

	if (!on && !take_word(in, ":0")) {
		reply_error(s, EINVAL);
		return;
	}
	s->catch_threads = on;
	reply_ok(s);
}

/* vCtrlC: nothing runs while packets are read. */
void interrupt_idle(struct session *s, struct cursor *in)
{
	(void)in;
	reply_ok(s);
}
