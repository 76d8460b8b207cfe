# What the tests of whole programs share: run a command natively, recorded, replayed and verified.
# A test starts in an empty directory of its own; stdout and stderr of each step are files there,
# native.out, record.out, replay.out and so on, and the trace is ./trace.

# LIMIT	seconds for each step
# REPEAT	how often to record, replay and verify
# RECORD_OPTIONS	more options for rr-record, such as -c 1
# HALF	1 or 2 where only every second test is run: those of odd or of even numbers
# SLOW	set on a machine where programs take long to start: less of what is many
LIMIT=${LIMIT:-100}
REPEAT=${REPEAT:-1}

common_setup() {
	[ -z "$HALF" ] || [ $(((BATS_TEST_NUMBER + HALF) % 2)) = 0 ] || skip "this machine runs every second test; the next commit has this one"
	cd "$BATS_TEST_TMPDIR" || return
	tests=$BATS_TEST_DIRNAME
	PATH=$(cd "$tests/../bin" && pwd):/usr/sbin:/usr/bin:/sbin:/bin
	export HOME=$PWD TMPDIR=$PWD LC_ALL=C TZ=UTC RR_TRACE_DIR=$PWD/traces
	unset MAKEFLAGS MAKELEVEL MFLAGS
	trace=$PWD/trace here=$PWD
	mkdir start
}

# The last 20 lines of a file: no program for it, as there are thousands of steps in a test.
show_last() {
	local lines
	mapfile -t lines < "$1"
	[ "${#lines[@]}" -le 20 ] || lines=("${lines[@]: -20}")
	printf '%s\n' "${lines[@]}"
}

# step NAME COMMAND...: runs it under the limit in the current directory; its status in $step_status.
step() {
	local name=$1
	shift
	step_status=0
	timeout -k 5 "$LIMIT" "$@" < /dev/null > "$here/$name.out" 2> "$here/$name.err" 3>&- || step_status=$?
	echo "$name: status $step_status"
	[ ! -s "$here/$name.err" ] || { echo "$name wrote to stderr:"; show_last "$here/$name.err"; }
	[ "$step_status" != 124 ] && [ "$step_status" != 137 ]
}

# fresh NAME COMMAND...: a step in a new copy of the directory start, so that each run finds the same.
fresh() {
	rm -rf "$here/work"
	cp -a "$here/start" "$here/work"
	cd "$here/work"
	local failed=0
	step "$@" || failed=1
	cd "$here"
	return $failed
}

# natively COMMAND...: must end with status $expected (0).
natively() {
	fresh native "$@"
	[ "$step_status" = "${expected:-0}" ]
}

recorded() {
	rm -rf "$trace"
	fresh record rr-record $RECORD_OPTIONS -o "$trace" "$@"
	[ "$step_status" = "${expected:-0}" ]
}

# replayed: the same bytes on stdout as when it was recorded, from nothing but the trace.
replayed() {
	rm -rf "$here/work"
	step replay rr-replay "$trace"
	[ "$step_status" = 0 ]
	same record.out replay.out
}

verified() {
	step verify rr-verify "$trace"
	[ "$step_status" = 0 ]
	[ ! -s verify.out ]
}

same() {
	cmp "$1" "$2" || { diff -a "$1" "$2" | head -n 20; return 1; }
}

# replays COMMAND...: natively and recorded with the same status, replayed with the same output, verified.
replays() {
	local i
	natively "$@"
	for ((i = 0; i < REPEAT; i++)); do
		recorded "$@"
		replayed
		verified
	done
}

# exact COMMAND...: the same, for a command that prints the same every time.
exact() {
	local i
	natively "$@"
	for ((i = 0; i < REPEAT; i++)); do
		recorded "$@"
		same native.out record.out
		replayed
		verified
	done
}

# not COMMAND...: it fails. (A test goes on behind a `! COMMAND`, whatever comes of it.)
not() {
	! "$@"
}

# needs PROGRAM...: skips the test where one is missing.
needs() {
	local program
	for program; do
		command -v "$program" > needs.out || skip "no $program"
	done
}

# needs_machine TRACEE: skips the test where that one finds the machine short of something.
needs_machine() {
	local status=0
	"$tests/../build/tests/programs/$1" > needs.out || status=$?
	[ "$status" != 77 ] || skip "no $(sed -n 's/^skip: //p' needs.out)"
}

# until_true COMMAND...: asks again until it succeeds; fails after 100 s.
until_true() {
	local end=$((SECONDS + 100))
	until "$@" > until.out 2>&1; do
		[ "$SECONDS" -lt "$end" ] || { echo "never true: $*"; cat until.out; return 1; }
		read -r -t 0.05 <> <(:) || :
	done
}

# many N M: N, or M on a slow machine
many() {
	[ -z "$SLOW" ] && echo "$1" || echo "$2"
}

# gone PID: no such process, or only its corpse.
gone() {
	local state
	state=$(ps -o state= -p "$1") || return 0
	[ "${state:0:1}" = Z ]
}

free_port() {
	/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
