/* What the files of lib/gdb share: the server, and one client's session with it. Private to
 * lib/gdb.
 *
 * Layers, from the bottom; a file calls only files of lower layers:
 *	wire, cursor			packets as bytes, and what a packet says
 *	reply, console, signal_numbers	what is answered
 *	inferiors, target		processes and threads that the client sees; their state
 *	loaded_objects, tls, bytecode	what is found in that state
 *	client_points, diversion	breakpoints; what the client changed
 *	stop_replies			why the replay has stopped
 *	resume				moves the replay
 *	*_packets, documents, monitor_commands	one handler a packet
 *	packet_table			the table of packets
 *	session, server			a client, and clients
 *	serve_at, launch_gdb		the programs that rr-gdb can be */
#ifndef RR_SESSION_H
#define RR_SESSION_H

#include "arch/debugger_registers.h"
#include "gdb/wire.h"
#include "replay/debug.h"
#include "trace/trace.h"

/* The server outlives its clients. */
struct gdb {
	struct debug *debug;
	struct trace_reader *reader;
	struct session *session; /* NULL: no client is connected */
	struct debug_position begin;
	pid_t only; /* gdb_options.pid */
	int control;
	bool output_here;
	/* Output of the program, until a client can take it. */
	char *held;
	size_t nheld;
	/* Positions that the user numbered: number N is at index N-1. */
	struct checkpoint {
		bool used; /* false: deleted */
		struct debug_position at;
	} * checkpoints;
	size_t ncheckpoints;
};

/* A process that the client knows. */
struct process {
	pid_t pid;
	char *exec; /* the program that the client believes it runs; NULL: none */
};

/* What is reported at the client's next resume, before anything runs. */
enum notice_kind { NOTICE_STOP, NOTICE_HERE, NOTICE_LIBRARIES, NOTICE_VFORK_DONE };
struct notice {
	enum notice_kind kind;
	struct debug_stop stop;
};
#define NOTICES_MAX 4

/* Where a thread was before the client changed its registers. */
struct diverted {
	pid_t tid;
	uint64_t pc, sp;
};

#define FILES_MAX 64

/* Features that the client said it has. */
struct client {
	bool multiprocess, swbreak, hwbreak, forks, vforks, execs;
};

/* The reply to the packet being answered. */
enum reply_state {
	REPLY_OPEN,     /* is sent when the packet has been answered; empty means "not supported" */
	REPLY_OVERFLOW, /* does not fit: an error is sent instead */
	REPLY_NONE      /* the packet has no reply, or the client is gone */
};

struct session {
	struct gdb *gdb;
	struct debug *debug;
	struct wire wire;
	/* The client waits for something during which it takes output of the program. */
	bool listening;

	char *out; /* the reply, nout bytes of it */
	size_t nout;
	enum reply_state reply;

	struct client client;
	struct process *shown;
	size_t nshown;
	pid_t general, stepped; /* threads of Hg and Hc; 0: any */

	/* Threads at this position; NULL: not asked for yet. */
	struct debug_thread *threads;
	size_t nthreads;

	struct debug_stop last; /* the last that was reported */
	struct notice notices[NOTICES_MAX];
	unsigned nnotices;
	pid_t vforked, vfork_child; /* the last stop was this vfork; 0: it was none */
	struct debug_catch catch;
	bool catch_calls, catch_threads; /* as the client asked */

	struct client_point **points;
	size_t npoints;
	struct diverted *diverted;
	size_t ndiverted;

	uint64_t components; /* of the extended state, in the target description */
	struct arch_state state;
	int files[FILES_MAX]; /* that the client has open; -1: a free slot */
	/* The document that is being handed out in pieces, and its name. */
	char *document;
	size_t ndocument;
	char *document_name;
};

#endif
