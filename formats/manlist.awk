# Makes the list of system calls in rr(7) from formats/syscalls: how each call is handled. Prints mdoc(7).

{ sub(/#.*/, "") }
NF == 0 { next }

{
	split($2, how, ",")
	kind = how[1]
	if (kind ~ /^refuse=/) {
		kind = substr(kind, 8)
		if (!(kind in seen))
			errnos[++nerrnos] = kind
		seen[kind] = 1
	}
	names[kind, ++count[kind]] = $1
}

function item(tag, kind,   i, j, t, line)
{
	if (!count[kind])
		return
	print ".It " tag
	for (i = 2; i <= count[kind]; i++) {
		t = names[kind, i]
		for (j = i - 1; j > 0 && (names[kind, j] "") > (t ""); j--)
			names[kind, j + 1] = names[kind, j]
		names[kind, j + 1] = t
	}
	line = ""
	for (i = 1; i <= count[kind]; i++) {
		t = names[kind, i] (i < count[kind] ? "," : "")
		if (line != "" && length(line) + 1 + length(t) > 79) {
			print line
			line = ""
		}
		line = line (line == "" ? "" : " ") t
	}
	print line
}

END {
	if (!NR)
		exit 1
	print ".nh\n.Bl -tag -width recorded -offset indent"
	item("recorded", "rec")
	item("real", "real")
	item("answered", "fake")
	for (k = 1; k <= nerrnos; k++)
		item("refused, Er " errnos[k], errnos[k])
	print ".El\n.hy"
}
