# Files that a process serves (FUSE), outside of the recording or with programs of the distribution. tests/programs/fuse_* have
# servers that are recorded.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=120
}

setup() {
	common_setup
	outside=$tests/../build/tests/programs/fuse_outside
	outside=$(realpath "$outside")
}

# beside STATUS COMMAND...: COMMAND, beside a server that answers no reads, ends by SIGTERM with that status
beside() {
	local expected=$1
	shift
	step beside "$outside" "$@"
	[ "$step_status" != 77 ] || skip "$(sed -n 's/^skip: //p' beside.out)"
	[ "$(tail -n 1 beside.out)" = "status $expected" ]
}

@test "SIGTERM ends a program whose mapped file is never read" {
	beside 143 rr-record -o "$trace" "$outside" --map
	verified
}

@test "a process that waits for its server in the kernel is left when it has been killed" {
	beside 125 rr-record -o "$trace" cat m/program
	grep -q 'cannot be killed, because it waits in the kernel: it is left' beside.err
	verified
}

@test "a mounted image is used as an AppImage does, and unmounted" {
	needs squashfuse mksquashfs fusermount3
	mkdir -p image/lib start/m
	cp /bin/cat image/program
	echo text > image/text
	mksquashfs image start/image.squashfs -quiet -no-progress > squashed.out
	cat > start/run <<-'EOS'
		#!/bin/sh
		squashfuse image.squashfs m || exit 77
		m/program m/text && ls m
		status=$?
		fusermount3 -u m
		exit $status
	EOS
	chmod +x start/run
	fresh native ./run
	[ "$step_status" != 77 ] || skip "no file system can be mounted"
	replays ./run
	same native.out replay.out
}
