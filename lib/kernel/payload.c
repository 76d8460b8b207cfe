/* Reading what a call hands to the kernel, argument by argument, and hashing it.
 *
 * All bytes make one stream, in the order of the arguments; where a piece of it ends is told by the
 * registers or by bytes before. What cannot be read ends its piece, and the number of bytes that
 * could is hashed in its place. */
#include "kernel/payload.h"

#include "instrument/image.h"
#include "kernel/handler.h"
#include "tracee/breakpoints.h"
#include "tracee/reserved.h"
#include "util/alloc.h"
#include "util/size.h"

#include <limits.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <xxhash.h>

/* Bytes of input kept for rr-dump. */
#define KEEP_BUF 32
#define KEEP_STRUCT 1024
#define KEEP_STRV (64u << 10)
#define KEEP_IOVECS 16
#define KEEP_NAME 128
#define KEEP_CONTROL 256

/* Bytes of all arguments but buffers, and of one string of a vector (MAX_ARG_STRLEN). */
#define TOTAL_MAX (64u << 20)
#define STRING_MAX (128u << 10)

struct payload_walk {
	const struct payload_call *c;
	struct kept *kept;
	size_t joined; /* strings of a vector go to the record there, and 1; 0: to their own */
	bool some, cut;
	bool rest;           /* only buffers are read */
	uint64_t from, to;   /* these bytes of them */
	uint64_t passed;     /* bytes of buffers so far */
	uint64_t left;       /* of TOTAL_MAX */
	XXH3_state_t *state; /* of what is in `buf` no more; NULL: everything is */
	size_t n;
	uint8_t buf[64u << 10];
};

/* --- what is kept for printing --- */

static size_t kept_begin(struct kept *k, int arg, uint64_t addr)
{
	struct kept_head h = {.addr = addr, .arg = (uint8_t)arg};

	if (k->len + sizeof(h) > k->cap)
		k->bytes = xrealloc(k->bytes, k->cap = (k->len + sizeof(h)) * 2);
	memcpy(k->bytes + k->len, &h, sizeof(h));
	k->len += sizeof(h);
	return k->len - sizeof(h);
}

/* Appends to the record at `at`, which is the last. */
static void kept_extend(struct kept *k, size_t at, const void *bytes, size_t len)
{
	struct kept_head h;

	if (k->len + len > k->cap)
		k->bytes = xrealloc(k->bytes, k->cap = (k->len + len) * 2);
	memcpy(k->bytes + k->len, bytes, len);
	k->len += len;
	memcpy(&h, k->bytes + at, sizeof(h));
	h.len += len;
	memcpy(k->bytes + at, &h, sizeof(h));
}

void kernel_kept_add(struct kept *k, int arg, uint64_t addr, const void *bytes, size_t len)
{
	kept_extend(k, kept_begin(k, arg, addr), bytes, len);
}

const uint8_t *kernel_kept_next(const struct kept *k, size_t *at, struct kept_head *h)
{
	if (*at >= k->len)
		return NULL;
	memcpy(h, k->bytes + *at, sizeof(*h));
	const uint8_t *bytes = k->bytes + *at + sizeof(*h);
	*at += sizeof(*h) + h->len;
	return bytes;
}

static void keep(struct payload_walk *w, int arg, uint64_t addr, const void *bytes, size_t len)
{
	if (w->kept && len)
		kernel_kept_add(w->kept, arg, addr, bytes, len);
}

/* --- the stream --- */

static void hash_buffer(struct payload_walk *w)
{
	if (!w->state) {
		w->state = XXH3_createState();
		if (!w->state)
			abort();
		XXH3_64bits_reset(w->state);
	}
	XXH3_64bits_update(w->state, w->buf, w->n);
	w->n = 0;
}

static uint64_t hash_end(struct payload_walk *w)
{
	if (!w->state)
		return XXH3_64bits(w->buf, w->n);
	hash_buffer(w);
	uint64_t h = XXH3_64bits_digest(w->state);
	XXH3_freeState(w->state);
	return h;
}

/* Where the next n bytes go. */
static uint8_t *room_for(struct payload_walk *w, size_t n)
{
	if (n > sizeof(w->buf) - w->n)
		hash_buffer(w);
	return w->buf + w->n;
}

static void put(struct payload_walk *w, const void *bytes, size_t n)
{
	if (w->rest)
		return;
	memcpy(room_for(w, n), bytes, n);
	w->n += n;
}

/* The program can read no more than `got` bytes of a piece. */
static void put_end(struct payload_walk *w, uint64_t got)
{
	memcpy(room_for(w, sizeof(got)), &got, sizeof(got));
	w->n += sizeof(got);
}

/* --- memory --- */

/* The program has nothing in the kernel's half of the addresses and in memory that
 * belongs to the tool. */
static size_t of_program(const struct mm *mm, uint64_t addr, size_t n)
{
	if (addr > INT64_MAX || kernel_mm_hides(mm, addr))
		return 0;
	if (!kernel_is_reserved(addr, n))
		return n;
	return AGENT_ADDR - addr;
}

/* Bytes read, fewer where the rest cannot be. */
static size_t fetch(const struct payload_walk *w, uint64_t addr, void *to, size_t n)
{
	struct task *t = w->c->t;
	ssize_t got = (n = of_program(t->mm, addr, n)) ? task_read(t, addr, to, n) : 0;

	if (got <= 0)
		return 0;
	if (w->c->debugged)
		task_hide_breakpoints(t, addr, to, (size_t)got);
	code_show_rewritten(code_of(t->mm), addr, to, (size_t)got);
	return (size_t)got;
}

/* Returns false at what cannot be read. */
static bool stream(struct payload_walk *w, int arg, uint64_t addr, uint64_t len, size_t kept)
{
	uint64_t done = 0;

	while (done < len) {
		size_t n = len - done < sizeof(w->buf) ? len - done : sizeof(w->buf);
		uint8_t *to = room_for(w, n);
		size_t got = fetch(w, addr + done, to, n);
		if (!done && kept)
			keep(w, arg, addr, to, got < kept ? got : kept);
		w->n += got;
		done += got;
		if (got < n) {
			put_end(w, done);
			return false;
		}
	}
	return true;
}

/* kept: how many of the bytes are, at most. */
static void piece(struct payload_walk *w, int arg, uint64_t addr, uint64_t len, size_t kept)
{
	if (!addr || !len)
		return;
	w->some = true;
	if (w->rest)
		return;
	if (len > PAYLOAD_PIECE)
		len = PAYLOAD_PIECE;
	if (len > w->left)
		len = w->left;
	w->left -= len;
	stream(w, arg, addr, len, kept);
}

void payload_read(struct payload_walk *w, int arg, uint64_t addr, uint64_t len)
{
	piece(w, arg, addr, len, KEEP_STRUCT);
}

void payload_read_quietly(struct payload_walk *w, int arg, uint64_t addr, uint64_t len)
{
	piece(w, arg, addr, len, 0);
}

/* A piece of the buffers of a call whose result says how many bytes of them it has taken. */
static void buffer(struct payload_walk *w, int arg, uint64_t addr, uint64_t len, size_t kept)
{
	uint64_t most = w->passed < KERNEL_RW_MAX ? KERNEL_RW_MAX - w->passed : 0,
		 begin = w->passed;

	if (len > most)
		len = most;
	if (!addr || !len)
		return;
	w->some = true;
	w->passed += len;
	if (w->passed > w->to) {
		w->cut = true;
		len = w->to > begin ? w->to - begin : 0;
	}
	uint64_t skip = w->from > begin ? w->from - begin : 0;
	if (skip < len)
		stream(w, arg, addr + skip, len - skip, w->rest ? 0 : kept);
}

/* Of a string, n bytes have been read to buf. Those that are kept end with a NUL, unless the string
 * is longer than any path. */
static void keep_string(struct payload_walk *w, int arg, uint64_t addr, const uint8_t *buf,
			size_t n)
{
	size_t at = w->joined ? w->joined - 1 : n ? kept_begin(w->kept, arg, addr) : 0;

	if (!n || (w->joined && w->kept->len - at >= KEEP_STRV))
		return;
	n = n < PATH_MAX ? n : PATH_MAX - 1;
	kept_extend(w->kept, at, buf, n);
	if (buf[n - 1] && n < PATH_MAX - 1)
		kept_extend(w->kept, at, "", 1);
}

static bool string(struct payload_walk *w, int arg, uint64_t addr, size_t max)
{
	size_t done = 0, kept_at = PATH_MAX;
	bool ends = false, readable = true;

	w->some = true;
	if (w->rest)
		return true;
	const uint8_t *begin = room_for(w, 2 * PATH_MAX);
	while (!ends && readable && done < max && w->left) {
		size_t n = PAGE - ((addr + done) & (PAGE - 1));
		n = !done && n > 256 ? 256 : n; /* most strings are short */
		n = n > max - done ? max - done : n;
		n = n > w->left ? w->left : n;
		uint8_t *to = room_for(w, n);
		size_t got = fetch(w, addr + done, to, n);
		const uint8_t *nul = memchr(to, 0, got);
		ends = nul;
		readable = got == n;
		size_t taken = nul ? (size_t)(nul - to) + 1 : got;
		w->n += taken;
		w->left -= taken;
		done += taken;
		if (w->kept && kept_at && (ends || !readable || done >= kept_at)) {
			keep_string(w, arg, addr, begin, done);
			kept_at = 0;
		}
	}
	if (!ends && !readable)
		put_end(w, done);
	return ends || readable;
}

void payload_read_string(struct payload_walk *w, int arg, uint64_t addr, size_t max)
{
	if (addr)
		string(w, arg, addr, max);
}

/* --- arguments that point to pointers --- */

static void strings(struct payload_walk *w, int arg, uint64_t vec)
{
	uint64_t p[32];
	size_t n, got;

	w->some = true;
	if (w->rest)
		return;
	if (w->kept)
		w->joined = kept_begin(w->kept, arg, vec) + 1;
	for (uint64_t at = vec; w->left >= sizeof(p); at += got) {
		n = PAGE - (at & (PAGE - 1));
		n = n < sizeof(p) && n >= sizeof(*p) ? n / sizeof(*p) * sizeof(*p) : sizeof(p);
		got = fetch(w, at, p, n);
		put(w, p, got);
		w->left -= got;
		for (size_t i = 0; i < got / sizeof(*p); i++)
			if (!p[i] || !string(w, arg, p[i], STRING_MAX))
				goto out;
		if (got < n) {
			put_end(w, at + got - vec);
			break;
		}
	}
out:
	if (w->joined && w->kept->len == w->joined - 1 + sizeof(struct kept_head))
		w->kept->len = w->joined - 1;
	w->joined = 0;
}

/* contents: what the vector points to is read as well; counted: the result says how much. */
static void vector(struct payload_walk *w, int arg, uint64_t addr, uint64_t count, bool contents,
		   bool counted)
{
	struct iovec v[64];

	if (!addr || !count)
		return;
	w->some = true;
	if (count > IOV_MAX) /* EINVAL or EMSGSIZE, before any is read */
		return;
	for (uint64_t i = 0, n, got; i < count; i += n, addr += got) {
		n = count - i < ARRAY_LEN(v) ? count - i : ARRAY_LEN(v);
		got = fetch(w, addr, v, n * sizeof(*v));
		put(w, v, got);
		uint64_t whole = got / sizeof(*v);
		if (!i && !w->rest)
			keep(w, arg, addr, v,
			     (whole < KEEP_IOVECS ? whole : KEEP_IOVECS) * sizeof(*v));
		for (uint64_t k = 0; contents && k < whole; k++)
			(counted ? buffer : piece)(w, arg, (uint64_t)v[k].iov_base, v[k].iov_len,
						   i + k < KEEP_IOVECS ? KEEP_BUF : 0);
		if (whole < n) {
			put_end(w, got);
			return;
		}
	}
}

void payload_read_vector(struct payload_walk *w, int arg, uint64_t addr, uint64_t count)
{
	vector(w, arg, addr, count, true, false);
}

/* Its padding is no part of it, nor are the flags that the kernel only writes. */
static void put_msghdr(struct payload_walk *w, const struct msghdr *m)
{
	const uint64_t v[] = {(uint64_t)m->msg_name, m->msg_namelen,           (uint64_t)m->msg_iov,
			      m->msg_iovlen,         (uint64_t)m->msg_control, m->msg_controllen};

	put(w, v, sizeof(v));
}

static void message(struct payload_walk *w, int arg, uint64_t addr, bool contents, bool counted)
{
	struct msghdr m;

	w->some = true;
	size_t got = fetch(w, addr, &m, sizeof(m));
	if (got < sizeof(m)) {
		put_end(w, got);
		return;
	}
	put_msghdr(w, &m);
	if (!w->rest)
		keep(w, arg, addr, &m, sizeof(m));
	if (contents) {
		piece(w, arg, (uint64_t)m.msg_name,
		      m.msg_namelen < KEEP_NAME ? m.msg_namelen : KEEP_NAME, KEEP_NAME);
		piece(w, arg, (uint64_t)m.msg_control, m.msg_controllen, KEEP_CONTROL);
	}
	vector(w, arg, (uint64_t)m.msg_iov, m.msg_iovlen, contents, counted);
}

#define MMSGHDR_SIZE 64 /* struct msghdr, then msg_len */
#define MMSGHDRS_MAX 1024

static void messages(struct payload_walk *w, int arg, uint64_t addr, uint64_t count, bool contents)
{
	for (uint64_t i = 0; i < count && i < MMSGHDRS_MAX; i++)
		message(w, arg, addr + i * MMSGHDR_SIZE, contents, false);
}

/* --- structs that point to more --- */

static void read_sigset_argpack(struct payload_walk *w, int arg, uint64_t addr)
{
	uint64_t v[2];

	payload_read(w, arg, addr, sizeof(v));
	if (fetch(w, addr, v, sizeof(v)) == sizeof(v))
		payload_read(w, arg, v[0], v[1] < 128 ? v[1] : 128);
}

static void read_sock_fprog(struct payload_walk *w, int arg, uint64_t addr)
{
	struct sock_fprog f;
	size_t got = fetch(w, addr, &f, sizeof(f));

	w->some = true;
	keep(w, arg, addr, &f, got);
	if (got < sizeof(f)) {
		put_end(w, got);
		return;
	}
	put(w, &f.len, sizeof(f.len));
	put(w, &f.filter, sizeof(f.filter));
	payload_read(w, arg, (uint64_t)f.filter, f.len * sizeof(*f.filter));
}

static const struct {
	const char *name;
	void (*read)(struct payload_walk *w, int arg, uint64_t addr);
} nested[] = {
	{"sigset_argpack", read_sigset_argpack},
	{"sock_fprog", read_sock_fprog},
};

/* Whether the struct is one of them; it has been read then. */
static bool read_nested(struct payload_walk *w, int arg, uint64_t addr)
{
	const struct sys_arg *a =
		subcode_arg(w->c->desc, w->c->code, (unsigned)arg); /* as.STRUCT too */

	if (a->type != T_STRUCT || a->len_src != LEN_FIXED || w->rest)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(nested); i++)
		if (!strcmp(subcode_struct_name(a->sub), nested[i].name)) {
			nested[i].read(w, arg, addr);
			return true;
		}
	return false;
}

/* --- calls --- */

const struct sys_arg *kernel_payload_arg(const struct sys_desc *d, const struct subcode *code,
					 int i)
{
	const struct sys_arg *a = subcode_arg(d, code, (unsigned)i);

	return a->dir == D_NONE ? &d->args[i] : a;
}

const struct payload_call *payload_of(const struct payload_walk *w)
{
	return w->c;
}

static uint64_t length(const struct payload_call *c, const struct sys_arg *a, int i)
{
	struct sys_values v = {.args = c->args, .read = task_read_ctx, .ctx = c->t};
	uint64_t n = systab_length(a, i, &v);

	return n == SYS_LENGTH_UNKNOWN ? 0 : n;
}

/* Its result says how many bytes of its buffers the call has taken. */
static bool is_counted(const struct sys_desc *d)
{
	return d->handler == SYSH_write || d->handler == SYSH_splice;
}

static bool is_vector(const struct sys_arg *a)
{
	return a->type == T_IOVEC || a->type == T_MSGHDR || a->type == T_MMSGHDR;
}

static void read_arg(struct payload_walk *w, const struct sys_arg *a, int i)
{
	bool counted = is_counted(w->c->desc), in = a->dir & D_IN;
	uint64_t p = w->c->args[i], n = length(w->c, a, i);

	switch (a->type) {
	case T_IOVEC: vector(w, i, p, n, in, counted); break;
	case T_MSGHDR: message(w, i, p, in, counted); break;
	case T_MMSGHDR: messages(w, i, p, n, in); break;
	case T_PATH:
	case T_STR: string(w, i, p, PATH_MAX); break;
	case T_STRV: strings(w, i, p); break;
	case T_BUF:
		if (!read_nested(w, i, p))
			(counted ? buffer : piece)(w, i, p, n, KEEP_BUF);
		break;
	case T_STRUCT:
		if (!read_nested(w, i, p))
			piece(w, i, p, n < PAYLOAD_PIECE / a->unit ? n * a->unit : PAYLOAD_PIECE,
			      KEEP_STRUCT);
		break;
	case T_SOCKADDR: piece(w, i, p, n < KEEP_NAME ? n : KEEP_NAME, KEEP_NAME); break;
	case T_FDSET: piece(w, i, p, n, KEEP_STRUCT); break;
	default: break;
	}
}

static void walk(struct payload_walk *w)
{
	const struct payload_call *c = w->c;
	const struct call_handler *h = kernel_handlers[c->desc->handler];

	for (int i = 0; i < c->desc->nargs; i++) {
		const struct sys_arg *a = kernel_payload_arg(c->desc, c->code, i);
		if (c->args[i] && ((a->dir & D_IN) || is_vector(a)))
			read_arg(w, a, i);
	}
	if (w->rest)
		return;
	kernel_members_read(w);
	if (h && h->reads)
		h->reads(w);
}

static bool may_read(const struct payload_call *c)
{
	const struct call_handler *h = kernel_handlers[c->desc->handler];
	bool may = h && h->reads;

	for (int i = 0; i < c->desc->nargs && !may; i++) {
		const struct sys_arg *a = kernel_payload_arg(c->desc, c->code, i);
		may = c->args[i] && ((a->dir & D_IN) || is_vector(a));
	}
	return may;
}

static void walk_begin(struct payload_walk *w, const struct payload_call *c, struct kept *kept)
{
	/* `buf` stays as it is */
	w->c = c;
	w->kept = kept;
	w->joined = 0;
	w->some = w->cut = w->rest = false;
	w->from = w->passed = 0;
	w->to = PAYLOAD_HEAD;
	w->left = TOTAL_MAX;
	w->state = NULL;
	w->n = 0;
}

struct payload kernel_payload_begin(const struct payload_call *c, struct kept *kept)
{
	struct payload_walk w;

	if (!may_read(c))
		return (struct payload){0};
	walk_begin(&w, c, kept);
	walk(&w);
	return (struct payload){hash_end(&w), w.some, w.cut};
}

/* The hash of the bytes of the buffers after PAYLOAD_HEAD. */
static uint64_t rest(const struct payload_call *c, uint64_t bytes)
{
	struct payload_walk w;

	walk_begin(&w, c, NULL);
	w.rest = true;
	w.from = PAYLOAD_HEAD;
	w.to = bytes;
	walk(&w);
	return hash_end(&w);
}

uint32_t kernel_payload_end(const struct payload_call *c, const struct payload *p, uint64_t bytes)
{
	uint64_t h = p->head;

	if (!p->some)
		return 0;
	if (p->cut && bytes > PAYLOAD_HEAD) {
		const uint64_t both[2] = {h, rest(c, bytes)};
		h = XXH3_64bits(both, sizeof(both));
	}
	uint32_t folded = (uint32_t)(h ^ h >> 32);
	return folded ? folded : 1;
}
