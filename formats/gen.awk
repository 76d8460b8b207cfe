# Makes $out/syshandlers.h and $out/systab.c, in plain awk:
#   awk -v out=DIR -f gen.awk formats/structs formats/flags formats/ARCH/numbers formats/syscalls
# The files are read in this order. Numbers go into the C code as they are written.

BEGIN {
	split("int uint long ulong hex ptr size off fd dirfd pid uid gid sig mode dev clock", w, " ")
	for (i in w)
		scalar[w[i]] = "T_" toupper(w[i])
	string["path"] = "T_PATH"
	string["str"] = "T_STR"
	string["strv"] = "T_STRV"
	memory["buf"] = "T_BUF"
	memory["sockaddr"] = "T_SOCKADDR"
	memory["iovec"] = "T_IOVEC"
	memory["msghdr"] = "T_MSGHDR"
	memory["mmsghdr"] = "T_MMSGHDR"
	memory["fdset"] = "T_FDSET"
	unit["buf"] = unit["sockaddr"] = unit["fdset"] = 1
	unit["iovec"] = 16
	unit["msghdr"] = 56
	unit["mmsghdr"] = 64
	split("rec real fake", w, " ")
	for (i in w)
		class[w[i]] = "SYS_" toupper(w[i])
	split("int hex fd pid uint none", w, " ")
	for (i in w)
		returns[w[i]] = "R_" toupper(w[i])
	max = 512
	nstructs = ntables = nhandlers = ncalls = 0
}

function die(what)
{
	printf "%s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"
	failed = 1
	exit 1
}

function is_number(s)
{
	return s ~ /^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/
}

function literal(s)
{
	if (s ~ /^-/)
		return "(uint64_t)-" literal(substr(s, 2))
	if (!is_number(s))
		die("not a number: " s)
	return s "ull"
}

# The C name of what a length refers to, from the text between brackets; sets len_src, len_arg and len_add.
function parse_length(s, t)
{
	len_add = 0
	if (match(s, /\+[0-9]+$/)) {
		len_add = substr(s, RSTART + 1)
		s = substr(s, 1, RSTART - 1)
	}
	if (is_number(s)) {
		len_src = "LEN_FIXED"
		len_arg = s
	} else if (s == "code") {
		len_src = "LEN_CODE"
		len_arg = 1
	} else if (s == "ret") {
		len_src = "LEN_RET"
		len_arg = 0
	} else if (s ~ /^ret,arg[1-6]$/) {
		len_src = "LEN_RET"
		len_arg = substr(s, 8)
		want_scalar[len_arg] = 1
	} else if (s ~ /^arg[1-6]$/) {
		len_src = "LEN_ARG"
		len_arg = substr(s, 4) - 1
		want_scalar[len_arg + 1] = 1
	} else if (s ~ /^\*\*?arg[1-6]$/) {
		len_src = s ~ /^\*\*/ ? "LEN_PTR64" : "LEN_PTR"
		t = substr(s, length(s))
		len_arg = t - 1
		want_pointer[t] = 1
	} else
		die("not a length: " s)
}

# One initializer of struct sys_arg from "name:type".
function parse_arg(n, s,   name, type, always, sub_name, dir, what, len, t)
{
	if (!match(s, /^[a-z_][a-z0-9_]*:/))
		die("not an argument: " s)
	name = substr(s, 1, RLENGTH - 1)
	type = substr(s, RLENGTH + 1)
	always = sub(/!$/, "", type)
	is_pointer[n] = 0

	if (type in scalar)
		return arg_text(name, scalar[type], "D_NONE", "LEN_FIXED", always, 0, 0, 0)
	if (type ~ /^cmd\./) {
		sub_name = substr(type, 5)
		group_calls[sub_name] = group_calls[sub_name] " " $1
		return arg_text(name, "T_CMD", "D_NONE", "LEN_FIXED", always, 0, 0, "SC_" sub_name)
	}
	if (type ~ /^(flags|enum)\./) {
		sub_name = substr(type, index(type, ".") + 1)
		if (!(sub_name in table))
			die("no table " sub_name " in formats/flags")
		t = "T_" toupper(substr(type, 1, index(type, ".") - 1))
		return arg_text(name, t, "D_NONE", "LEN_FIXED", always, 0, 0, "FT_" sub_name)
	}
	is_pointer[n] = 1
	if (type in string)
		return arg_text(name, string[type], "D_IN", "LEN_FIXED", always, 0, 0, 0)
	if (type == "special")
		return arg_text(name, "T_SPECIAL", "D_NONE", "LEN_FIXED", always, 0, 0, 0)

	if (!match(type, /^(in|out|inout)\./))
		die("unknown type " type)
	dir = "D_" toupper(substr(type, 1, RLENGTH - 1))
	what = substr(type, RLENGTH + 1)
	len = ""
	if (match(what, /\[.*\]$/)) {
		len = substr(what, RSTART + 1, RLENGTH - 2)
		what = substr(what, 1, RSTART - 1)
		parse_length(len)
	} else {
		len_src = "LEN_FIXED"
		len_arg = 1
		len_add = 0
	}
	if (len_add && what != "buf")
		die("only a buf can have a length with +: " type)
	if (what in memory) {
		if ((len == "") != (what == "msghdr" || what == "fdset"))
			die((len == "" ? "no length for " : "a length for ") what ": " type)
		return arg_text(name, memory[what], dir, len_src, always, len_arg, unit[what], len_add)
	}
	if (!(what in struct))
		die("no struct " what " in formats/structs")
	return arg_text(name, "T_STRUCT", dir, len_src, always, len_arg, struct[what], "SS_" what)
}

function arg_text(name, type, dir, src, always, len, size, sub_name)
{
	return sprintf("\t\t{ \"%s\", %s, %s, %s, %d, %s, %s, %s },\n", name, type, dir, src, always, len, size,
		       sub_name)
}

function parse_class(s,   w, n, i, h)
{
	n = split(s, w, ",")
	cls = ""
	quick = 0
	errno = 0
	handler = "none"
	for (i = 1; i <= n; i++) {
		if (w[i] == "quick")
			quick = 1
		else if (w[i] ~ /^handler=[a-z_][a-z0-9_]*$/) {
			handler = substr(w[i], 9)
			if (!(handler in handlers)) {
				handlers[handler] = 1
				handler_name[++nhandlers] = handler
			}
		} else if (i == 1 && w[i] in class)
			cls = class[w[i]]
		else if (i == 1 && w[i] ~ /^refuse=E[A-Z0-9]+$/) {
			cls = "SYS_REFUSE"
			errno = substr(w[i], 8)
		} else
			die("unknown class or option " w[i])
	}
	if (cls == "SYS_FAKE" && handler == "none")
		die("a fake call needs a handler")
}

{ sub(/#.*/, "") }
NF == 0 { next }

FILENAME ~ /structs$/ {
	if (NF != 2 || $1 !~ /^[a-z][a-z0-9_]*$/ || $2 !~ /^[1-9][0-9]*$/)
		die("not \"name size\": " $0)
	if ($1 in struct || $1 in memory)
		die("struct " $1 " again")
	struct[$1] = $2
	struct_name[++nstructs] = $1
	next
}

FILENAME ~ /flags$/ && $1 == "table" {
	if (NF != 3 || $2 !~ /^[a-z][a-z0-9_]*$/ || ($3 != "bits" && $3 != "enum"))
		die("not \"table name bits\" or \"table name enum\": " $0)
	if ($2 in table)
		die("table " $2 " again")
	table[$2] = $3
	table_name[++ntables] = $2
	entries[$2] = ""
	nentries[$2] = 0
	next
}

FILENAME ~ /flags$/ {
	if (!ntables)
		die("no table before this line")
	if (NF != 2 || $2 !~ /^[^"\\]+$/)
		die("not \"value name\" or \"value/mask name\": " $0)
	t = table_name[ntables]
	value = mask = $1
	if (i = index($1, "/")) {
		value = substr($1, 1, i - 1)
		mask = substr($1, i + 1)
		if (table[t] == "enum")
			die("a mask in an enum: " $0)
	} else if (table[t] == "enum")
		mask = "0"
	entries[t] = entries[t] sprintf("\t{ %s, %s, \"%s\" },\n", literal(value), literal(mask), $2)
	nentries[t]++
	next
}

FILENAME ~ /numbers$/ {
	if (NF != 2 || $1 !~ /^(0|[1-9][0-9]*|-)$/ || $1 + 0 >= max)
		die("not \"number name\": " $0)
	if ($1 in call_name)
		die("number " $1 " again")
	if ($2 in call_number)
		die("call " $2 " again")
	if ($1 != "-")
		call_name[$1] = $2
	call_number[$2] = $1
	number_line[$2] = FILENAME ":" FNR
	next
}

FILENAME ~ /syscalls$/ {
	if (NF < 3)
		die("not \"name class ret arg...\": " $0)
	if ($1 !~ /^[a-z_][a-z0-9_]*$/)
		die("not a name: " $1)
	if ($1 in has_row)
		die("call " $1 " again")
	if (!($1 in call_number))
		die("call " $1 " has no number")
	has_row[$1] = 1
	call_row[$1] = $0
	parse_class($2)
	if (!($3 in returns))
		die("unknown return type " $3)
	if (NF > 9)
		die("more than 6 arguments")
	split("", want_scalar)
	split("", want_pointer)
	text = ""
	for (i = 4; i <= NF; i++)
		text = text parse_arg(i - 3, $i)
	for (i in want_scalar)
		if (i > NF - 3 || is_pointer[i])
			die("arg" i " is no number")
	for (i in want_pointer)
		if (i > NF - 3 || !is_pointer[i])
			die("arg" i " is no pointer")
	n = call_number[$1]
	if (n == "-")
		next
	rows[n] = sprintf("\t[%d] = { \"%s\", %s, %d, %d, %s, %s, SYSH_%s, {\n%s\t} },\n", n, $1, cls, quick, NF - 3,
			  returns[$3], errno, handler, text)
	by_name[++ncalls] = $1
	next
}

{ die("do not know this file") }

END {
	for (name in call_number)
		if (!failed && !(name in has_row)) {
			print number_line[name] ": call " name " has no row in formats/syscalls" > "/dev/stderr"
			missing = 1
		}
	if (failed || missing)
		exit 1
	if (!ncalls) {
		print "gen.awk: no calls" > "/dev/stderr"
		exit 1
	}
	head = "/* Made by formats/gen.awk: do not edit. */\n"

	h = out "/syshandlers.h"
	print head "#ifndef RR_SYSHANDLERS_H\n#define RR_SYSHANDLERS_H\n\n#include <stdint.h>\n" > h
	print "/* What handler= names in formats/syscalls. */\nenum {\n\tSYSH_none = 0," > h
	for (i = 1; i <= nhandlers; i++)
		printf "\tSYSH_%s,\n", handler_name[i] > h
	print "\tSYSH_COUNT\n};\n" > h
	print "/* Indices of sys_flag_tables. */\nenum {" > h
	for (i = 1; i <= ntables; i++)
		printf "\tFT_%s,\n", table_name[i] > h
	print "\tFT_COUNT\n};\n" > h
	print "/* Indices of sys_struct_names, and the sizes of these structs in bytes. */\nenum {" > h
	for (i = 1; i <= nstructs; i++)
		printf "\tSS_%s,\n", struct_name[i] > h
	print "\tSS_COUNT\n};\nenum {" > h
	for (i = 1; i <= nstructs; i++)
		printf "\tSS_SIZE_%s = %s,\n", struct_name[i], struct[struct_name[i]] > h
	print "};\n" > h
	printf "/* Numbers of all calls, in the order of their names (strcmp). */\n#define SYSTAB_CALLS %d\n", ncalls > h
	print "extern const uint16_t systab_by_name[SYSTAB_CALLS];\n\n#endif" > h
	close(h)

	c = out "/systab.c"
	print head "#include \"trace/systab.h\"\n\n#include <errno.h>\n" > c
	for (i = 1; i <= ntables; i++)
		if (nentries[table_name[i]])
			printf "static const struct sys_flag flags_%s[] = {\n%s};\n\n", table_name[i],
			       entries[table_name[i]] > c
	print "const struct sys_flag_table sys_flag_tables[] = {" > c
	for (i = 1; i <= ntables; i++) {
		t = table_name[i]
		printf "\t{ \"%s\", %s, %d },\n", t, nentries[t] ? "flags_" t : "NULL", nentries[t] > c
	}
	print "\t{ NULL, NULL, 0 }\n};\n\nconst char *const sys_struct_names[] = {" > c
	for (i = 1; i <= nstructs; i++)
		printf "\t\"%s\",\n", struct_name[i] > c
	print "\tNULL\n};\n\nconst struct sys_desc systab[SYSTAB_MAX] = {" > c
	for (i = 0; i < max; i++)
		if (i in rows)
			printf "%s", rows[i] > c
	print "};\n\nconst uint16_t systab_by_name[SYSTAB_CALLS] = {" > c
	for (i = 2; i <= ncalls; i++) {
		t = by_name[i]
		for (j = i - 1; j > 0 && (by_name[j] "") > (t ""); j--)
			by_name[j + 1] = by_name[j]
		by_name[j + 1] = t
	}
	for (i = 1; i <= ncalls; i++)
		printf "\t%d, /* %s */\n", call_number[by_name[i]], by_name[i] > c
	print "};" > c
	close(c)
}
