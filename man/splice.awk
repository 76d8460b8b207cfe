# awk -f splice.awk TABLES PAGE: the page, where each line @TABLE@ is the next of the tables (.TS to .TE), and a line
# @TABLES@ is all that is left of that file. A table too many or too few is an error.
BEGIN { n = used = 0 }
FNR == NR {
	table[n] = table[n] $0 "\n"
	if ($0 == ".TE")
		n++
	next
}
$0 == "@TABLE@" {
	if (!(used in table))
		exit bad = 1
	printf "%s", table[used++]
	next
}
$0 == "@TABLES@" {
	while (used in table)
		printf "%s", table[used++]
	next
}
{ print }
END {
	if (bad || used in table) {
		print FILENAME ": not as many lines @TABLE@ as tables" | "cat >&2"
		exit 1
	}
}
