# What fails under a program, ends it, or takes its trace away: nothing lost that was whole, one line, no process left.
# Each is done at many more places by `make nightly`.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=600 LIMIT=580
}

setup() {
	common_setup
	needs /usr/bin/python3
	# Rewritten code is made once, as it is for others.
	export HOME=$BATS_FILE_TMPDIR
}

# faults ARG...: what should not have been is told behind "#"
faults() {
	step faults "$tests/faults/faults.py" "$@"
	cat faults.out
	[ "$step_status" = 0 ]
}

# --- calls that fail

@test "calls fail while recording: the recording is exact, or ends in a line with all that was before" {
	faults inject --most "$(many 2 1)" record
}

@test "calls fail while a trace is there already: it stays as it is" {
	faults inject --most "$(many 2 1)" record-refused
}

@test "calls fail while code is rewritten: nothing wrong is kept for the next" {
	faults inject --most 1 record-cold
}

@test "calls fail while packing in place: the trace is as it was, or packed" {
	faults inject --most "$(many 2 1)" pack
}

@test "calls fail while packing elsewhere and unpacking: nothing half done" {
	faults inject --most 1 archive unpack into
}

@test "calls fail while reading: what is printed is right, and trouble is no divergence" {
	faults inject --most "$(many 2 1)" dump verify replay
}

@test "calls fail while debugging: what a client is told is right, and nothing is left" {
	faults inject --most "$(many 2 1)" serve
}

# --- what there is little of, or none

# short COMMAND...: rr-record under that ends well or with a line, and leaves nothing that is not exact
short() {
	rm -rf "$trace"
	step record "$@" rr-record -o "$trace" sh -c 'cat /etc/passwd | wc -l; (exit 3); echo done'
	if [ "$step_status" = 0 ]; then
		same native.out record.out
		grep -q 'its replay diverges' record.err || verified
	else
		[ "$step_status" = 125 ]
		[[ "$(tail -n 1 record.err)" == "rr-record: "*": "* ]]
		[ "$(grep -vc 'is not counted' record.err)" = 1 ]
		[ ! -e "$trace" ] || ! rr-verify "$trace" 2> verify.err
	fi
}

setup_native() {
	step native sh -c 'cat /etc/passwd | wc -l; (exit 3); echo done'
}

@test "few open files: recorded and replayed exactly, or one line" {
	setup_native
	for n in 4 5 6 8 10 12 14 16 20 32; do
		short bash -c "ulimit -n $n; exec \"\$@\"" bash
	done
	recorded sh -c 'cat /etc/passwd | wc -l; (exit 3); echo done'
	for n in 4 6 8 10 12 14 16 20 32; do
		for program in rr-replay rr-verify "rr-dump -m" "rr-pack -n"; do
			step few bash -c "ulimit -n $n; exec $program trace"
			[ ! -s few.err ] || [ "$(wc -l < few.err)" = 1 ]
			[ -s few.err ] || [ "$program" != rr-replay ] || same native.out few.out
		done
	done
}

@test "a soft limit of open files is no limit for the recorder, and the program has its own" {
	step record bash -c 'ulimit -S -n 16; exec rr-record -o t sh -c "ulimit -n; (exit 3); cat /etc/passwd | wc -l"'
	[ "$(head -n 1 record.out)" = 16 ]
	rr-verify t
}

@test "little memory: one line, or exact" {
	setup_native
	for kb in 15000 20000 25000 30000 40000 80000; do
		short bash -c "ulimit -v $kb; exec \"\$@\"" bash
	done
}

@test "without HOME, with a cache that cannot be written or is full, without a temporary directory: recorded all the same" {
	setup_native
	echo x > file
	short env -u HOME -u XDG_CACHE_HOME
	[ "$step_status" = 0 ]
	short env XDG_CACHE_HOME=/proc
	[ "$step_status" = 0 ]
	short env XDG_CACHE_HOME="$PWD/file"
	[ "$step_status" = 0 ]
	short env TMPDIR=/nowhere
	[ "$step_status" = 0 ]
	short env XDG_CACHE_HOME=/dev/full
	[ "$step_status" = 0 ]
}

@test "a file system that is read-only: one line, and nothing of the program has run" {
	unshare -rm true 2> unshare.err || skip "no namespaces here"
	mkdir ro
	step record unshare -rm sh -c 'mount --bind ro ro && mount -o remount,bind,ro ro && exec rr-record -o ro/t echo no'
	[ "$step_status" = 125 ]
	[ "$(wc -l < record.err)" = 1 ]
	grep -q 'Read-only file system' record.err
	[ ! -s record.out ]
	step record unshare -rm sh -c 'mount --bind ro ro && mount -o remount,bind,ro ro && RR_TRACE_DIR=$PWD/ro exec rr-record echo no'
	[ "$step_status" = 125 ]
	[ "$(wc -l < record.err)" = 1 ]
	grep -q 'Read-only file system' record.err
}

@test "a cache on a full disk: recorded all the same" {
	unshare -rm true 2> unshare.err || skip "no namespaces here"
	setup_native
	mkdir cache
	short unshare -rm sh -c 'mount -t tmpfs -o size=16k tmpfs cache && exec env XDG_CACHE_HOME=$PWD/cache "$@"' sh
	[ "$step_status" = 0 ]
}

@test "without /proc: one line" {
	unshare -rmpf true 2> unshare.err || skip "no namespaces here"
	recorded /bin/echo hello
	mkdir none
	for program in "rr-record -o t /bin/echo hello" "rr-replay trace" "rr-verify trace"; do
		step none unshare -rmpf --kill-child sh -c 'mount --bind none /proc && exec "$@"' sh $program
		[ "$step_status" = 125 ] || [ "$step_status" = 2 ]
		[ "$(wc -l < none.err)" = 1 ]
		[ ! -s none.out ]
	done
}

# --- clocks

@test "a clock that was elsewhere when recording, and is elsewhere when replaying" {
	unshare -rTf --monotonic 1000000 --boottime 2000000 true 2> unshare.err || skip "no time namespaces here"
	step record unshare -rTf --monotonic 1000000 --boottime 2000000 rr-record -o t \
		sh -c 'cat /proc/uptime; "$0"; (exit 3); date +%s' "$programs/clock_nanosleep_forms"
	[ "$step_status" = 0 ]
	cp record.out recorded.out
	step replay rr-replay t
	same recorded.out replay.out
	for since in 10 5000000; do
		step replay unshare -rTf --monotonic $since --boottime $since rr-replay t
		same recorded.out replay.out
		step verify unshare -rTf --monotonic $since --boottime $since rr-verify t
		[ "$step_status" = 0 ]
	done
}

@test "files that are from the future, from long ago, or from before 1970" {
	cp /bin/echo start/echo
	export XDG_CACHE_HOME=$PWD/cache
	for date in 2200-01-01 1970-01-01 1935-05-05; do
		touch -d "$date" start/echo
		natively ./echo hello
		recorded ./echo hello
		replayed
		verified
		# A clock that is set back makes what is in the cache younger than now.
		touch -d "$date" cache/rr/* trace/* trace/files/*
		verified
	done
}

# --- programs that are killed

@test "the recorder is killed: what is there replays exactly to where it ends" {
	faults kill --times 4 record record-cold
}

@test "packers are killed: the trace is whole, and what they left goes with the next" {
	faults kill --times 4 pack archive unpack into
}

@test "readers are killed: none of their processes is left" {
	faults kill --times 3 dump verify replay gdb
}

# --- traces that others change

@test "a trace is removed while it is used" {
	faults remove --times 3
}

@test "two at once on one trace" {
	faults race --times 2
}
