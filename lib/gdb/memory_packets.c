/* Packets about memory. */
#include "gdb/inferiors.h"
#include "gdb/packets.h"
#include "gdb/reply.h"
#include "gdb/target.h"
#include "util/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- reading: m, x --- */

/* What can be read, at most as much as a packet holds; malloc'd. NULL: an error was replied. */
static uint8_t *memory_load(struct session *s, struct cursor *in, size_t *n)
{
	const struct debug_thread *t = gdb_thread_general(s);
	uint64_t addr, len;

	if (!gdb_take_range(in, &addr, &len) || !gdb_at_end(in) || !t) {
		gdb_reply_error(s, EINVAL);
		return NULL;
	}
	if (len > PACKET_MAX / 2)
		len = PACKET_MAX / 2;
	uint8_t *bytes = xmalloc(len);
	ssize_t got = len ? debug_read(s->debug, t->tid, addr, bytes, len) : 0;
	if (got < 0) {
		free(bytes);
		gdb_reply_error(s, EFAULT);
		return NULL;
	}
	*n = (size_t)got;
	return bytes;
}

/* m addr,length */
void gdb_memory_get(struct session *s, struct cursor *in)
{
	size_t n;
	uint8_t *bytes = memory_load(s, in, &n);

	if (bytes)
		gdb_reply_hex(s, bytes, n);
	free(bytes);
}

/* x addr,length */
void gdb_memory_get_binary(struct session *s, struct cursor *in)
{
	size_t n;
	uint8_t *bytes = memory_load(s, in, &n);

	if (bytes) {
		gdb_reply_text(s, "b");
		gdb_reply_bytes(s, bytes, n);
	}
	free(bytes);
}

/* --- writing: M, X --- */

static void memory_store(struct session *s, uint64_t addr, const void *bytes, size_t n)
{
	const struct debug_thread *t = gdb_thread_general(s);

	if (!t || (n && debug_write(s->debug, t->tid, addr, bytes, n)))
		gdb_reply_error(s, EFAULT);
	else
		gdb_reply_ok(s);
}

/* M addr,length:hexadecimal digits */
void gdb_memory_set(struct session *s, struct cursor *in)
{
	uint64_t addr, len;

	if (!gdb_take_range(in, &addr, &len) || !gdb_take_char(in, ':') ||
	    len != (uint64_t)(in->end - in->p) / 2) {
		gdb_reply_error(s, EINVAL);
		return;
	}
	uint8_t *bytes = xmalloc(len);
	if (gdb_take_bytes(in, bytes, len) && gdb_at_end(in))
		memory_store(s, addr, bytes, len);
	else
		gdb_reply_error(s, EINVAL);
	free(bytes);
}

/* X addr,length:bytes */
void gdb_memory_set_binary(struct session *s, struct cursor *in)
{
	uint64_t addr, len;

	if (gdb_take_range(in, &addr, &len) && gdb_take_char(in, ':') &&
	    len == (uint64_t)(in->end - in->p))
		memory_store(s, addr, in->p, len);
	else
		gdb_reply_error(s, EINVAL);
}

/* --- large ranges of memory --- */

#define CHUNK (64u << 10)

/* The CRC-32 of gdb's manual, "Separate Debug Files": highest bit first, nothing inverted. */
static uint32_t crc_add(uint32_t crc, const uint8_t *bytes, size_t n)
{
	while (n--) {
		crc ^= (uint32_t)*bytes++ << 24;
		for (int bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc >> 31 ? 0x04c11db7 : 0);
	}
	return crc;
}

/* qCRC:addr,length */
void gdb_query_crc(struct session *s, struct cursor *in)
{
	const struct debug_thread *t = gdb_thread_general(s);
	uint32_t crc = 0xffffffff;
	uint64_t addr, len;

	if (!gdb_take_char(in, ':') || !gdb_take_range(in, &addr, &len) || !gdb_at_end(in) || !t) {
		gdb_reply_error(s, EINVAL);
		return;
	}
	uint8_t *bytes = xmalloc(CHUNK);
	for (size_t n; len && !gdb_wire_interrupted(&s->wire); addr += n, len -= n) {
		n = len < CHUNK ? (size_t)len : CHUNK;
		if (!gdb_memory_read(s, t->tid, addr, bytes, n))
			break;
		crc = crc_add(crc, bytes, n);
	}
	free(bytes);
	if (len)
		gdb_reply_error(s, EFAULT);
	else
		gdb_reply_format(s, "C%x", crc);
}

/* Address of the first match in [addr, addr + len), up to the first unreadable byte. Reads overlap,
 * so that a match across two of them is found. */
static bool search(struct session *s, pid_t tid, uint64_t addr, uint64_t len, const void *pattern,
		   size_t size, uint64_t *at)
{
	uint8_t *bytes = xmalloc(CHUNK + size);
	bool found = false;

	while (len >= size && !found && !gdb_wire_interrupted(&s->wire)) {
		size_t want = len < CHUNK + size ? (size_t)len : CHUNK + size;
		ssize_t n = debug_read(s->debug, tid, addr, bytes, want);
		if (n < (ssize_t)size)
			break;
		const uint8_t *hit = memmem(bytes, (size_t)n, pattern, size);
		found = hit != NULL;
		*at = found ? addr + (uint64_t)(hit - bytes) : 0;
		addr += (uint64_t)n - size + 1;
		len -= (uint64_t)n - size + 1;
	}
	free(bytes);
	return found;
}

/* qSearch:memory:addr;length;pattern */
void gdb_query_search(struct session *s, struct cursor *in)
{
	const struct debug_thread *t = gdb_thread_general(s);
	uint64_t addr, len, at;

	if (!gdb_take_word(in, ":memory:") || !gdb_take_hex(in, &addr) || !gdb_take_char(in, ';') ||
	    !gdb_take_hex(in, &len) || !gdb_take_char(in, ';') || gdb_at_end(in) || !t)
		gdb_reply_error(s, EINVAL);
	else if (search(s, t->tid, addr, len, in->p, (size_t)(in->end - in->p), &at))
		gdb_reply_format(s, "1,%lx", at);
	else
		gdb_reply_text(s, "0");
}
