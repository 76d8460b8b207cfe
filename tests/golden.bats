# Kept traces of the released format: they must stay readable and replayable on every x86-64 processor.

bats_require_minimum_version 1.5.0
load common

setup() {
	common_setup
	# In a checkout everybody may read it.
	cp -r "$tests/golden/trace-1" trace
}

@test "the golden trace replays exactly" {
	step verify rr-verify --memory=all trace
	[ "$step_status" = 0 ]
	[ ! -s verify.err ]
	step replay rr-replay trace
	[ "$step_status" = 0 ]
	same "$tests/golden/trace-1.out" replay.out
}

@test "the golden trace is printed unchanged" {
	{ rr-dump -r trace; rr-dump -M trace; } > dump
	same "$tests/golden/trace-1.dump" dump
}

@test "the golden trace needs no other file, and packing changes nothing" {
	rr-pack trace
	diff -r trace "$tests/golden/trace-1"
}

@test "the golden trace replays on the oldest processor" {
	RR_PRETEND_CPU=x86-64 step replay rr-replay trace
	[ "$step_status" = 0 ]
	same "$tests/golden/trace-1.out" replay.out
}

@test "a processor that lacks recorded features is refused, and the features are named" {
	rr-record -q -o t true 3>&-
	has() { grep -qw "$1" /proc/cpuinfo; }
	has ssse3 || skip "an old processor"
	for list in x86-64 -ssse3,-popcnt; do
		RR_PRETEND_CPU=$list step replay rr-replay t
		[ "$step_status" = 2 ]
		[ "$(wc -l < replay.err)" = 1 ]
		grep -q '^rr-replay: t: was recorded on a processor with features that this one lacks: .*\bssse3\b' replay.err
	done
	RR_PRETEND_CPU=-ssse3 step verify rr-verify t
	[ "$step_status" = 2 ]
	grep -q ' lacks: ssse3$' verify.err
	# Features that programs do not need.
	RR_PRETEND_CPU=-erms,-pku step replay rr-replay t
	[ "$step_status" = 0 ]
}

@test "a trace that was recorded for a smaller processor replays on it" {
	rr-record -q --cpu-features=x86-64-v2 -o t sh -c 'ls / | sort' > record.out 3>&-
	RR_PRETEND_CPU=x86-64-v2 step replay rr-replay t
	[ "$step_status" = 0 ]
	same record.out replay.out
}

# edited KEY OLD NEW: changes a value in args_env, and corrects the checksums
edited() {
	/usr/bin/python3 - "$@" <<-'EOF'
	import re, sys, zlib
	key, old, new = (s.encode() for s in sys.argv[1:])
	items = open('trace/args_env', 'rb').read().split(b'\0')[:-2]
	items = [re.sub(b'^' + key + b'=' + old, key + b'=' + new, i) for i in items]
	body = b''.join(i + b'\0' for i in items)
	body += b'crc32=%08x\0' % zlib.crc32(body)
	open('trace/args_env', 'wb').write(body)
	v = open('trace/version', 'rb').read()
	v = re.sub(rb'args_env=\d+:[0-9a-f]{8}', b'args_env=%d:%08x' % (len(body), zlib.crc32(body)), v[:v.rindex(b' crc32=')])
	open('trace/version', 'wb').write(v + b' crc32=%08x\n' % zlib.crc32(v))
	EOF
}

# misfit WORDS: the trace must be refused in one line with these words
misfit() {
	step replay rr-replay trace
	[ "$step_status" = 2 ]
	[ "$(wc -l < replay.err)" = 1 ]
	grep -q "^rr-replay: trace: was recorded with $1" replay.err
}

@test "a machine with other address or page sizes or register state is refused in one line" {
	cp -r trace good
	edited leaf '80000008 0 ([0-9a-f]*)..([0-9a-f]{2}) ' '80000008 0 40\2 ' && edited leaf '80000008 0 40' '80000008 0 4040'
	misfit 'addresses of 64 bits, and this machine has'
	rm -rf trace; cp -r good trace
	edited page_size 4096 16384
	misfit 'pages of 16384 bytes'
	grep -qw avx /proc/cpuinfo || return 0
	rm -rf trace; cp -r good trace
	# The recorded area has protection keys, too, at the offset of the recorded machine.
	edited leaf 'd 0 [0-9a-f]* ' 'd 0 207 ' && edited leaf 'd 9 .*' 'd 9 8 980 0 0' && edited leaf 'd 2 .*' 'd 2 100 300 0 0'
	misfit 'the register state of avx at byte 768 of what XSAVE saves; here it is at 576'
	edited leaf 'd 2 .*' 'd 2 100 240 0 0'
	step replay rr-replay trace
	[ "$step_status" = 0 ]
	RR_PRETEND_CPU=-avx misfit 'the register state of avx, which this machine does not keep'
}
