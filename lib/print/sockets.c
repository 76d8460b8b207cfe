/* Addresses of sockets, and memory that is gathered and scattered. */
#include "print/printer.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { IOVECS_SHOWN = 16, FDS_SHOWN = 32, IOVEC_SIZE = 16, CMSG_HEAD = 16 };

static void put_unix(struct text *t, const uint8_t *p, size_t n)
{
	const char *path = (const char *)p + offsetof(struct sockaddr_un, sun_path);
	size_t len = n - offsetof(struct sockaddr_un, sun_path);

	if (len == 0)
		return;
	print_str(t, ", sun_path=");
	if (path[0]) {
		print_quoted(t, path, strnlen(path, len), 0, false);
	} else {
		print_char(t, '@');
		print_quoted(t, path + 1, len - 1, 0, false);
	}
}

static void put_inet(struct text *t, const uint8_t *p)
{
	struct sockaddr_in in = LOAD(struct sockaddr_in, p);
	char host[INET_ADDRSTRLEN];

	print_str(t, ", sin_port=htons(");
	print_udec(t, ntohs(in.sin_port));
	print_str(t, "), sin_addr=inet_addr(\"");
	print_str(t, inet_ntop(AF_INET, &in.sin_addr, host, sizeof(host)));
	print_str(t, "\")");
}

static void put_inet6(struct text *t, const uint8_t *p)
{
	struct sockaddr_in6 in = LOAD(struct sockaddr_in6, p);
	char host[INET6_ADDRSTRLEN];

	print_str(t, ", sin6_port=htons(");
	print_udec(t, ntohs(in.sin6_port));
	print_str(t, "), sin6_flowinfo=htonl(");
	print_udec(t, ntohl(in.sin6_flowinfo));
	print_str(t, "), inet_pton(AF_INET6, \"");
	print_str(t, inet_ntop(AF_INET6, &in.sin6_addr, host, sizeof(host)));
	print_str(t, "\", &sin6_addr), sin6_scope_id=");
	print_udec(t, in.sin6_scope_id);
}

static void put_netlink(struct text *t, const uint8_t *p)
{
	struct sockaddr_nl nl = LOAD(struct sockaddr_nl, p);

	print_str(t, ", nl_pid=");
	print_udec(t, nl.nl_pid);
	print_str(t, ", nl_groups=");
	print_hex(t, nl.nl_groups);
}

void print_sockaddr(const struct print_call *c, const uint8_t *p, size_t n)
{
	unsigned family;

	if (n < sizeof(sa_family_t)) {
		print_mem(c->t, "{}", 2);
		return;
	}
	family = LOAD(sa_family_t, p);
	print_str(c->t, "{sa_family=");
	print_enum(c->t, FT_af, family);
	if (family == AF_UNIX) {
		put_unix(c->t, p, n);
	} else if (family == AF_INET && n >= sizeof(struct sockaddr_in)) {
		put_inet(c->t, p);
	} else if (family == AF_INET6 && n >= sizeof(struct sockaddr_in6)) {
		put_inet6(c->t, p);
	} else if (family == AF_NETLINK && n >= sizeof(struct sockaddr_nl)) {
		put_netlink(c->t, p);
	} else if (n > 2) {
		print_str(c->t, ", sa_data=");
		print_quoted(c->t, p + 2, n - 2, 0, c->style->hex);
	}
	print_char(c->t, '}');
}

static const uint8_t *memory_any(const struct print_call *c, uint64_t addr, size_t *n)
{
	const uint8_t *p = print_call_memory(c, addr, D_IN, n);

	return p ? p : print_call_memory(c, addr, D_OUT, n);
}

/* `bytes`: how many there are in all of them; UINT64_MAX: as many as they can hold. */
void print_call_iovec(const struct print_call *c, uint64_t addr, uint64_t count, enum sys_dir dir,
		      uint64_t bytes)
{
	size_t n = 0;
	const uint8_t *p = memory_any(c, addr, &n);
	uint64_t i;

	if (!p) {
		print_pointer(c->t, addr);
		return;
	}
	print_char(c->t, '[');
	for (i = 0; i < count && i < IOVECS_SHOWN && n >= IOVEC_SIZE;
	     i++, p += IOVEC_SIZE, n -= IOVEC_SIZE) {
		uint64_t base = LOAD(uint64_t, p), len = LOAD(uint64_t, p + 8),
			 used = len < bytes ? len : bytes;

		print_str(c->t, i ? ", {iov_base=" : "{iov_base=");
		print_call_buffer(c, base, used, dir);
		print_str(c->t, ", iov_len=");
		print_udec(c->t, len);
		print_char(c->t, '}');
		if (bytes != UINT64_MAX)
			bytes -= used;
	}
	if (i < count)
		print_str(c->t, i ? ", ..." : "...");
	print_char(c->t, ']');
}

static void put_rights(struct text *t, const uint8_t *p, size_t n)
{
	print_char(t, '[');
	for (size_t i = 0; i < n / 4 && i < FDS_SHOWN; i++) {
		if (i)
			print_mem(t, ", ", 2);
		print_dec(t, LOAD(int32_t, p + i * 4));
	}
	print_str(t, n / 4 > FDS_SHOWN ? ", ...]" : "]");
}

static void put_ucred(struct text *t, const uint8_t *p)
{
	struct ucred cred = LOAD(struct ucred, p);

	print_str(t, "{pid=");
	print_dec(t, cred.pid);
	print_str(t, ", uid=");
	print_udec(t, cred.uid);
	print_str(t, ", gid=");
	print_udec(t, cred.gid);
	print_char(t, '}');
}

static void put_cmsg(const struct print_call *c, const uint8_t *p, uint64_t len)
{
	int level = LOAD(int32_t, p + 8), type = LOAD(int32_t, p + 12);
	size_t n = len - CMSG_HEAD;

	print_str(c->t, "{cmsg_len=");
	print_udec(c->t, len);
	print_str(c->t, ", cmsg_level=");
	print_enum(c->t, FT_sol, level);
	print_str(c->t, ", cmsg_type=");
	if (level == SOL_SOCKET)
		print_enum(c->t, FT_scm, type);
	else
		print_dec(c->t, type);
	print_str(c->t, ", cmsg_data=");
	if (level == SOL_SOCKET && type == SCM_RIGHTS)
		put_rights(c->t, p + CMSG_HEAD, n);
	else if (level == SOL_SOCKET && type == SCM_CREDENTIALS && n >= sizeof(struct ucred))
		put_ucred(c->t, p + CMSG_HEAD);
	else
		print_quoted(c->t, p + CMSG_HEAD, n < 32 ? n : 32, n, c->style->hex);
	print_char(c->t, '}');
}

static void put_control(const struct print_call *c, uint64_t addr, uint64_t len, enum sys_dir dir)
{
	size_t n = 0;
	const uint8_t *p =
		dir & D_OUT ? print_call_memory(c, addr, D_OUT, &n) : memory_any(c, addr, &n);
	bool first = true;

	if (!p) {
		print_pointer(c->t, addr);
		return;
	}
	if (n > len)
		n = len;
	print_char(c->t, '[');
	while (n >= CMSG_HEAD) {
		uint64_t one = LOAD(uint64_t, p), step;

		if (one < CMSG_HEAD || one > n)
			break;
		print_comma(c->t, &first);
		put_cmsg(c, p, one);
		step = (one + 7) & ~7ul;
		if (step >= n)
			break;
		p += step;
		n -= step;
	}
	print_char(c->t, ']');
}

/* struct msghdr: name, namelen, iov, iovlen, control, controllen, flags. */
void print_call_msghdr(const struct print_call *c, const uint8_t *p, size_t n, enum sys_dir dir,
		       uint64_t bytes)
{
	struct msghdr m = LOAD(struct msghdr, p);
	struct text *t = c->t;
	const uint8_t *name = m.msg_name ? memory_any(c, (uintptr_t)m.msg_name, &n) : NULL;

	print_str(t, "{msg_name=");
	if (name && m.msg_namelen)
		print_sockaddr(c, name, m.msg_namelen < n ? m.msg_namelen : n);
	else
		print_pointer(t, (uintptr_t)m.msg_name);
	print_str(t, ", msg_namelen=");
	print_udec(t, m.msg_namelen);
	print_str(t, ", msg_iov=");
	print_call_iovec(c, (uintptr_t)m.msg_iov, m.msg_iovlen, dir & D_OUT ? D_OUT : D_IN, bytes);
	print_str(t, ", msg_iovlen=");
	print_udec(t, m.msg_iovlen);
	if (m.msg_controllen) {
		print_str(t, ", msg_control=");
		put_control(c, (uintptr_t)m.msg_control, m.msg_controllen, dir);
	}
	print_str(t, ", msg_controllen=");
	print_udec(t, m.msg_controllen);
	print_str(t, ", msg_flags=");
	print_flags(t, FT_msg, (uint32_t)m.msg_flags);
	print_char(t, '}');
}

static void struct_ucred(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	put_ucred(c->t, p);
}

static void struct_linger(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_str(c->t, "{l_onoff=");
	print_dec(c->t, LOAD(int32_t, p));
	print_str(c->t, ", l_linger=");
	print_dec(c->t, LOAD(int32_t, p + 4));
	print_char(c->t, '}');
}

const struct print_struct print_structs_socket[] = {
	{"ucred", sizeof(struct ucred), struct_ucred},
	{"linger", sizeof(struct linger), struct_linger},
	{NULL, 0, NULL},
};
