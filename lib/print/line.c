#include "print/line.h"

#include "trace/systab.h"

#include <ctype.h>
#include <signal.h>

static const char hex_digits[] = "0123456789abcdef";

static void flush_json(struct text *t)
{
	char out[2 * sizeof(t->room)];
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (t->room[i] == '"' || t->room[i] == '\\')
			out[n++] = '\\';
		out[n++] = t->room[i];
	}
	fwrite_unlocked(out, 1, n, t->out);
}

void print_flush(struct text *t)
{
	if (t->json)
		flush_json(t);
	else
		fwrite_unlocked(t->room, 1, t->n, t->out);
	t->n = 0;
}

void print_json_begin(struct text *t)
{
	print_flush(t);
	t->json = true;
}

void print_json_end(struct text *t)
{
	print_flush(t);
	t->json = false;
}

void print_mem(struct text *t, const char *s, size_t n)
{
	while (n > sizeof(t->room) - t->n) {
		size_t part = sizeof(t->room) - t->n;

		memcpy(t->room + t->n, s, part);
		t->n += part;
		s += part;
		n -= part;
		print_flush(t);
	}
	memcpy(t->room + t->n, s, n);
	t->n += n;
}

void print_udec(struct text *t, uint64_t v)
{
	char digits[20];
	size_t i = sizeof(digits);

	do
		digits[--i] = '0' + v % 10;
	while ((v /= 10));
	print_mem(t, digits + i, sizeof(digits) - i);
}

void print_dec(struct text *t, int64_t v)
{
	if (v < 0)
		print_char(t, '-');
	print_udec(t, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void print_hex(struct text *t, uint64_t v)
{
	char digits[18];
	size_t i = sizeof(digits);

	do
		digits[--i] = hex_digits[v & 15];
	while ((v >>= 4));
	digits[--i] = 'x';
	digits[--i] = '0';
	print_mem(t, digits + i, sizeof(digits) - i);
}

void print_octal(struct text *t, uint64_t v)
{
	char digits[24];
	size_t i = sizeof(digits);

	if (!v) {
		print_str(t, "000");
		return;
	}
	while (v) {
		digits[--i] = '0' + (v & 7);
		v >>= 3;
	}
	digits[--i] = '0';
	print_mem(t, digits + i, sizeof(digits) - i);
}

void print_nine(struct text *t, uint64_t ns)
{
	char digits[9];

	for (int i = 8; i >= 0; i--, ns /= 10)
		digits[i] = '0' + ns % 10;
	print_mem(t, digits, sizeof(digits));
}

void print_pointer(struct text *t, uint64_t v)
{
	if (v)
		print_hex(t, v);
	else
		print_str(t, "NULL");
}

void print_comma(struct text *t, bool *first)
{
	if (!*first)
		print_mem(t, ", ", 2);
	*first = false;
}

/* A mark is a place in `room`. Columns are short, so no flush comes between a mark and its pad. */
size_t print_mark(struct text *t)
{
	if (t->n > sizeof(t->room) / 2)
		print_flush(t);
	return t->n;
}

void print_pad(struct text *t, size_t from, size_t width)
{
	while (t->n < from + width)
		print_char(t, ' ');
}

void print_column(struct text *t, const struct print_style *style, size_t from, size_t width)
{
	if (style->align) {
		print_pad(t, from, width);
		print_mem(t, "  ", 2);
	} else {
		print_char(t, '\t');
	}
}

/* The character after the backslash. 0: the byte is printed as it is; 1: in octal. */
static const char escapes[256] = {
	[0 ... 8] = 1, ['\t'] = 't',    ['\n'] = 'n', ['\v'] = 'v',  ['\f'] = 'f',
	['\r'] = 'r',  [14 ... 31] = 1, ['"'] = '"',  ['\\'] = '\\', [127 ... 255] = 1,
};

static void put_octal(struct text *t, unsigned char c, bool digit_follows)
{
	if (digit_follows || c >= 0100)
		print_char(t, '0' + (c >> 6));
	if (digit_follows || c >= 010)
		print_char(t, '0' + (c >> 3 & 7));
	print_char(t, '0' + (c & 7));
}

void print_escaped(struct text *t, const void *p, size_t n, bool hex)
{
	const unsigned char *s = p;
	size_t plain = 0;

	if (hex) {
		for (size_t i = 0; i < n; i++) {
			print_mem(t, "\\x", 2);
			print_char(t, hex_digits[s[i] >> 4]);
			print_char(t, hex_digits[s[i] & 15]);
		}
		return;
	}
	for (size_t i = 0; i < n; i++) {
		char e = escapes[s[i]];

		if (!e)
			continue;
		print_mem(t, (const char *)s + plain, i - plain);
		plain = i + 1;
		print_char(t, '\\');
		if (e == 1)
			put_octal(t, s[i], i + 1 < n && isdigit(s[i + 1]));
		else
			print_char(t, e);
	}
	print_mem(t, (const char *)s + plain, n - plain);
}

void print_quoted(struct text *t, const void *p, size_t n, uint64_t all, bool hex)
{
	print_char(t, '"');
	print_escaped(t, p, n, hex);
	print_char(t, '"');
	if (all > n)
		print_mem(t, "...", 3);
}

void print_name(struct text *t, const char *s)
{
	print_escaped(t, s, strlen(s), false);
}

void print_hex_bytes(struct text *t, const void *p, size_t n)
{
	const unsigned char *s = p;

	for (size_t i = 0; i < n; i++) {
		print_char(t, hex_digits[s[i] >> 4]);
		print_char(t, hex_digits[s[i] & 15]);
	}
}

const char *print_flag_name(unsigned table, uint32_t value)
{
	const struct sys_flag_table *tab = &sys_flag_tables[table];

	for (unsigned i = 0; i < tab->n; i++)
		if ((uint32_t)tab->flags[i].value == value)
			return tab->flags[i].name;
	return NULL;
}

void print_unnamed(struct text *t, uint32_t value)
{
	if (value < 10)
		print_udec(t, value);
	else
		print_hex(t, value);
}

void print_enum(struct text *t, unsigned table, uint32_t value)
{
	const char *name = print_flag_name(table, value);

	if (name)
		print_str(t, name);
	else
		print_unnamed(t, value);
}

void print_flags(struct text *t, unsigned table, uint64_t value)
{
	const struct sys_flag_table *tab = &sys_flag_tables[table];
	uint64_t rest = value;
	bool first = true;

	for (unsigned i = 0; i < tab->n; i++) {
		const struct sys_flag *f = &tab->flags[i];
		bool set = f->value  ? (rest & f->mask) == f->value
			   : f->mask ? !(value & f->mask)
				     : !value;

		if (!set)
			continue;
		rest &= ~f->mask;
		if (!first)
			print_char(t, '|');
		first = false;
		print_str(t, f->name);
	}
	if (!rest && !first)
		return;
	if (!first)
		print_char(t, '|');
	if (rest)
		print_hex(t, rest);
	else
		print_char(t, '0');
}

void print_errno(struct text *t, unsigned err)
{
	print_enum(t, FT_errno, err);
}

void print_signal(struct text *t, int sig)
{
	const char *name = print_flag_name(FT_signal, (uint32_t)sig);

	if (name) {
		print_str(t, name);
	} else if (sig >= 32 && sig <= 64) {
		print_str(t, "SIGRT_");
		print_udec(t, sig - 32);
	} else {
		print_dec(t, sig);
	}
}
