/* The handlers of packets: each takes what follows the packet's name and makes the reply. Private
 * to lib/gdb. */
#ifndef RR_GDB_PACKETS_H
#define RR_GDB_PACKETS_H

#include "gdb/cursor.h"
#include "gdb/session.h"

typedef void gdb_handler(struct session *s, struct cursor *in);

/* query_packets.c */
gdb_handler gdb_query_supported, gdb_query_current, gdb_query_attached, gdb_query_symbol,
	gdb_query_tls, gdb_query_pass_signals, gdb_query_catch_calls, gdb_query_thread_events,
	gdb_query_no_acks, gdb_query_non_stop, gdb_query_host, gdb_query_process,
	gdb_interrupt_idle;
/* thread_packets.c */
gdb_handler gdb_threads_select, gdb_threads_alive, gdb_threads_first, gdb_threads_next,
	gdb_threads_extra;
/* register_packets.c */
gdb_handler gdb_registers_get, gdb_registers_set, gdb_register_get, gdb_register_set;
/* memory_packets.c */
gdb_handler gdb_memory_get, gdb_memory_get_binary, gdb_memory_set, gdb_memory_set_binary,
	gdb_query_crc, gdb_query_search;
/* client_points.c */
gdb_handler gdb_point_insert, gdb_point_remove;
/* resume_packets.c */
gdb_handler gdb_resume_continue, gdb_resume_step, gdb_resume_vcont, gdb_resume_vcont_query,
	gdb_resume_back, gdb_resume_back_step;
/* process_packets.c */
gdb_handler gdb_why_stopped, gdb_run_program, gdb_kill_process, gdb_kill_all, gdb_detach,
	gdb_attach, gdb_restart, gdb_extended;
/* documents.c */
gdb_handler gdb_document_get;
/* file_packets.c */
gdb_handler gdb_file_setfs, gdb_file_open, gdb_file_close, gdb_file_pread, gdb_file_fstat,
	gdb_file_readlink;
/* monitor_commands.c */
gdb_handler gdb_monitor;

/* packet_table.c: answers the packet in s->wire. */
void gdb_packet_answer(struct session *s);

#endif
