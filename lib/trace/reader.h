/* The reader, shared by opening (open.c), reading (reader.c) and checking (integrity.c). Private to
 * lib/trace. */
#ifndef RR_TRACE_READER_H
#define RR_TRACE_READER_H

#include "trace/meta.h"
#include "trace/record_codec.h"
#include "trace/stream.h"
#include "trace/trace.h"

/* The records of one stream that the event just read owns. */
struct owned {
	union {
		uint64_t event; /* the first member of both */
		struct trace_data_record data;
		struct trace_map_record map;
	} record;
	bool held;     /* `record` has been read and not handed out */
	bool found;    /* the stream is at records of this event or of one before */
	uint32_t left; /* not handed out yet */
};

struct trace_reader {
	char *dir;
	int dirfd, filesfd; /* filesfd: -1 as long as there is none */
	bool follow, complete;
	struct trace_meta meta;
	char uuid[UUID_LEN + 1];
	uint64_t args_env_size;
	uint32_t args_env_crc;
	struct trace_version version; /* if the trace is complete */
	struct stream streams[NSTREAMS];
	struct owned owned[NSTREAMS]; /* of data and mmaps */
	uint64_t num;                 /* of the event just read */
	int32_t tid;                  /* and its task */
	bool failed;                  /* until a seek */
	char error[8192];
	/* trace_check(): copies that have been looked at, sorted by name */
	struct checked_copy {
		char *name;
		uint64_t size, sum;
	} * checked;
	size_t nchecked;
	/* trace_check_code() */
	const char *(*code)(int fd);
};

/* Both set the error and return -1. The second names the stream and the event. */
__attribute__((format(printf, 2, 3))) int reader_fail(struct trace_reader *r, const char *fmt, ...);
int reader_stream_fail(struct trace_reader *r, enum trace_stream id, uint64_t event);
/* Reads `version`. 1; there is none: 0; it belongs to another trace: -1. */
int reader_version(struct trace_reader *r);
/* The contents of args_env with a NUL added; malloc'd. NULL with trace_strerror(). */
char *trace_args_env(struct trace_reader *r, size_t *len);
/* Holds the next record of the stream that belongs to event r->num or a later one. 1; none: 0;
 * -1. */
int reader_hold(struct trace_reader *r, enum trace_stream id);
/* The directory of copies, r->filesfd; -1 and errno. */
int reader_files_open(struct trace_reader *r);
/* A plain file of the trace, for reading; -1 and errno. */
int reader_file_open(int at, const char *name);
/* Sets the error by errno, for this file of the trace, and returns -1. */
int reader_file_fail(struct trace_reader *r, const char *name);

#endif
