# Checksums of what programs hand to the kernel: a replay whose calls read other bytes is not the recording, even where all
# registers are the same. trace_edit.py changes what a program read, so that it hands on something else.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=120
}

setup() {
	common_setup
}

# diverges PATTERN: both programs report a divergence that says this.
diverges() {
	step replay rr-replay "$trace"
	[ "$step_status" = 1 ]
	grep -E "the replay has diverged: $1\$" replay.err
	step verify rr-verify --memory=none "$trace"
	[ "$step_status" = 1 ] || [ "$step_status" = 2 ]
	grep -E "the replay has diverged: $1\$" verify.err
}

# edited OLD NEW COMMAND...: records the command and changes what it read, which is the first place where these bytes are
edited() {
	local old=$1 new=$2
	shift 2
	rr-record -o "$trace" "$@" > record.out 2> record.err
	rr-verify "$trace"
	/usr/bin/python3 "$tests/trace_edit.py" "$trace" "$old" "$new" 1
}

@test "other bytes in a buffer are a divergence that names the byte" {
	echo wanted > word
	edited wanted warned head -n 1 word
	diverges 'write reads other bytes than when it was recorded: argument 2 \(buf\): byte 2 at 0x[0-9a-f]+: recorded 0x6e, replayed 0x72'
}

@test "other bytes beyond those that are kept are a divergence too" {
	{ head -c 300 /dev/zero | tr '\0' x; echo wanted; } > word
	edited wanted warned head -c 307 word
	diverges 'write reads other bytes than when it was recorded: argument 2 \(buf\): bytes that are not kept for printing'
}

@test "another path is a divergence" {
	echo /nowhere/wanted > word
	edited wanted warned bash -c 'read -r w < word; cd "$w" || exit 0'
	diverges '[a-z0-9]+ reads other bytes than when it was recorded: argument [12] \([a-z]+\): byte 11 at 0x[0-9a-f]+: recorded 0x6e, replayed 0x72'
}

@test "another argument of a program is a divergence" {
	echo wanted > word
	edited wanted warned bash -c 'read -r w < word; exec true $w'
	diverges 'execve reads other bytes than when it was recorded: argument 2 \(argv\): byte 7 at 0x[0-9a-f]+: recorded 0x6e, replayed 0x72'
}

@test "other bytes in the middle of a long write are a divergence" {
	{ head -c 900000 /dev/zero | tr '\0' x; echo wanted; } > word
	edited wanted warned dd if=word bs=1M status=none
	diverges 'write reads other bytes than when it was recorded: argument 2 \(buf\): bytes that are not kept for printing'
}

@test "a trace without checksums replays" {
	rr-replay "$tests/golden/trace-1" > out
	cmp out "$tests/golden/trace-1.out"
}
