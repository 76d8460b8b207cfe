# Functions of the bats tests: they run a command natively, record, replay and verify it.
# A test starts in a new empty directory. There the output of each step is in native.out, native.err, record.out,
# replay.out and so on, and the trace is ./trace.

# LIMIT	seconds for each step
# REPEAT	how often to record, replay and verify
# RECORD_OPTIONS	more options for rr-record, such as -c 1
# THIRD	1, 2 or 3: run every third test, from that one on
# SLOW	not empty on a machine where programs take long to start: repeat less
LIMIT=${LIMIT:-100}
REPEAT=${REPEAT:-1}

common_setup() {
	[ -z "$THIRD" ] || [ $(((BATS_TEST_NUMBER - THIRD) % 3)) = 0 ] || skip "this machine runs every third test; the next commits have this one"
	cd "$BATS_TEST_TMPDIR" || return
	tests=$BATS_TEST_DIRNAME
	PATH=$(cd "$tests/../bin" && pwd):/usr/sbin:/usr/bin:/sbin:/bin
	export HOME=$PWD TMPDIR=$PWD LC_ALL=C TZ=UTC RR_TRACE_DIR=$PWD/traces
	unset MAKEFLAGS MAKELEVEL MFLAGS
	trace=$PWD/trace here=$PWD
	mkdir start
}

# Prints the last 20 lines of a file. It does not start a program, because a test has thousands of steps.
show_last() {
	local lines
	mapfile -t lines < "$1"
	[ "${#lines[@]}" -le 20 ] || lines=("${lines[@]: -20}")
	printf '%s\n' "${lines[@]}"
}

# step NAME COMMAND...: runs it in the current directory for at most $LIMIT seconds. Sets $step_status.
step() {
	local name=$1
	shift
	step_status=0
	timeout -k 5 "$LIMIT" "$@" < /dev/null > "$here/$name.out" 2> "$here/$name.err" 3>&- || step_status=$?
	echo "$name: status $step_status"
	[ ! -s "$here/$name.err" ] || { echo "$name wrote to stderr:"; show_last "$here/$name.err"; }
	[ "$step_status" != 124 ] && [ "$step_status" != 137 ]
}

# fresh NAME COMMAND...: a step in a new copy of the directory start, so that all runs find the same files.
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

# replayed: the replay must print the same bytes as the recording, although the program's files are gone.
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

# replays COMMAND...: the native and the recorded run must have the same status; the replay must print the same output and verify.
replays() {
	local i
	natively "$@"
	for ((i = 0; i < REPEAT; i++)); do
		recorded "$@"
		replayed
		verified
	done
}

# exact COMMAND...: the same, for a command whose native output is the same, too.
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

# not COMMAND...: it must fail. (bats ignores the status of `! COMMAND`.)
not() {
	! "$@"
}

# needs PROGRAM...: skips the test if one is missing.
needs() {
	local program
	for program; do
		command -v "$program" > needs.out || skip "no $program"
	done
}

# needs_machine TRACEE: skips the test if that tracee skips itself on this machine.
needs_machine() {
	local status=0
	"$tests/../build/tests/programs/$1" > needs.out || status=$?
	[ "$status" != 77 ] || skip "no $(sed -n 's/^skip: //p' needs.out)"
}

# until_true COMMAND...: repeats it until it succeeds; fails after 100 s.
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

# gone PID: whether the process does not exist or is a zombie.
gone() {
	local state
	state=$(ps -o state= -p "$1") || return 0
	[ "${state:0:1}" = Z ]
}

free_port() {
	/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
