# rr-dump on a synthetic trace that has every kind of event (tests/unit/mktrace.c).

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/.."
	export MKTRACE=$BATS_FILE_TMPDIR/mktrace
	${CC:-cc} -D_GNU_SOURCE -std=gnu17 -Ilib -Ibuild -o "$MKTRACE" tests/unit/mktrace.c build/librr.a \
		$(make -s libs)
	"$MKTRACE" "$BATS_FILE_TMPDIR/small"
	"$MKTRACE" "$BATS_FILE_TMPDIR/large" 20000
	"$MKTRACE" "$BATS_FILE_TMPDIR/cut" 3 cut
}

setup() {
	PATH=$BATS_TEST_DIRNAME/../bin:$PATH
	export RR_TRACE_DIR=$BATS_TEST_TMPDIR/traces HOME=$BATS_TEST_TMPDIR
	cd "$BATS_FILE_TMPDIR"
}

@test "an event is a line of six columns separated by TABs" {
	run -0 rr-dump small
	[ "${#lines[@]}" -eq 14 ]
	[ "$(rr-dump small | awk -F'\t' 'NF != 6 || $1 != NR' | wc -l)" -eq 0 ]
	[ "${lines[3]}" = $'4\t0.000004000\t1000\t0\tsyscall\topenat(AT_FDCWD, "/missing", O_RDONLY) = -1 ENOENT (No such file or directory)' ]
}

@test "every kind of event is printed" {
	run -0 rr-dump small
	[ "${lines[0]##*$'\t'}" = 'execve("/bin/prog", ["prog", "a b", "\n"], NULL) = 0' ]
	[ "${lines[5]##*$'\t'}" = 'clone: child 1001' ]
	[ "${lines[6]##*$'\t'}" = 'wait4(-1, <unfinished ...>' ]
	[ "${lines[8]##*$'\t'}" = 'exited 3' ]
	[[ "${lines[10]##*$'\t'}" == 'SIGCHLD {si_signo=SIGCHLD, '*'} handler' ]]
	[ "${lines[11]##*$'\t'}" = 'rdtsc = 0x123456' ]
	[ "${lines[12]##*$'\t'}" = 'checksum = 0xfeed' ]
	[ "$(rr-dump small | cut -f 5 | sort -u | xargs)" = 'checksum clone enter exit insn signal syscall' ]
}

@test "the manual's example with grep and awk finds failed lookups" {
	[ "$(rr-dump large | grep openat | awk -F'\t' '$NF ~ /ENOENT/' | wc -l)" -eq 20000 ]
}

@test "bytes of a trace are escaped in the output" {
	for options in '' -m -x -r -j -M -a -t; do
		run -0 rr-dump $options small
		[[ "$output" != *[![:print:][:space:]]* ]]
		[ "$(rr-dump $options small | LC_ALL=C tr -d '\t\n -~' | wc -c)" -eq 0 ]
	done
	[[ "$(rr-dump -a small)" == *$'environ\tODD=a\\nb'* ]]
	[[ "$(rr-dump -M small)" == *'/bin/strange\tname' ]]
}

@test "-H names the columns" {
	run -0 rr-dump -H -e 1 small
	[ "${lines[0]}" = $'event\ttime\ttid\tticks\tkind\tdetail' ]
	run -0 rr-dump -Hr -e 1 small
	[ "${lines[0]}" = $'event\ttime\ttid\tticks\tkind\tdetail\tregisters\tafter' ]
}

@test "-e prints ranges, sorted and each event once" {
	[ "$(rr-dump -e 3 small | cut -f 1 | xargs)" = 3 ]
	[ "$(rr-dump -e 12-,2-3 small | cut -f 1 | xargs)" = '2 3 12 13 14' ]
	[ "$(rr-dump -e -2 -e 2-3 small | cut -f 1 | xargs)" = '1 2 3' ]
	[ "$(rr-dump -e 240001-,120000,77 large | cut -f 1 | xargs)" = '77 120000 240001 240002' ]
	run -0 rr-dump -e 1000- small
	[ "$output" = '' ]
}

@test "-k, -p and -s select events that match all of them" {
	[ "$(rr-dump -k exit,signal small | cut -f 1 | xargs)" = '9 11 14' ]
	[ "$(rr-dump -p 1001 small | cut -f 1 | xargs)" = '8 9' ]
	[ "$(rr-dump -s wait4,clone small | cut -f 1 | xargs)" = '6 7 10' ]
	[ "$(rr-dump -s wait4 -k syscall -p 1000 -e 5- small | cut -f 1 | xargs)" = 10 ]
}

@test "an invalid range, kind, task or call is named, status 2" {
	for wrong in '-e 0' '-e 3-2' '-e x' '-e 1,' '-e -' '-e 99999999999999999999' '-k call' '-p x' '-p 0' '-s opnat' \
		'-w x' '-w -1'; do
		run -2 --separate-stderr rr-dump $wrong small
		[ "$output" = '' ]
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == "rr-dump: ${wrong% *}: "* ]]
	done
	[[ "$(rr-dump -s read,opnat small 2>&1)" == 'rr-dump: -s: opnat: no such call' ]]
}

@test "-r adds the registers before and those that changed" {
	run -0 rr-dump -r -e 2 small
	[[ "$output" == *$'\tr15=0x0 '*' rdi=0xffffffffffffff9c '*$'\trax=0x3' ]]
}

@test "-m adds a line for each stretch of memory written" {
	run -0 rr-dump -m -e 3,5 small
	[ "${lines[1]}" = $'3\t0.000003000\t1000\t0\tmemory\t0x2000\t23\t"root:x:0:0:\\t\\"quoted\\"\\\\\\n\\377"' ]
	[ "${lines[3]}" = $'5\t0.000005000\t1000\t0\tmemory\t0x9000\t8192\tzero' ]
	[ "$(rr-dump -mx -e 3 small | awk -F'\t' '$5 == "memory" { print $8 }')" = \
		726f6f743a783a303a303a092271756f746564225c0aff ]
}

@test "-j prints JSON, one valid object a line" {
	for options in -j -jr -jm -jc -jt -jM -ja -jx; do
		rr-dump $options small | python3 -c '
import json, sys
lines = [json.loads(line) for line in sys.stdin]
assert lines'
	done
	rr-dump -j -e 4 small | python3 -c '
import json, sys
event = json.load(sys.stdin)
assert event["event"] == 4 and event["call"] == "openat" and event["error"] == "ENOENT", event
assert event["detail"].startswith("openat(AT_FDCWD, \"/missing\""), event'
}

@test "-c counts calls and their errors, the most frequent first" {
	run -0 rr-dump -c large
	[ "${lines[0]}" = $'40000\t20000\t33.33\topenat' ]
	[ "${#lines[@]}" -eq 6 ]
	[ "$(rr-dump -c -p 1001 small)" = $'1\t0\t100.00\tgetppid' ]
}

@test "-t prints the tree of tasks" {
	run -0 rr-dump -t small
	[ "${lines[0]}" = $'1000\t1-14\texited 0\tprog a b \\n' ]
	[ "${lines[1]}" = $'  1001\t6-9\texited 3\t(prog a b \\n)' ]
}

@test "-t distinguishes tasks that had the same id" {
	[ "$(rr-dump -t large | wc -l)" -eq 20001 ]
}

@test "-M prints mappings" {
	[ "$(rr-dump -M small)" = $'1\t1000\t0x400000-0x402000\tr-xp\t0x0\tfile\t/bin/strange\\tname' ]
}

@test "-a prints how the program was started" {
	run -0 rr-dump -a small
	[ "${lines[2]}" = $'argv\tprog' ]
	[ "${lines[3]}" = $'argv\ta b' ]
	[ "${lines[4]}" = $'environ\tHOME=/root' ]
}

@test "two views at once are a usage error, status 2" {
	run -2 rr-dump -t -M small
	run -2 rr-dump -l -c small
}

@test "rr-dump has -h and --version" {
	run -0 rr-dump -h
	[[ "$output" == 'usage: rr-dump '* ]]
	run -0 rr-dump --version
	[[ "$output" =~ ^rr-dump\ \(rr-tools\)\ [0-9] ]]
}

@test "a closed pipe ends rr-dump quietly" {
	run --separate-stderr bash -c 'rr-dump large | head -n 1; exit ${PIPESTATUS[0]}'
	[ "$status" -eq 141 ]
	[ "$stderr" = '' ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "a closed pipe ends rr-dump quietly even when SIGPIPE was ignored" {
	run --separate-stderr bash -c 'trap "" PIPE; rr-dump large | head -n 1'
	[ "$stderr" = '' ]
}

@test "output that can't be written is an error, status 2" {
	run -2 bash -c 'rr-dump large > /dev/full'
	[[ "$output" == 'rr-dump: stdout: '* ]]
}

@test "a trace that was cut short is printed to its end, with a note" {
	run -0 --separate-stderr rr-dump cut
	[ "${#lines[@]}" -eq 37 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == 'rr-dump: cut: incomplete: '* ]]
}

@test "a damaged trace is printed as far as it can be read, status 2" {
	cp -r large damaged
	size=$(stat -c %s damaged/events)
	# in its last block, because the middle of the file may lie in the first block if that is not compressed
	printf 'XXXXXXXX' | dd of=damaged/events bs=1 seek=$((size - 100)) conv=notrunc status=none
	run -2 --separate-stderr rr-dump damaged
	[ "${#lines[@]}" -gt 10000 ]
	[ "$(printf '%s\n' "${lines[@]}" | awk -F'\t' 'NF != 6 || $1 != NR' | wc -l)" -eq 0 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == 'rr-dump: damaged/events: '* ]]
}

@test "no wrong byte makes rr-dump crash or fail silently" {
	for file in version args_env events mmaps data; do
		size=$(stat -c %s "small/$file")
		for ((at = 0; at < size; at += size / 12 + 1)); do
			rm -rf bad
			cp -r small bad
			printf '\xa5' | dd of="bad/$file" bs=1 seek=$at conv=notrunc status=none
			cmp -s "small/$file" "bad/$file" && continue
			run --separate-stderr timeout 20 rr-dump -m bad
			echo "$file at $at: status $status, $stderr"
			[ "$status" -eq 2 ] || [ "$status" -eq 0 ]
			[ "$status" -eq 0 ] || [ "${#stderr_lines[@]}" -eq 1 ]
		done
	done
}

@test "-w prints only what was written to a descriptor" {
	rr-record -q -o written python3 -c 'import os; os.write(3, b"a\0b\n"); os.write(1, b"x")' 3> three > one
	rr-dump -w 3 written | cmp - three
	rr-dump -w 77 written > nothing
	[ ! -s nothing ]
}

@test "-l follows a recording to its end" {
	"$MKTRACE" slow 4 slow &
	writer=$!
	until [ -e slow/events ]; do :; done
	rr-dump -l slow > followed
	wait "$writer" # not for a watchdog that bats may have started
	[ "$(wc -l < followed)" -eq 50 ]
	rr-dump slow | cmp - followed
}

@test "-l ends after the recorder has ended" {
	run -0 --separate-stderr timeout 20 rr-dump -l cut
	[ "${#lines[@]}" -eq 37 ]
	[[ "$stderr" == *incomplete* ]]
}

@test "columns are aligned at a terminal" {
	command -v script > which || skip "no script(1)"
	run -0 script -qec "rr-dump -e 1-2 small" typescript
	[[ "${lines[0]}" == '1         0.000001000     1000     0         syscall   execve('* ]]
	[[ "$output" != *$'\t'* ]]
}
