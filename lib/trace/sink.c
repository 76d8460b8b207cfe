#include "trace/sink.h"

#include "trace/error.h"
#include "trace/record_codec.h"
#include "util/alloc.h"
#include "util/clock.h"
#include "util/deflate.h"
#include "util/file_io.h"
#include "util/thread.h"

#include <bsd/sys/queue.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	/* Buffers that are queued or being written, 12 MiB, besides one that is being filled for
	 * each stream. */
	NSPARE = 24,
	/* If so many are queued, there is no time to compress them. With more, filling them would
	 * miss the CPU's caches, too. */
	NLATE = 3,
	/* A recorder that is killed loses no more than this. */
	OLDEST_NS = 100000000,
	/* Compression may add one such part to the time that a recording takes. */
	TAKEN_PART = 40,
	/* Bytes per us: the assumed rate of compression before there is a measurement, and of
	 * storing and writing. */
	USUAL_RATE = 400,
	STORED_RATE = 1000,
	LEVEL = 1
};

struct buffer {
	STAILQ_ENTRY(buffer) link;
	struct block_header header;
	uint8_t raw[TRACE_MAX_BLOCK_RAW];
};

STAILQ_HEAD(buffers, buffer);

struct sink {
	char *dir;
	pthread_t thread;
	pthread_mutex_t lock;
	/* for the thread: a buffer is queued, or the first record put, or `stop` */
	pthread_cond_t work;
	pthread_cond_t room; /* for the caller: a buffer is free again, or all is written */
	struct buffer *filling[NSTREAMS];
	struct codec *codecs[NSTREAMS];
	struct buffers queue, unused;
	unsigned queued;
	size_t queued_bytes;
	bool busy, flushing, stop;
	uint64_t oldest_ns; /* when the first record not handed over was put; 0: there is none */
	uint64_t records[NSTREAMS];
	uint64_t start_ns;
	bool shared; /* the thread runs on the CPU of the recorded tasks */
	struct sink_file files[NSTREAMS];
	int error; /* errno, and the file's stream */
	enum trace_stream error_stream;
	/* the thread's alone */
	struct deflater *z, *stored; /* the other does not compress */
	uint8_t *packed;
	uint64_t compressed, compressing_ns; /* bytes, and its own time for them */
	uint64_t taken_ns;                   /* of that, what the caller missed */
};

/* --- the thread ---- */

/* For readers a partial block would be the end of the file; truncate it if that is possible. */
static int block_write(struct sink *s, struct sink_file *f, size_t len)
{
	if (write_all(f->fd, s->packed, len) == 0)
		return 0;
	int error = errno;
	if (ftruncate(f->fd, (off_t)f->size) == 0)
		lseek(f->fd, (off_t)f->size, SEEK_SET);
	return error;
}

static uint64_t thread_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Whether compression delays the recorded tasks. Called with the lock held. */
static bool time_is_taken(const struct sink *s)
{
	return s->shared || s->flushing;
}

/* Called with the lock held. The recorded program never waits for compression: if it produces data
 * faster, that is stored uncompressed. Nor must the rest take long if the program ends now. */
static bool can_compress(const struct sink *s, size_t len)
{
	uint64_t need =
		s->compressed ? s->compressing_ns * len / s->compressed : len * 1000 / USUAL_RATE;

	if (!time_is_taken(s))
		need = need / 2 + s->queued_bytes * 1000 / STORED_RATE;
	return s->queued < NLATE &&
	       s->taken_ns + need <= (clock_now_ns() - s->start_ns) / TAKEN_PART;
}

static size_t block_compress(struct sink *s, struct buffer *b, bool taken)
{
	uint64_t before = thread_ns();
	size_t len = block_pack(s->z, &b->header, b->raw, s->packed);
	uint64_t ns = thread_ns() - before;

	s->compressed += b->header.raw_len;
	s->compressing_ns += ns;
	s->taken_ns += taken ? ns : 0;
	return len;
}

/* Called and left with the lock held. */
static void buffer_write(struct sink *s, struct buffer *b)
{
	struct sink_file f = s->files[b->header.stream];
	bool compress = can_compress(s, b->header.raw_len), taken = time_is_taken(s);
	int error = s->error;

	if (!error) {
		pthread_mutex_unlock(&s->lock);
		b->header.seq = f.blocks;
		size_t len = compress ? block_compress(s, b, taken)
				      : block_pack(s->stored, &b->header, b->raw, s->packed);
		error = block_write(s, &f, len);
		f.crc = crc32_add(f.crc, s->packed, len);
		f.size += len;
		f.blocks++;
		pthread_mutex_lock(&s->lock);
		if (error) {
			s->error = error;
			s->error_stream = b->header.stream;
		} else {
			s->files[b->header.stream] = f;
		}
	}
	STAILQ_INSERT_HEAD(&s->unused, b, link);
	pthread_cond_broadcast(&s->room);
}

static bool buffers_hand_over(struct sink *s);

static void sink_wait(struct sink *s)
{
	uint64_t due = s->oldest_ns + OLDEST_NS;
	struct timespec ts = {(time_t)(due / 1000000000), (long)(due % 1000000000)};

	if (!s->oldest_ns)
		pthread_cond_wait(&s->work, &s->lock);
	else if (clock_now_ns() >= due ||
		 pthread_cond_timedwait(&s->work, &s->lock, &ts) == ETIMEDOUT)
		buffers_hand_over(s);
}

static void *sink_run(void *arg)
{
	struct sink *s = arg;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		struct buffer *b = STAILQ_FIRST(&s->queue);
		if (!b && s->stop)
			break;
		if (!b) {
			sink_wait(s);
			continue;
		}
		STAILQ_REMOVE_HEAD(&s->queue, link);
		s->queued--;
		s->queued_bytes -= b->header.raw_len;
		s->busy = true;
		buffer_write(s, b);
		s->busy = false;
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* --- the caller ---- */

static int sink_error(struct sink *s)
{
	return trace_fail("%s/%s: %s", s->dir, trace_stream_names[s->error_stream],
			  strerror(s->error));
}

/* Queues the buffer that is being filled for the stream and takes an unused one instead. False:
 * there is none. */
static bool buffer_hand_over(struct sink *s, enum trace_stream stream)
{
	struct buffer *b = s->filling[stream], *fresh = STAILQ_FIRST(&s->unused);

	if (!b->header.count)
		return true;
	if (!fresh)
		return false;
	b->header.data_end = s->records[STREAM_DATA];
	b->header.mmaps_end = s->records[STREAM_MMAPS];
	STAILQ_INSERT_TAIL(&s->queue, b, link);
	s->queued++;
	s->queued_bytes += b->header.raw_len;
	STAILQ_REMOVE_HEAD(&s->unused, link);
	memset(&fresh->header, 0, sizeof(fresh->header));
	fresh->header.stream = stream;
	s->filling[stream] = fresh;
	pthread_cond_signal(&s->work);
	return true;
}

/* Queues the buffers of all streams, events last. False: buffers ran out. */
static bool buffers_hand_over(struct sink *s)
{
	for (unsigned i = 0; i < NSTREAMS; i++)
		if (!buffer_hand_over(s, i))
			return false;
	s->oldest_ns = 0;
	return true;
}

/* Events must not overtake the records that they own. */
static bool stream_hand_over(struct sink *s, enum trace_stream stream)
{
	return stream == STREAM_EVENTS ? buffers_hand_over(s) : buffer_hand_over(s, stream);
}

static bool buffer_takes(struct sink *s, enum trace_stream stream, const void *record)
{
	const struct buffer *b = s->filling[stream];

	if (stream == STREAM_EVENTS &&
	    codec_full(s->codecs[stream], ((const struct trace_event *)record)->tid))
		return false;
	return b->header.raw_len + codec_bound(stream, record) <= sizeof(b->raw);
}

static void buffer_add(struct sink *s, enum trace_stream stream, uint64_t event, const void *record)
{
	struct buffer *b = s->filling[stream];
	struct codec *c = s->codecs[stream];

	if (!b->header.count) {
		b->header.first_event = event;
		codec_reset(c, event);
	}
	b->header.raw_len = (uint32_t)(codec_put(c, b->raw + b->header.raw_len, record) - b->raw);
	b->header.count++;
	s->records[stream]++;
	if (!s->oldest_ns) {
		s->oldest_ns = clock_now_ns();
		pthread_cond_signal(&s->work);
	}
}

int sink_put(struct sink *s, enum trace_stream stream, uint64_t event, const void *record)
{
	const char *why = codec_check(stream, record);
	int rc = 0;

	if (why)
		return trace_fail("%s/%s: event %llu: %s", s->dir, trace_stream_names[stream],
				  (unsigned long long)event, why);
	pthread_mutex_lock(&s->lock);
	while (!s->error && s->filling[stream]->header.count && !buffer_takes(s, stream, record))
		if (!stream_hand_over(s, stream))
			pthread_cond_wait(&s->room, &s->lock);
	if (s->error)
		rc = sink_error(s);
	else
		buffer_add(s, stream, event, record);
	/* The first event and its records are written at once, so that there is a trace from then
	 * on. */
	if (stream == STREAM_EVENTS && s->records[stream] == 1)
		buffers_hand_over(s);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

int sink_flush(struct sink *s)
{
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	s->flushing = true;
	while (!buffers_hand_over(s) || !STAILQ_EMPTY(&s->queue) || s->busy)
		pthread_cond_wait(&s->room, &s->lock);
	s->flushing = false;
	if (s->error)
		rc = sink_error(s);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

int sink_finish(struct sink *s, struct sink_file files[NSTREAMS])
{
	int rc = sink_flush(s);

	memcpy(files, s->files, sizeof(s->files));
	return rc;
}

/* All but the thread. */
static void sink_release(struct sink *s)
{
	for (struct buffer *b; (b = STAILQ_FIRST(&s->unused));) {
		STAILQ_REMOVE_HEAD(&s->unused, link);
		free(b);
	}
	for (unsigned i = 0; i < NSTREAMS; i++) {
		free(s->filling[i]);
		codec_free(s->codecs[i]);
		close(s->files[i].fd);
	}
	deflater_free(s->z);
	deflater_free(s->stored);
	pthread_cond_destroy(&s->work);
	pthread_cond_destroy(&s->room);
	pthread_mutex_destroy(&s->lock);
	free(s->packed);
	free(s->dir);
	free(s);
}

struct sink *sink_new(const char *dir, const int fds[NSTREAMS])
{
	struct sink *s = xcalloc(1, sizeof(*s));
	pthread_condattr_t attr;

	s->dir = xstrdup(dir);
	s->packed = xmalloc(block_bound(TRACE_MAX_BLOCK_RAW));
	s->z = deflater_new(LEVEL);
	s->stored = deflater_new(0);
	STAILQ_INIT(&s->queue);
	STAILQ_INIT(&s->unused);
	for (unsigned i = 0; i < NSTREAMS; i++) {
		s->filling[i] = xmalloc(sizeof(struct buffer));
		memset(&s->filling[i]->header, 0, sizeof(s->filling[i]->header));
		s->filling[i]->header.stream = (uint8_t)i;
		s->codecs[i] = codec_new(i);
		s->files[i].fd = fds[i];
	}
	for (unsigned i = 0; i < NSPARE; i++) {
		struct buffer *b = xmalloc(sizeof(*b));
		STAILQ_INSERT_HEAD(&s->unused, b, link);
	}
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->work, &attr);
	pthread_cond_init(&s->room, NULL);
	pthread_condattr_destroy(&attr);

	s->start_ns = clock_now_ns();
	int error = thread_start(&s->thread, sink_run, s);
	if (error) {
		trace_fail("%s: can't start the compressing thread: %s", dir, strerror(error));
		sink_release(s);
		return NULL;
	}
	return s;
}

void sink_spare_cpu(struct sink *s, int cpu)
{
	cpu_set_t set;

	if (cpu < 0 || cpu >= CPU_SETSIZE || pthread_getaffinity_np(s->thread, sizeof(set), &set))
		return;
	CPU_CLR(cpu, &set);
	bool shared = pthread_setaffinity_np(s->thread, sizeof(set), &set) != 0;
	pthread_mutex_lock(&s->lock);
	s->shared = shared;
	pthread_mutex_unlock(&s->lock);
}

void sink_free(struct sink *s)
{
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->work);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	sink_release(s);
}
