#include "gdb/session.h"
#include "util/util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool memory_read(struct session *s, pid_t tid, uint64_t addr, void *buf, size_t n)
{
	return debug_read(s->debug, tid, addr, buf, n) == (ssize_t)n;
}

bool memory_string(struct session *s, pid_t tid, uint64_t addr, char *text, size_t room)
{
	ssize_t n = debug_read(s->debug, tid, addr, text, room - 1);

	if (n < 0)
		return false;
	text[n] = '\0';
	return (size_t)n < room - 1 || strlen(text) < room - 1;
}

/* --- m and x
 * --------------------------------------------------------------------------------------------------
 */

/* As much as is there, at most a packet's worth; malloc'd. NULL after an error reply. */
static uint8_t *memory_load(struct session *s, struct cursor *in, size_t *n)
{
	const struct debug_thread *t = thread_general(s);
	uint64_t addr, len;

	if (!take_range(in, &addr, &len) || !at_end(in) || !t) {
		reply_error(s, EINVAL);
		return NULL;
	}
	if (len > PACKET_MAX / 2)
		len = PACKET_MAX / 2;
	uint8_t *bytes = xmalloc(len);
	ssize_t got = len ? debug_read(s->debug, t->tid, addr, bytes, len) : 0;
	if (got < 0) {
		free(bytes);
		reply_error(s, EFAULT);
		return NULL;
	}
	*n = (size_t)got;
	return bytes;
}

void memory_get(struct session *s, struct cursor *in)
{
	size_t n;
	uint8_t *bytes = memory_load(s, in, &n);

	if (bytes)
		reply_hex(s, bytes, n);
	free(bytes);
}

void memory_get_binary(struct session *s, struct cursor *in)
{
	size_t n;
	uint8_t *bytes = memory_load(s, in, &n);

	if (bytes) {
		reply_text(s, "b");
		reply_bytes(s, bytes, n);
	}
	free(bytes);
}

/* --- M and X
 * --------------------------------------------------------------------------------------------------
 */

static void memory_store(struct session *s, uint64_t addr, const void *bytes, size_t n)
{
	const struct debug_thread *t = thread_general(s);

	if (!t || (n && debug_write(s->debug, t->tid, addr, bytes, n)))
		reply_error(s, EFAULT);
	else
		reply_ok(s);
}

void memory_set(struct session *s, struct cursor *in)
{
	uint64_t addr, len;

	if (!take_range(in, &addr, &len) || !take_char(in, ':') ||
	    len != (uint64_t)(in->end - in->p) / 2) {
		reply_error(s, EINVAL);
		return;
	}
	uint8_t *bytes = xmalloc(len);
	if (take_bytes(in, bytes, len) && at_end(in))
		memory_store(s, addr, bytes, len);
	else
		reply_error(s, EINVAL);
	free(bytes);
}

void memory_set_binary(struct session *s, struct cursor *in)
{
	uint64_t addr, len;

	if (take_range(in, &addr, &len) && take_char(in, ':') && len == (uint64_t)(in->end - in->p))
		memory_store(s, addr, in->p, len);
	else
		reply_error(s, EINVAL);
}

/* --- over stretches of memory
 * --------------------------------------------------------------------------------- */

#define STRETCH (64u << 10)

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
void query_crc(struct session *s, struct cursor *in)
{
	const struct debug_thread *t = thread_general(s);
	uint32_t crc = 0xffffffff;
	uint64_t addr, len;

	if (!take_char(in, ':') || !take_range(in, &addr, &len) || !at_end(in) || !t) {
		reply_error(s, EINVAL);
		return;
	}
	uint8_t *bytes = xmalloc(STRETCH);
	for (size_t n; len && !wire_interrupted(&s->wire); addr += n, len -= n) {
		n = len < STRETCH ? (size_t)len : STRETCH;
		if (!memory_read(s, t->tid, addr, bytes, n))
			break;
		crc = crc_add(crc, bytes, n);
	}
	free(bytes);
	if (len)
		reply_error(s, EFAULT);
	else
		reply_format(s, "C%x", crc);
}

/* Address of the first place in [addr, addr + len), as far as there is memory. Stretches overlap.
 */
static bool search(struct session *s, pid_t tid, uint64_t addr, uint64_t len, const void *pattern,
		   size_t size, uint64_t *at)
{
	uint8_t *bytes = xmalloc(STRETCH + size);
	bool found = false;

	while (len >= size && !found && !wire_interrupted(&s->wire)) {
		size_t want = len < STRETCH + size ? (size_t)len : STRETCH + size;
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
void query_search(struct session *s, struct cursor *in)
{
	const struct debug_thread *t = thread_general(s);
	uint64_t addr, len, at;

	if (!take_word(in, ":memory:") || !take_hex(in, &addr) || !take_char(in, ';') ||
	    !take_hex(in, &len) || !take_char(in, ';') || at_end(in) || !t)
		reply_error(s, EINVAL);
	else if (search(s, t->tid, addr, len, in->p, (size_t)(in->end - in->p), &at))
		reply_format(s, "1,%lx", at);
	else
		reply_text(s, "0");
}
