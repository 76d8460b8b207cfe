# Calls of the tools fail, tools are killed, traces are changed while in use: no complete data is lost, the error is one line, and
# no process is left. `make nightly` does each at many more places.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=600 LIMIT=580
}

setup() {
	common_setup
	needs /usr/bin/python3
	# Code is rewritten once, before the faults.
	export HOME=$BATS_FILE_TMPDIR
}

# faults ARG...: runs faults.py, whose complaints are printed as comments
faults() {
	step faults "$tests/faults/faults.py" "$@"
	cat faults.out
	[ "$step_status" = 0 ]
}

# --- calls that fail

@test "when calls fail during recording, the recording is exact or ends with one line and all earlier events" {
	faults inject --most "$(many 2 1)" record
}

@test "when calls fail, an existing trace stays unchanged" {
	faults inject --most "$(many 2 1)" record-refused
}

@test "when calls fail during rewriting, nothing wrong is cached" {
	faults inject --most 1 record-cold
}

@test "when calls fail during packing in place, the trace is unchanged or packed" {
	faults inject --most "$(many 2 1)" pack
}

@test "when calls fail during archiving or unpacking, nothing partial is left" {
	faults inject --most 1 archive unpack into
}

@test "when calls fail during reading, the output is right and no divergence is reported" {
	faults inject --most "$(many 2 1)" dump verify replay
}

@test "when calls fail during debugging, replies are right and no process is left" {
	faults inject --most "$(many 2 1)" serve
}

# --- scarce resources

# short COMMAND...: rr-record under COMMAND must end well or with one line, and a trace that it leaves must replay exactly
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

@test "with few open files a recording is exact, or fails in one line" {
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

@test "a low soft limit of open files limits the program but not the recorder" {
	step record bash -c 'ulimit -S -n 16; exec rr-record -o t sh -c "ulimit -n; (exit 3); cat /etc/passwd | wc -l"'
	[ "$(head -n 1 record.out)" = 16 ]
	rr-verify t
}

@test "with little memory a recording is exact, or fails in one line" {
	setup_native
	for kb in 15000 20000 25000 30000 40000 80000; do
		short bash -c "ulimit -v $kb; exec \"\$@\"" bash
	done
}

@test "recording works without HOME, without a usable cache and without a temporary directory" {
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

@test "on a read-only file system recording fails in one line before the program runs" {
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

@test "recording works with a cache on a full disk" {
	unshare -rm true 2> unshare.err || skip "no namespaces here"
	setup_native
	mkdir cache
	short unshare -rm sh -c 'mount -t tmpfs -o size=16k tmpfs cache && exec env XDG_CACHE_HOME=$PWD/cache "$@"' sh
	[ "$step_status" = 0 ]
}

@test "without /proc recording fails in one line" {
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

@test "a recording replays where the clocks since boot differ" {
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

@test "files with times in the future, long ago or before 1970 are recorded" {
	cp /bin/echo start/echo
	export XDG_CACHE_HOME=$PWD/cache
	for date in 2200-01-01 1970-01-01 1935-05-05; do
		touch -d "$date" start/echo
		natively ./echo hello
		recorded ./echo hello
		replayed
		verified
		# If the clock is set back, files of the cache are newer than now.
		touch -d "$date" cache/rr/* trace/* trace/files/*
		verified
	done
}

# --- programs that are killed

@test "the trace of a killed recorder replays exactly to its end" {
	faults kill --times 4 record record-cold
}

@test "a killed packer leaves the trace complete, and the next one removes its temporary files" {
	faults kill --times 4 pack archive unpack into
}

@test "a killed reader leaves no process" {
	faults kill --times 3 dump verify replay gdb
}

# --- traces that change while they are read

@test "a trace can be removed while it is used" {
	faults remove --times 3
}

@test "two programs can use one trace at once" {
	faults race --times 2
}
