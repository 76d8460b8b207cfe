# Makes build/gen/trace_format.h from formats/trace: a list macro TRACE_<SECTION>(X) for every section, and an enum for each
# section of kinds or flags, whose list has X(name, PREFIX_NAME) with the name in lower case.
# With -v mode=man it makes the tables of rr-trace(5), for tbl(1); -v section=NAME prints only that one.
BEGIN {
	FS = "\t"
	man = mode == "man"
	bytes["u8"] = 1; bytes["u16"] = 2; bytes["u32"] = 4; bytes["u64"] = 8
	heads["limit"] = "Limit@Value@Meaning";			columns["limit"] = "l r lx."
	heads["block"] = "Offset@Bytes@Field@Meaning";		columns["block"] = "r r l lx."
	heads["record"] = "Bit@Field@Type@Prediction@Meaning";	columns["record"] = "r l l l lx."
	heads["enum"] = "Value@Name@Meaning";			columns["enum"] = "r l lx."
	heads["flags"] = "Bit@Name@Meaning";			columns["flags"] = "r l lx."
	if (!man)
		print "/* Made by formats/trace.awk from formats/trace. */\n#ifndef GEN_TRACE_FORMAT_H\n#define GEN_TRACE_FORMAT_H\n"
}

function roff(s)
{
	gsub(/-/, "\\-", s)
	return s
}

function begin(type, title, enumeration, macro)
{
	end()
	kind = type
	name = title
	enum_name = enumeration
	list = macro ? macro : toupper("TRACE_" kind (name == kind ? "" : "_" name))
	nrows = 0
	offset = 0
}

# `c`: a row of the list macro; `cells`: the same row of the table, `meaning` its last cell
function row(c, cells, meaning)
{
	rows[nrows++] = man ? roff(cells) "@T{\n" roff(meaning) "\nT}" : "X(" c ")"
}

function end(i)
{
	if (kind != "" && man && (section == "" || section == name)) {
		print ".TS\ntab(@);"
		n = split(columns[kind], unused, " ")
		bold = "lb"
		for (i = 2; i <= n; i++)
			bold = bold " lb"
		print bold "\n" columns[kind] "\n" heads[kind]
		for (i = 0; i < nrows; i++)
			print rows[i]
		print ".TE"
	} else if (kind != "" && kind != "limit" && !man) {
		if (enum_name) {
			print "\nenum " enum_name " {"
			for (i = 0; i < nrows; i++)
				print "\t" constants[i]
			print "};"
		}
		printf "\n#define %s(X)", list
		for (i = 0; i < nrows; i++)
			printf " \\\n\t%s", rows[i]
		print ""
	}
	if (kind == "block" && !man)
		print "#define TRACE_BLOCK_HEADER " offset
	kind = ""
}

/^#/ || /^$/ { next }

/^[^\t]/ && $1 == "format" {
	if (!man)
		print "#define TRACE_FORMAT " $2
	next
}

/^[^\t]/ && $1 == "limit" {
	if (kind != "limit")
		begin("limit", "limit")
	row($2 ", " $3, $2 "@" $3, $4)
	if (!man)
		print "#define TRACE_MAX_" $2 " " $3 "u"
	next
}

/^block/ { begin($1, $1); next }
/^record/ { begin($1, $2); next }
/^(enum|flags)/ { begin($1, $2, $3, $4); next }

kind == "block" {
	row($2 ", " offset ", " bytes[$3], offset "@" bytes[$3] "@" $2, $4)
	offset += bytes[$3]
	next
}

kind == "record" {
	row($2 ", " $3 ", " toupper($4) ", " ($5 == "0" ? "zero" : $5), nrows "@" $2 "@" $4 "@" $5, $6)
	next
}

kind == "enum" || kind == "flags" {
	constants[nrows] = name "_" $3 " = " $2 ", /* " $4 " */"
	row(tolower($3) ", " name "_" $3, $2 "@" $3, $4)
	next
}

{
	print FILENAME ":" FNR ": not understood" > "/dev/stderr"
	bad = 1
	exit 1
}

END {
	if (bad)
		exit 1
	end()
	if (!man)
		print "\n#endif"
}
