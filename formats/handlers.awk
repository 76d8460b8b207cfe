# Makes the table of system-call handlers, from the rows and from the code that they name:
#   awk -f handlers.awk formats/syscalls lib/kernel/*.c > handlers.c
# It stops at a handler= that no SYSCALL_HANDLER() defines, and at a SYSCALL_HANDLER() that no row names.

function complain(where, what)
{
	printf "%s: %s\n", where, what > "/dev/stderr"
	failed = 1
}

FILENAME ~ /syscalls$/ {
	sub(/#.*/, "")
	if (!match($0, /[ ,]handler=[a-z_0-9]+/))
		next
	name = substr($0, RSTART + 9, RLENGTH - 9)
	if (!(name in row)) {
		row[name] = FILENAME ":" FNR
		names[++n] = name
	}
	next
}

match($0, /^SYSCALL_HANDLER\([a-z_0-9]+/) {
	name = substr($0, 17, RLENGTH - 16)
	if (name in code)
		complain(FILENAME ":" FNR, "handler " name " is already defined at " code[name])
	else if (!(name in row))
		complain(FILENAME ":" FNR, "no row of formats/syscalls has handler=" name)
	code[name] = FILENAME ":" FNR
}

END {
	for (i = 1; i <= n; i++)
		if (!(names[i] in code))
			complain(row[names[i]], "handler=" names[i] ": no SYSCALL_HANDLER(" names[i] ", ...) in lib/kernel")
	if (failed)
		exit 1
	print "/* Made by formats/handlers.awk: do not edit. */\n#include \"kernel/handler.h\"\n"
	for (i = 1; i <= n; i++)
		print "extern const struct call_handler kernel_handler_" names[i] ";"
	print "\nconst struct call_handler *const kernel_handlers[SYSH_COUNT] = {"
	for (i = 1; i <= n; i++)
		print "\t[SYSH_" names[i] "] = &kernel_handler_" names[i] ","
	print "};"
}
