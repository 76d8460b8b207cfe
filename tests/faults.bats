# What fails under a program, ends it, or takes its trace away: nothing lost that was whole, one line, no process left.
# Each is done at many more places by `make nightly`.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=300
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
	faults inject --most 2 record
}

@test "calls fail while code is rewritten: nothing wrong is kept for the next" {
	faults inject --most 1 record-cold
}

@test "calls fail while packing in place: the trace is as it was, or packed" {
	faults inject --most 2 pack
}

@test "calls fail while packing elsewhere and unpacking: nothing half done" {
	faults inject --most 1 archive unpack into
}

@test "calls fail while reading: what is printed is right, and trouble is no divergence" {
	faults inject --most 2 dump verify replay
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
