# Makes $out/subcode_groups.h and $out/subcodes.c from formats/subcodes. It runs together with gen.awk, whose types it
# shares, and before it:
#   awk -v out=DIR -f subcodes.awk -f gen.awk structs flags numbers syscalls subcodes
# Numbers and sizes are left to the C compiler, which also finds a code that is there twice.

FILENAME ~ /subcodes$/ { sub(/#.*/, "") }
FILENAME ~ /subcodes$/ && NF == 0 { next }

FILENAME ~ /subcodes$/ && $1 == "include" {
	includes = includes "#include <" $2 ">\n"
	next
}

FILENAME ~ /subcodes$/ && $1 == "codes" {
	begin_group($2)
	for (i = 3; i <= NF; i++)
		group_option($i)
	next
}

FILENAME ~ /subcodes$/ {
	if (!ngroups)
		die("no group before this line")
	add_code()
	next
}

function begin_group(name,   w)
{
	if (name in group_number)
		die("group " name " again")
	group_else[name] = ""
	if (!(name in group_calls))
		die("no argument of formats/syscalls is cmd." name)
	group_number[name] = ++ngroups
	group_name[ngroups] = group = name
	ncallers = split(group_calls[name], callers, " ")
	group_mask[group] = "UINT32_MAX"
	group_shift[group] = 0
	group_level[group] = -1
	always = sized = 0
}

function group_option(s,   other)
{
	if (s == "always")
		always = 1
	else if (s == "sized")
		sized = 1
	else if (s ~ /^mask=/)
		group_mask[group] = substr(s, 6)
	else if (s ~ /^shift=/)
		group_shift[group] = substr(s, 7)
	else if (s ~ /^level=/)
		group_level[group] = arg_index(substr(s, 7))
	else if (s ~ /^else=/)
		group_calls[group_else[group] = substr(s, 6)] = group_calls[group]
	else
		die("unknown option " s)
}

# The index of the argument of that name. All calls of the group have it in the same place.
function arg_index(name,   i, j, n, w, found)
{
	found = -1
	for (i = 1; i <= ncallers; i++) {
		n = split(call_row[callers[i]], w, " ")
		for (j = 4; j <= n && index(w[j], name ":") != 1; j++)
			;
		if (j > n || (found >= 0 && found != j - 4))
			die("no argument " name " in " callers[i] ", or not in the same place as in other calls")
		found = j - 4
	}
	return found
}

# The number of arguments of a code that names none: all up to the last one that is not special.
function plain_args(   j, n, w)
{
	n = split(call_row[callers[1]], w, " ")
	for (j = n; w[j] ~ /:special$/; j--)
		;
	return j - 3
}

# A struct that is not in formats/structs is in the headers.
function know_struct(type,   name)
{
	if (!match(type, /^(in|out|inout)\.[a-z_0-9]+/))
		return ""
	name = substr(type, index(type, ".") + 1, RLENGTH - index(type, "."))
	if (name in memory)
		return ""
	if (!(name in struct)) {
		struct[name] = "sizeof(struct " name ")"
		extra_name[++nextra] = name
	}
	return name
}

function code_arg(code, s,   name, type, as, known, size, text)
{
	name = substr(s, 1, index(s, ":") - 1)
	type = substr(s, index(s, ":") + 1)
	as = sub(/^as\./, "in.", type)
	if (always && type ~ /^(out|inout)\./ && type !~ /!$/)
		type = type "!"
	if (known = know_struct(type)) {
		size = struct[known]
		if (sized)
			struct[known] = "SIZED(" code ", " size ")"
	}
	text = parse_arg(0, name ":" type)
	if (known)
		struct[known] = size
	if (as)
		sub(/D_IN/, "D_NONE", text)
	sub(/^\t+/, "", text)
	return text
}

# "argp.pids:out.snd_ctl_elem_id[space]": what a member of an argument's struct points to; "argp.pids[]": the member itself.
# struct_of[argument]: the struct to which it points.
function code_member(at, s,   arg, member, base, embedded, type, dir, count, times)
{
	arg = substr(s, 1, index(s, ".") - 1)
	member = substr(s, index(s, ".") + 1, index(s, ":") - index(s, ".") - 1)
	type = substr(s, index(s, ":") + 1)
	embedded = sub(/\[\]$/, "", member)
	if (!(arg in struct_of))
		die("not a struct of the headers: " s)
	base = struct_of[arg]
	if (!match(type, /\[[A-Za-z_0-9.]+(\*[0-9]+)?\]$/))
		die("no length: " s)
	count = substr(type, RSTART + 1, RLENGTH - 2)
	type = substr(type, 1, RSTART - 1)
	times = 1
	if (match(count, /\*/)) {
		times = substr(count, RSTART + 1)
		count = substr(count, 1, RSTART - 1)
	}
	know_struct(type)
	dir = substr(type, 1, index(type, ".") - 1)
	type = substr(type, index(type, ".") + 1)
	if (dir !~ /^(in|out|inout)$/ || (type != "buf" && !(type in struct)))
		die("not memory: " s)
	if (is_number(count))
		count = sprintf("0, 0, %s", count)
	else
		count = sprintf("offsetof(struct %s, %s), sizeof(((struct %s *)0)->%s), 1", base, count, base, count)
	return sprintf("\t\t{ %d, D_%s, %d, offsetof(struct %s, %s), %s, %s },\n", at, toupper(dir), embedded, base, member,
		       type == "buf" ? times : struct[type] " * " times, count)
}

# Codes that contain a size contain that of the argument, and say who reads and who writes it.
function check_number(code, s, misnumbered,   type, dir, size)
{
	if (misnumbered || !sized)
		return
	type = substr(s, index(s, ":") + 1)
	sub(/!$/, "", type)
	dir = size = 0
	if (match(type, /^(in|out|inout)\./)) {
		dir = toupper(substr(type, 1, RLENGTH - 1))
		type = substr(type, RLENGTH + 1)
		if (type ~ /^buf\[[0-9]+\]$/)
			size = substr(type, 5, length(type) - 5)
		else if (type ~ /\[code\]$/)
			return
		else if (match(type, /\[[0-9]+\]$/))
			size = struct[substr(type, 1, RSTART - 1)] " * " substr(type, RSTART + 1, RLENGTH - 2)
		else
			size = struct[type]
	} else if (type == "special")
		return
	else
		dir = "NONE"
	checks = checks sprintf("CHECK(%s, D_%s, %s);\n", code, dir, size)
}

function add_code(   code, name, value, errno, nargs, i, at, args, members, nmembers, misnumbered, many, last)
{
	misnumbered = sub(/ misnumbered( |$)/, " ")
	split("", struct_of)
	code = $1
	if (!index(code, "=") && (i = index(code, "("))) {
		many = substr(code, i)
		code = substr(code, 1, i - 1)
	}
	if (i = index(code, "=")) {
		value = substr(code, i + 1)
		code = substr(code, 1, i - 1)
	}
	if (i = index(code, "."))
		name = substr(code, i + 1)
	else
		name = code
	if (value != "")
		defines = defines "#ifndef " name "\n#define " name " " value "\n#endif\n"
	if ((i > 0) != (group_level[group] >= 0))
		die("a level where the group has none, or none: " $1)
	nargs = plain_args()
	errno = 0
	for (i = 2; i <= NF; i++) {
		if ($i ~ /^refuse=E[A-Z0-9]+$/) {
			errno = substr($i, 8)
			continue
		}
		if ($i ~ /^[a-z_0-9]+\.[a-zA-Z_0-9.]+(\[\])?:/) {
			members = members code_member(arg_index(substr($i, 1, index($i, ".") - 1)), $i)
			nmembers++
			continue
		}
		if ($i !~ /^[a-z_0-9]+:/)
			die("not an argument: " $i)
		at = arg_index(substr($i, 1, index($i, ":") - 1))
		if (match($i, /:(in|out|inout|as)\.[a-z_0-9]+$/))
			struct_of[substr($i, 1, RSTART - 1)] = substr($i, index($i, ".") + 1)
		args = args sprintf("\t\t[%d] = %s", at, code_arg(many == "" ? name : name first_of(many), $i))
		check_number(many == "" ? name : name first_of(many), $i, misnumbered)
		if (nargs < at + 1)
			nargs = at + 1
	}
	if (args != "")
		args = sprintf("(const struct sys_arg[%d]){\n%s\t}", nargs, args)
	else
		args = "NULL"
	if (members != "")
		members = sprintf("(const struct subcode_member[%d]){\n%s\t}", nmembers, members)
	else
		members = "NULL"
	code_rows[group] = code_rows[group] sprintf("\t{ \"%s%s\", %s, %d, %d, %s, %s },\n", name, many, errno, nargs, nmembers,
						    args, members)
	value = "(uint32_t)(" name first_of(many) ")"
	if (last = last_of(many))
		value = value " ... (uint32_t)(" name last ")"
	if (many ~ /len/) {
		any_size[group] = any_size[group] sprintf("\tcase %s: return &codes_%s[%d];\n", value, group, count[group]++)
		return
	}
	if (group_level[group] >= 0)
		value = sprintf("(uint64_t)(%s) << 32 | %s", substr(code, 1, index(code, ".") - 1), value)
	code_cases[group] = code_cases[group] sprintf("\tcase %s: return &codes_%s[%d];\n", value, group, count[group]++)
}

# The arguments of a macro that makes many codes: "(len)", "(0..63)" or "(0..31,len)"; the first and the last of them.
function first_of(many)
{
	sub(/len/, "0", many)
	sub(/\.\.[0-9]+/, "", many)
	return many
}

function last_of(many)
{
	sub(/len/, "0", many)
	return sub(/[0-9]+\.\./, "", many) ? many : ""
}

END {
	if (!failed) {
		for (g in group_calls)
			if (!(g in group_number))
				die("no codes " g " for the cmd." g " of formats/syscalls")
		write_groups(out "/subcode_groups.h")
		write_codes(out "/subcodes.c")
	}
}

function write_groups(h,   i)
{
	print "/* Made by formats/subcodes.awk: do not edit. */\n#ifndef RR_SUBCODE_GROUPS_H\n#define RR_SUBCODE_GROUPS_H\n" > h
	print "/* Indices of subcode_groups. */\nenum {" > h
	for (i = 1; i <= ngroups; i++)
		printf "\tSC_%s,\n", group_name[i] > h
	print "\tSC_COUNT\n};\n\n#endif" > h
	close(h)
}

function write_codes(c,   i, g)
{
	print "/* Made by formats/subcodes.awk: do not edit. */\n#include \"trace/subcode.h\"\n" > c
	print "#include <errno.h>\n#include <stddef.h>\n#include <sys/socket.h>\n" includes "\n" defines > c
	print "#define SIZED(code, size) (_IOC_SIZE(code) > (size) ? _IOC_SIZE(code) : (size))\n" > c
	print "enum { SS_extra = SS_COUNT - 1," > c
	for (i = 1; i <= nextra; i++)
		printf "\tSS_%s,\n", extra_name[i] > c
	print "};\n\nconst char *const subcode_struct_names[] = {" > c
	for (i = 1; i <= nextra; i++)
		printf "\t\"%s\",\n", extra_name[i] > c
	print "\tNULL\n};" > c
	print "\n#define CHECK(code, dir, size) \\" > c
	print "\t_Static_assert(!_IOC_SIZE(code) || (_IOC_SIZE(code) == (size) && \\" > c
	print "\t\t!(_IOC_DIR(code) & _IOC_WRITE) == !((dir) & D_IN) && \\" > c
	print "\t\t!(_IOC_DIR(code) & _IOC_READ) == !((dir) & D_OUT)), #code \": its number says something else\")\n" > c
	printf "%s", checks > c
	for (i = 1; i <= ngroups; i++)
		printf "static const struct subcode *find_%s(uint64_t code);\n", group_name[i] > c
	for (i = 1; i <= ngroups; i++) {
		g = group_name[i]
		printf "\nstatic const struct subcode codes_%s[] = {\n%s};\n\n", g, code_rows[g] > c
		printf "static const struct subcode *find_%s(uint64_t code)\n{\n\tswitch (code) {\n%s\t}\n", g, code_cases[g] > c
		if (any_size[g] != "")
			printf "\tswitch (code & ~((uint64_t)_IOC_SIZEMASK << _IOC_SIZESHIFT)) {\n%s\t}\n", any_size[g] > c
		if (group_else[g] != "")
			printf "\treturn find_%s(code);\n}\n", group_else[g] > c
		else
			print "\treturn NULL;\n}" > c
	}
	print "\nconst struct subcode_group subcode_groups[SC_COUNT] = {" > c
	for (i = 1; i <= ngroups; i++) {
		g = group_name[i]
		printf "\t[SC_%s] = { \"%s\", find_%s, %s, %s, %d },\n", g, g, g, group_mask[g], group_shift[g], group_level[g] > c
	}
	print "};" > c
	close(c)
}
