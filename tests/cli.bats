# Usage errors and failures: one line on stderr, the right exit status, and no data lost.

bats_require_minimum_version 1.5.0

setup() {
	PATH=$BATS_TEST_DIRNAME/../bin:$PATH
	readers=$(cd "$BATS_TEST_DIRNAME/../cmd" && basename -s .c rr-*.c | grep -v '^rr-record$')
	cd "$BATS_TEST_TMPDIR"
	export RR_TRACE_DIR=$BATS_TEST_TMPDIR/traces HOME=$BATS_TEST_TMPDIR
}

# refuses STATUS PROGRAM ARG...: must fail with this status and print nothing but `program: what` on stderr
refuses() {
	local status_wanted=$1 program=$2
	shift
	run "-$status_wanted" --separate-stderr timeout -k 5 20 "$@" < /dev/null
	echo "$*: stdout '$output', stderr '$stderr'"
	[ "$output" = "" ]
	[[ ${stderr_lines[0]} == "$program: "* || ${stderr_lines[0]} == "usage: $program"* ]]
}

# says_why WORD...: the last `refuses` must have printed one line, `program: what: why`, with these words
says_why() {
	local word
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr =~ ^rr-[a-z]+:\ .+:\ .+ ]]
	for word; do
		[[ $stderr == *"$word"* ]]
	done
}

@test "rr-record without a command is a usage error, status 125" {
	refuses 125 rr-record
	refuses 125 rr-record -o t
	refuses 125 rr-record --
}

@test "rr-record refuses unknown options and missing arguments, status 125" {
	refuses 125 rr-record -Z true
	refuses 125 rr-record --nonsense true
	refuses 125 rr-record -o
	refuses 125 rr-record --cpu
}

@test "rr-record refuses invalid arguments of options, status 125" {
	for option in --cpu=x --cpu=-1 --cpu=100000 --checksum=x --env=novalue --env==x \
		--print-trace-dir=x; do
		refuses 125 rr-record -o t "$option" true
		says_why "${option#*=}"
	done
}

@test "rr-record leaves no trace after a usage error" {
	run rr-record -o t --cpu x true
	[ ! -e t ]
	run rr-record --cpu x true
	[ ! -e "$RR_TRACE_DIR" ]
}

@test "a missing program is named, status 127" {
	refuses 127 rr-record -o t no-such-program
	says_why no-such-program
	refuses 127 rr-record -o t -f ./no/such/program
}

@test "a file that is not executable is named, status 126" {
	echo text > file
	refuses 126 rr-record -o t ./file
	says_why ./file
	refuses 126 rr-record -o t -f /
}

@test "a script whose interpreter is missing is named, status 127" {
	printf '#!/no/such/interpreter\n' > script
	chmod +x script
	refuses 127 rr-record -o t ./script
	says_why ./script
}

@test "an existing trace is not overwritten without -f" {
	rr-record -o t echo first
	refuses 125 rr-record -o t echo second
	says_why t
	[ "$(rr-replay t)" = first ]
}

@test "-f replaces a trace" {
	rr-record -o t echo first
	rr-record -o t -f echo second
	[ "$(rr-replay t)" = second ]
}

@test "-f never replaces what is not a trace" {
	mkdir precious
	echo x > precious/file
	refuses 125 rr-record -f -o precious true
	says_why precious
	[ "$(cat precious/file)" = x ]
	refuses 125 rr-record -f -o precious/file true
	[ "$(cat precious/file)" = x ]
}

@test "a place that can't be written to is named, status 125" {
	echo > file
	refuses 125 rr-record -o file/t true
	says_why file/t
	refuses 125 rr-record -o no/such/place/t true
	says_why no/such/place
}

@test "--chdir to a missing directory fails with status 125" {
	refuses 125 rr-record -o t --chdir nowhere true
	says_why nowhere
}

@test "options of rr-record end at the command" {
	run -0 rr-record -o t echo -n -q --version
	[ "$output" = "-q --version" ]
	run -0 rr-record -o t -f -- echo -- x
	[ "$output" = "-- x" ]
}

@test "the other programs refuse unknown options and a second trace, status 2" {
	for p in $readers; do
		refuses 2 "$p" --nonsense
		refuses 2 "$p" -Z
		refuses 2 "$p" one two
	done
}

@test "the other programs name a missing trace, status 2" {
	for p in $readers; do
		refuses 2 "$p" nowhere
		says_why nowhere
	done
}

@test "the other programs report that there is no latest trace, status 2" {
	for p in $readers; do
		refuses 2 "$p"
		says_why "$RR_TRACE_DIR"
	done
}

@test "the other programs report that an empty directory or a file is no trace, status 2" {
	mkdir empty
	echo > file
	for p in $readers; do
		refuses 2 "$p" empty
		says_why empty
		refuses 2 "$p" file
		says_why file
	done
}

@test "malformed numbers are a usage error, status 2" {
	rr-record -o t true
	for n in x -1 0x 1x ''; do
		refuses 2 rr-replay --until "$n" t
		refuses 2 rr-verify --memory="$n" t
	done
}

@test "a closed pipe ends each program quietly" {
	rr-record -o t seq 100000 > recorded
	for p in rr-replay rr-dump; do
		"$p" t 2> stderr | head -n 1 > first
		[ -s first ]
		[ ! -s stderr ]
	done
	rr-record -o t -f seq 100000 2> stderr | head -n 1 > first
	[ "$(cat first)" = 1 ]
	[ ! -s stderr ]
}
