# Makes the table of codes in rr(7) from formats/subcodes, for tbl(1).

{ sub(/#.*/, "") }
NF == 0 || $1 == "include" { next }

$1 == "codes" {
	group = $2
	next
}

# "arg:inout.flock": "arg: flock, in and out"
function describe(s,   name, type, dir)
{
	name = substr(s, 1, index(s, ":") - 1)
	type = substr(s, index(s, ":") + 1)
	if (type == "special")
		return name ": by rules of its own"
	sub(/!$/, "", type)
	sub(/^(as|flags|enum)\./, "", type)
	if (sub(/^inout\./, "", type))
		dir = ", in and out"
	else if (sub(/^in\./, "", type))
		dir = ", in"
	else if (sub(/^out\./, "", type))
		dir = ", out"
	return name ": " type dir
}

{
	code = $1
	sub(/=.*/, "", code)
	what = ""
	sub(/ misnumbered( |$)/, " ")
	for (i = 2; i <= NF; i++)
		what = what (what == "" ? "" : "; ") ($i ~ /^refuse=/ ? "refused (" substr($i, 8) ")" : describe($i))
	rows[++n] = (group == last ? "" : group) "@" code "@T{\n" what "\nT}"
	last = group
}

END {
	if (!n)
		exit 1
	print ".TS\ntab(@);\nlb lb lb\nl l lx.\nCall@Code@Arguments"
	for (i = 1; i <= n; i++)
		print rows[i]
	print ".TE"
}
