/* Inside the server: one client's session, and what the handlers of packets share. Private to
 * lib/gdb. */
#ifndef RR_SESSION_H
#define RR_SESSION_H

#include "arch/debugger_registers.h"
#include "gdb/gdb.h"
#include "gdb/wire.h"
#include "replay/debug.h"
#include "trace/trace.h"

#include <stdio.h>

/* --- what lasts longer than a client
 * -------------------------------------------------------------------------- */

struct gdb {
	struct debug *debug;
	struct trace_reader *reader;
	struct session *session; /* NULL: nobody is there */
	struct debug_position begin;
	pid_t only; /* gdb_options.pid */
	int control;
	bool output_here;
	/* Output of the program that the client cannot be told of yet. */
	char *held;
	size_t nheld;
	/* Positions the user gave a number: index and 1; unused ones have gone. */
	struct checkpoint {
		bool used;
		struct debug_position at;
	} * checkpoints;
	size_t ncheckpoints;
};

/* --- a session
 * ------------------------------------------------------------------------------------------------
 */

/* A process that the client is told of. */
struct process {
	pid_t pid;
	char *exec; /* the program that the client believes it runs; NULL: none */
};

/* What is said at the client's next resume, before anything runs. */
enum notice_kind { NOTICE_STOP, NOTICE_HERE, NOTICE_LIBRARIES, NOTICE_VFORK_DONE };
struct notice {
	enum notice_kind kind;
	struct debug_stop stop;
};
#define NOTICES_MAX 4

/* A thread's place before the client changed its registers. */
struct trial {
	pid_t tid;
	uint64_t pc, sp;
};

#define FILES_MAX 64

/* What the client said that it understands. */
struct client {
	bool multiprocess, swbreak, hwbreak, forks, vforks, execs, threads;
};

struct session {
	struct gdb *gdb;
	struct debug *debug;
	struct wire wire;
	/* the client waits for something during which the program's output may be told */
	bool listening;
	bool over;

	/* The reply being made. Nothing put into it: "not supported". */
	char *out;
	size_t nout;
	bool out_full, no_reply;

	struct client client;
	struct process *shown;
	size_t nshown;
	pid_t general, stepped; /* threads of Hg and Hc; 0: any */
	pid_t listed_file;      /* vFile:setfs */

	/* Threads at this point; NULL: to be asked for. */
	struct debug_thread *threads;
	size_t nthreads;

	struct debug_stop last; /* that the client was told of */
	struct notice notices[NOTICES_MAX];
	unsigned nnotices;
	pid_t vforked, vfork_child; /* the last stop was this */
	struct debug_catch catch;
	bool catch_calls, catch_threads; /* as the client wishes */

	struct point **points; /* breakpoints */
	size_t npoints;
	struct trial *trials;
	size_t ntrials;

	uint64_t components; /* of registers, as the client was told */
	struct arch_state state;
	int files[FILES_MAX];
	/* The document that is being handed out in pieces, and its name. */
	char *document;
	size_t ndocument;
	char *document_name;
};

/* --- what a packet says (parse.c)
 * ----------------------------------------------------------------------------- */

struct cursor {
	const char *p, *end;
};
/* Each takes what it names from the front; false: something else is there, and the cursor may have
 * moved. */
bool take_char(struct cursor *c, char expected);
bool take_word(struct cursor *c, const char *expected);
bool take_hex(struct cursor *c, uint64_t *v);                /* 1 to 16 digits, sign not */
bool take_bytes(struct cursor *c, uint8_t *bytes, size_t n); /* two digits each */
/* "addr,length". */
bool take_range(struct cursor *c, uint64_t *addr, uint64_t *len);
/* All up to a character, which is taken, or the end; its length. */
const char *take_until(struct cursor *c, char end, size_t *n);
/* Text written as hexadecimal digits up to the end or another character; malloc'd. NULL: not such.
 */
char *take_text(struct cursor *c);
bool at_end(const struct cursor *c);

struct thread_id {
	pid_t pid, tid; /* -1: all; 0: any */
};
bool take_thread(struct cursor *c, struct thread_id *id);

/* --- what is answered (reply.c)
 * ------------------------------------------------------------------------------- */

void reply_bytes(struct session *s, const void *bytes, size_t n);
void reply_text(struct session *s, const char *text);
__attribute__((format(printf, 2, 3))) void reply_format(struct session *s, const char *fmt, ...);
void reply_hex(struct session *s, const void *bytes, size_t n);
void reply_ok(struct session *s);
/* Instead of all that was put before. */
void reply_error(struct session *s, int number);
/* 'm' and a part, or 'l' and the last part, of a document. */
void reply_part(struct session *s, const char *document, size_t n, uint64_t offset, uint64_t len);
void reply_thread(struct session *s, pid_t pid, pid_t tid);
/* Text for the user, at once; only while the client waits for it. */
void console(struct session *s, const char *text, size_t n);
__attribute__((format(printf, 2, 3))) void console_format(struct session *s, const char *fmt, ...);
/* What the program wrote (debug_options.output). */
void program_output(void *ctx, int stream, const void *bytes, size_t n);
void program_output_release(struct session *s);
/* Text inside of XML. */
void xml_text(FILE *out, const char *text);

/* --- processes and threads (threads.c)
 * ------------------------------------------------------------------------ */

/* All threads at this point, hidden ones too. */
const struct debug_thread *threads_all(struct session *s, size_t *n);
/* The point is another one: nothing known of threads holds. */
void threads_forget(struct session *s);
/* A thread that is shown; any of a process or of all, the one that runs next first. NULL: there is
 * none. */
const struct debug_thread *thread_find(struct session *s, struct thread_id id);
const struct debug_thread *thread_of_tid(struct session *s, pid_t tid);
/* Which a packet without a thread means. NULL: there is none. */
const struct debug_thread *thread_general(struct session *s);
struct process *process_shown(struct session *s, pid_t pid);
void process_show(struct session *s, pid_t pid);
void process_hide(struct session *s, pid_t pid);
void processes_hide_all(struct session *s);
bool process_alive(struct session *s, pid_t pid);
/* Those that a client is to find here. */
void processes_begin(struct session *s);
/* Replaces what the client knows. */
void process_set_exec(struct process *p, const char *exec);

/* --- handlers of packets
 * -------------------------------------------------------------------------------------- */

/* A packet's name, then what is behind it. */
typedef void handler(struct session *s, struct cursor *in);
struct command {
	const char *name;
	handler *run;
};

handler query_supported, query_current, query_attached, query_symbol, query_crc, query_search,
	query_tls, query_pass_signals, query_catch_calls, query_thread_events, query_no_acks,
	query_non_stop, query_host, query_process;
handler threads_select, threads_alive, threads_first, threads_next, threads_extra;
handler registers_get, registers_set, register_get, register_set;
handler memory_get, memory_get_binary, memory_set, memory_set_binary;
handler point_insert, point_remove;
handler resume_continue, resume_step, resume_vcont, resume_vcont_query, resume_back,
	resume_back_step;
handler why_stopped, run_program, kill_process, kill_all, detach, attach, restart, extended,
	interrupt_idle;
handler xfer, file_setfs, file_open, file_close, file_pread, file_fstat, file_readlink, monitor;

/* --- between them
 * --------------------------------------------------------------------------------------------- */

/* The stop the client is told of, in s->out; takes care of all it has to be told before. */
void stop_reply(struct session *s, const struct debug_stop *stop);
/* Makes the reply of the notice that is due. */
void notice_reply(struct session *s, const struct notice *n);
void notice_add(struct session *s, enum notice_kind kind, const struct debug_stop *stop);
/* The client knows nothing of this point yet: what its next resume tells it, without moving. */
void notice_arrival(struct session *s);
/* To a position, with no stop told. Where it ended; a line of trouble in debug_error(). */
enum debug_stop_kind session_seek(struct session *s, const struct debug_position *p);
/* The low 64 bits of a register; false: not there. */
bool register_value(struct session *s, pid_t tid, uint64_t number, uint64_t *value);
/* Before the first change of a thread's registers. */
void trial_begin(struct session *s, pid_t tid, const struct trace_regs *before);
void trials_end(struct session *s);
void points_forget(struct session *s, pid_t pid); /* 0: of all */

/* gdb's numbers of signals (its include/gdb/signals.def), and this kernel's. */
int signal_to_gdb(int number);
int signal_from_gdb(uint64_t number); /* 0: there is no such */

/* XML documents, malloc'd; NULL: none. */
char *target_description(uint64_t components);
char *libraries_document(struct session *s, pid_t tid, size_t *n);

/* Addresses that only memory tells (libraries.c). */
bool memory_read(struct session *s, pid_t tid, uint64_t addr, void *buf, size_t n);
bool memory_string(struct session *s, pid_t tid, uint64_t addr, char *text, size_t room);
bool auxv_find(struct session *s, pid_t pid, uint64_t type, uint64_t *value);
struct object {
	uint64_t space; /* what dlmopen(3) makes, as gdb names it: its struct r_debug */
	uint64_t link_map, bias, dynamic;
	char name[4096];
};
/* The main program comes first. fn returns false to stop. */
void objects_walk(struct session *s, pid_t tid, bool (*fn)(void *ctx, const struct object *o),
		  void *ctx);
/* Address of a symbol that an object exports; 0: none. */
uint64_t object_symbol(struct session *s, pid_t tid, const struct object *o, const char *name);
/* The program header of a type of the main program: its address as loaded, size and alignment. */
struct segment {
	uint64_t addr, size, align;
};
bool program_segment(struct session *s, pid_t tid, uint32_t type, struct segment *found,
		     uint64_t *bias);
/* The file that is mapped where a process has what it calls `name`: an object it loaded, its
 * program, or its dynamic linker; malloc'd. NULL: there is no such. */
char *mapped_file(struct session *s, const char *name);
/* Address of a thread-local variable; false: not there. */
bool tls_address(struct session *s, const struct debug_thread *t, uint64_t offset,
		 uint64_t link_map, uint64_t *addr);

/* Whether an expression of gdb's bytecode is true in a thread; one that cannot be evaluated is. */
bool bytecode_true(struct session *s, pid_t tid, const uint8_t *code, size_t n);

#endif
