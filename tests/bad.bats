# Damaged traces, recorders that die, full disks: an error is one line that says what and where, and what came before is kept.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=300 sample=$BATS_FILE_TMPDIR/sample
	PATH=$BATS_TEST_DIRNAME/../bin:$PATH
	# It has more than one event of each kind: it uses a child, signals, a file and memory.
	rr-record -o "$sample" sh -c 'trap "echo caught" USR1; kill -USR1 $$; (exit 3); ls -l /etc | wc -l; seq 200; cat < /etc/passwd' \
		> "$BATS_FILE_TMPDIR/sample.out" < /dev/null 3>&-
}

setup() {
	common_setup
	cp -a "$sample" t
	readers='rr-dump rr-replay rr-verify'
}

teardown() {
	[ -z "$recorder" ] || kill -9 "$recorder" 2> kill.err || :
	[ -z "$mounted" ] || umount "$mounted"
}

# reads PROGRAM ARG...: must end by itself, not by a signal, and print at most one line on stderr, unless that is the report of a
# divergence. Sets $step_status.
reads() {
	local said
	step read "$@" || return 1
	[ "$step_status" -lt 126 ] || return 1
	mapfile -t said < read.err
	[ "$step_status" = 1 ] || [ "${#said[@]}" -le 1 ] || return 1
	[ "${#said[@]}" = 0 ] || [[ "${said[0]}" == "$1: "*": "* ]]
}

# refused PROGRAM ARG...: must end with status 2 and one line on stderr, without output
refused() {
	reads "$@"
	[ "$step_status" = 2 ]
	[ ! -s read.out ]
	[ -s read.err ]
}

# part_replayed [TRACE OUTPUT]: an incomplete trace must replay to its end, and rr-replay must say so in one line
part_replayed() {
	reads rr-replay "${1:-t}"
	[ "$step_status" = 0 ]
	grep -q 'last that is whole' read.err
	cmp -n "$(stat -c %s read.out)" read.out "${2:-$sample.out}"
}

no_tracee_left() {
	not pgrep -f "$1" > pgrep.out
}

@test "a missing trace is refused" {
	for program in $readers; do
		refused $program nothing
		grep -q nothing read.err
	done
}

@test "an empty directory and a directory of other files are refused" {
	mkdir empty other
	echo text > other/file
	for program in $readers; do
		refused $program empty
		refused $program other
	done
}

@test "a trace of another version of the format is refused" {
	sed -i 's/^rr-trace [0-9]*/rr-trace 99/' t/version
	for program in $readers; do
		refused $program t
		grep -q 99 read.err
	done
}

@test "a version file that is empty, binary or endless is refused" {
	for program in $readers; do
		: > t/version
		refused $program t
		head -c 500 /dev/urandom > t/version
		refused $program t
		head -c 20000000 /dev/zero > t/version
		refused $program t
	done
}

@test "a trace whose files are directories, devices, FIFOs or links to themselves is refused" {
	for file in events data mmaps args_env; do
		rm -rf t; cp -a "$sample" t; rm t/$file; mkdir t/$file
		for program in $readers; do refused $program t; done
		rmdir t/$file; mkfifo t/$file
		for program in $readers; do reads $program t; [ "$step_status" = 2 ]; done
		rm t/$file; ln -s $file t/$file
		for program in $readers; do refused $program t; done
		rm t/$file; ln -s /dev/zero t/$file
		for program in $readers; do reads $program t; [ "$step_status" = 2 ]; done
	done
}

@test "a trace that lacks one of its files is refused" {
	for file in events data mmaps args_env; do
		rm -rf t; cp -a "$sample" t; rm t/$file
		for program in rr-replay rr-verify; do
			reads $program t
			[ "$step_status" = 2 ]
			grep -q "$file" read.err
		done
		reads rr-dump t
	done
}

@test "a trace without a version file counts as one that was cut short" {
	rm t/version
	part_replayed
	reads rr-verify t
	[ "$step_status" = 2 ]
	reads rr-dump t
	[ "$(wc -l < read.out)" = "$(rr-dump "$sample" | wc -l)" ]
}

# lengths FILE: prints the first 40 offsets, 25 spread over the file, and the last 5
lengths() {
	local size
	size=$(stat -c %s "$1")
	{ seq 0 40; for i in $(seq 25); do echo $((size * i / 26)); done; seq $((size - 5)) $((size - 1)); } |
		sort -nu | awk -v size="$size" -v every="$(many 1 3)" '$1 >= 0 && $1 < size && NR % every == 0'
}


truncated_everywhere() {
	local file=$1 length
	for length in $(lengths "$sample/$file"); do
		cp "$sample/$file" t/$file
		truncate -s "$length" t/$file
		for program in $readers; do
			reads $program t || { echo "$program: $file cut to $length"; return 1; }
		done
		[ "$step_status" = 2 ] || { echo "rr-verify: $file cut to $length: status $step_status"; return 1; }
	done
}

@test "an events file truncated at many lengths crashes no reader" {
	truncated_everywhere events
}

@test "a data file truncated at many lengths crashes no reader" {
	truncated_everywhere data
}

@test "an mmaps file truncated at many lengths crashes no reader" {
	truncated_everywhere mmaps
}

@test "an args_env file truncated at many lengths crashes no reader" {
	truncated_everywhere args_env
}

@test "a version file truncated at many lengths crashes no reader" {
	truncated_everywhere version
}

# flipped_everywhere FILE: runs every reader with a byte changed, at each of the same offsets
flipped_everywhere() {
	local file=$1 at byte
	for at in $(lengths "$sample/$file"); do
		cp "$sample/$file" t/$file
		byte=$(od -An -tu1 -j "$at" -N 1 t/$file)
		printf "\\$(printf %o $((byte ^ (at % 2 ? 0xff : 1))))" |
			dd of=t/$file bs=1 seek="$at" conv=notrunc status=none
		for program in $readers; do
			reads $program t || { echo "$program: $file flipped at $at"; return 1; }
		done
		[ "$step_status" = 2 ] || { echo "rr-verify: $file flipped at $at: status $step_status"; return 1; }
	done
}

@test "flipped bytes in the events file are found" {
	flipped_everywhere events
}

@test "flipped bytes in the data file are found" {
	flipped_everywhere data
}

@test "flipped bytes in the mmaps file are found" {
	flipped_everywhere mmaps
}

@test "flipped bytes in the args_env file are found" {
	flipped_everywhere args_env
}

@test "flipped bytes in the version file are found" {
	flipped_everywhere version
}

@test "a flipped byte is found in a large trace that several threads read" {
	head -c 12M /dev/urandom > noise
	rr-record -o large md5sum noise > /dev/null 3>&-
	size=$(stat -c %s large/data)
	[ "$size" -gt 10000000 ]
	reads rr-verify --quick large
	[ "$step_status" = 0 ]
	for at in 70 $((size / 3)) $((size / 2)) $((size - 5)); do
		byte=$(od -An -tu1 -j $at -N 1 large/data)
		printf "\\x$(printf %x $((byte ^ 64)))" | dd of=large/data bs=1 seek=$at conv=notrunc status=none
		refused rr-verify large
		grep -q 'wrong checksum' read.err
		cp read.err by_threads
		for one in "taskset -c $(taskset -cp $$ | grep -o '[0-9]*$') rr-verify" 'rr-verify --quick'; do
			step read $one large
			[ "$step_status" = 2 ]
			cmp by_threads read.err
		done
		printf "\\x$(printf %x "$byte")" | dd of=large/data bs=1 seek=$at conv=notrunc status=none
	done
	reads rr-verify --quick large
	[ "$step_status" = 0 ]
}

@test "files swapped within a trace or with another trace are found" {
	rr-record -o u sh -c 'echo another' > record.out
	for file in events data mmaps args_env; do
		rm -rf t; cp -a "$sample" t; cp u/$file t/$file
		for program in $readers; do reads $program t; done
		[ "$step_status" = 2 ]
		cp "$sample/version" t/$file
		for program in $readers; do reads $program t; done
		[ "$step_status" = 2 ]
	done
}

@test "random bytes after a valid header cost neither memory nor time" {
	for file in events data mmaps; do
		rm -rf t; cp -a "$sample" t; rm t/version
		head -c 64 "$sample/$file" > t/$file
		head -c 300000 /dev/urandom >> t/$file
		for program in $readers; do
			step read sh -c "ulimit -v 2000000; exec $program t"
			[[ "$(head -n 1 read.err)" == "$program: "* ]]
			[ "$step_status" = 2 ] || { [ "$program" = rr-dump ] && [ "$step_status" = 0 ]; }
		done
	done
}

@test "a trace without read permission is refused" {
	[ "$(id -u)" != 0 ] || skip "root may read everything"
	chmod 0 t/events
	for program in $readers; do
		refused $program t
		grep -q events read.err
	done
}

# --- recorders that die

# killed BYTES [WRITES]: records a program that never ends, and kills the recorder by SIGKILL when the trace has so many bytes,
# and events of so many writing calls
killed() {
	name=endless-$BATS_SUITE_TEST_NUMBER-$$-$1
	printf '#!/bin/bash\ni=0; while :; do echo $((i++)); (:); done\n' > "$name"
	chmod +x "$name"
	rm -rf k
	rr-record -o k "./$name" > record.out 2> record.err 3>&- < /dev/null &
	recorder=$!
	until_true big_enough k "$1"
	[ -z "$2" ] || until_true has_writes k "$2"
	kill -KILL "$recorder"
	wait "$recorder" || :
	recorder=
	until_true no_tracee_left "$name"
}

big_enough() {
	[ "$(cat "$1"/events "$1"/data "$1"/mmaps | wc -c)" -ge "$2" ]
}

has_writes() {
	[ "$(rr-dump "$1" 2> dump.err | grep -c 'write(')" -ge "$2" ]
}

@test "no process of the program survives a killed recorder" {
	killed 100000
}

@test "after the recorder is killed at any moment, the complete events replay with a note that the trace was cut short" {
	for bytes in 1 30000 200000 $(many 1000000 350000); do
		local writes=
		[ "$bytes" -lt 200000 ] || writes=20
		killed $bytes $writes
		[ ! -e k/version ]
		reads rr-dump k
		[ "$step_status" = 0 ] || [ "$step_status" = 2 ]
		if [ "$bytes" -ge 200000 ]; then
			[ "$(wc -l < read.out)" -gt 100 ]
			part_replayed k record.out
			[ -s read.out ]
		else
			reads rr-replay k
			[ -s read.err ]
		fi
		reads rr-verify k
		[ "$step_status" = 2 ]
		no_tracee_left "$name"
	done
}

@test "a killed recorder loses about 100 ms: events half a second old are in the trace" {
	printf '#!/bin/bash\necho early; for i in 1 2 3 4 5; do read -r -t 0.1 <> <(:); done; : > late; read -r <> <(:)\n' > p
	chmod +x p
	rr-record -o k ./p > record.out 2> record.err 3>&- < /dev/null &
	recorder=$!
	until_true test -e late
	kill -KILL "$recorder"
	wait "$recorder" 2> wait.err || :
	recorder=
	[ ! -e k/version ]
	part_replayed k record.out
	[ "$(cat read.out)" = early ]
}

@test "no process of the replay survives a killed replayer" {
	killed "$(many 2000000 500000)"
	rr-replay k > replay.out 2> replay.err 3>&- < /dev/null &
	recorder=$!
	until_true test -s replay.out
	kill -KILL "$recorder" 2> kill.err || :
	wait "$recorder" || :
	children=$(ps -o pid= --ppid "$recorder" || :)
	recorder=
	[ -z "$children" ]
	[ -z "$(ls -l /proc/[0-9]*/cwd 2> ls.err | grep "$here"/k)" ]
}

@test "SIGTERM to the recorder reaches the program, and its exit is recorded" {
	printf '#!/bin/bash\ntrap "echo asked to end; exit 9" TERM\necho ready; while :; do read -t 1 <> <(:); done\n' > p
	chmod +x p
	rr-record -o k ./p > record.out 2> record.err 3>&- < /dev/null &
	recorder=$!
	until_true grep -q ready record.out
	kill -TERM "$recorder"
	status=0
	wait "$recorder" || status=$?
	recorder=
	[ "$status" = 9 ]
	grep -q 'asked to end' record.out
	step replay rr-replay k
	[ "$step_status" = 0 ]
	same record.out replay.out
	step verify rr-verify k
	[ "$step_status" = 0 ]
}

@test "a second SIGTERM ends the recording with a complete trace" {
	printf '#!/bin/bash\ntrap "echo never" TERM\necho ready; while :; do read -t 1 <> <(:); done\n' > stubborn-$$
	chmod +x stubborn-$$
	rr-record -o k ./stubborn-$$ > record.out 2> record.err 3>&- < /dev/null &
	recorder=$!
	until_true grep -q ready record.out
	kill -TERM "$recorder"
	until_true grep -q never record.out
	# Two signals within a quarter of a second count as one, so send more of them.
	another() { kill -TERM "$recorder" 2> kill.err; gone "$recorder"; }
	until_true another
	recorder=
	until_true no_tracee_left stubborn-$$
	step replay rr-replay k
	[ "$step_status" = 0 ] || [ "$(wc -l < replay.err)" = 1 ]
	cmp -n "$(stat -c %s replay.out)" record.out replay.out
	[ -s replay.out ]
}

@test "a file size limit is reported in one line, and nothing dies by SIGXFSZ" {
	rr-record -q -o shared "$tests/../build/tests/programs/mm_shared_anon_fork" > record.out 3>&-
	for program in rr-replay rr-verify 'rr-dump -w 1'; do
		(ulimit -f 1; step read $program shared; echo "$step_status" > status) || return 1
		[ "$(cat status)" = 2 ]
		[ "$(wc -l < read.err)" = 1 ]
		grep -q "^${program%% *}: .*File too large" read.err
	done
	(ulimit -f 8; step record rr-record -o u "$tests/../build/tests/programs/mm_shared_anon_fork"; echo "$step_status" > status) || return 1
	[ "$(cat status)" = 125 ]
	[ "$(wc -l < record.err)" = 1 ]
	grep -q '^rr-record: .*File too large' record.err
}

@test "a full disk is reported in one line, and the trace is usable up to there" {
	[ "$(id -u)" = 0 ] || skip "only root can mount a small file system"
	mkdir disk
	# The rewritten code is copied into the trace, because the cache is on another file system.
	rr-record -q -o small bash -c '(:); :'
	size=$(($(du -k --apparent-size small/files | cut -f 1) + 700))
	mount -t tmpfs -o size=${size}k tmpfs disk 2> mount.err || skip "mount is not permitted"
	mounted=$here/disk
	name=endless-$BATS_SUITE_TEST_NUMBER-$$
	printf '#!/bin/bash\ni=0; while [ $i -lt 100000 ]; do echo $((i++)); (:); done\n' > "$name"
	chmod +x "$name"
	step record rr-record -o disk/k "./$name"
	[ "$step_status" = 125 ]
	[ "$(wc -l < record.err)" = 1 ]
	grep -q 'No space left' record.err
	grep -q disk/k record.err
	until_true no_tracee_left "$name"
	part_replayed disk/k record.out
	[ -s read.out ]
	reads rr-dump disk/k
	[ "$(wc -l < read.out)" -gt 100 ]
	umount "$mounted"
	mounted=
}

@test "a disk that is full from the start is reported" {
	[ "$(id -u)" = 0 ] || skip "only root can mount a small file system"
	mkdir disk
	mount -t tmpfs -o size=4k tmpfs disk 2> mount.err || skip "mount is not permitted"
	mounted=$here/disk
	cp /dev/zero disk/filler 2> cp.err || :
	step record rr-record -o disk/k echo hello
	[ "$step_status" = 125 ]
	[ "$(wc -l < record.err)" = 1 ]
	grep -q 'No space left' record.err
	umount "$mounted"
	mounted=
}

# --- programs that cannot be run, and exit statuses

@test "a program without read permission runs, or is refused in one line" {
	cp /bin/echo unreadable
	chmod 111 unreadable
	step native ./unreadable hello
	step record rr-record -o k ./unreadable hello
	if [ "$step_status" = 0 ]; then
		same native.out record.out
		step replay rr-replay k
		[ "$step_status" = 0 ]
		same record.out replay.out
	else
		[ "$step_status" = 126 ] || [ "$step_status" = 125 ]
		[ "$(wc -l < record.err)" = 1 ]
	fi
}

@test "a program whose loader is missing is refused" {
	printf 'int main(void) { return 0; }\n' > a.c
	gcc -Wl,--dynamic-linker=/no/such/loader -o a a.c
	step record rr-record -o k ./a
	[ "$step_status" = 127 ] || [ "$step_status" = 126 ]
	[ "$(wc -l < record.err)" = 1 ]
	grep -q '^rr-record: .*a: ' record.err
}

@test "programs that are damaged, empty or for another architecture are refused in one line" {
	: > empty; head -c 300 /bin/true > cut; head -c 5000 /dev/urandom > noise
	{ head -c 18 /bin/true; printf '\050\000'; tail -c +21 /bin/true; } > arm
	chmod +x empty cut noise arm
	for program in empty cut noise arm; do
		rm -rf k
		step record rr-record -o k ./$program
		[ "$step_status" -ge 125 ]
		[ "$(wc -l < record.err)" = 1 ]
		[[ "$(< record.err)" == "rr-record: "*"$program: "* ]]
	done
}

@test "a directory without write permission is reported" {
	[ "$(id -u)" != 0 ] || skip "root may write everywhere"
	mkdir locked
	chmod 555 locked
	step record rr-record -o locked/k echo hello
	[ "$step_status" = 125 ]
	[ "$(wc -l < record.err)" = 1 ]
	[ ! -s record.out ]
}

@test "without -f an existing trace stays unchanged, byte for byte" {
	before=$(cat t/* 2> cat.err | cksum)
	step record rr-record -o t echo hello
	[ "$step_status" = 125 ]
	[ "$(wc -l < record.err)" = 1 ]
	[ ! -s record.out ]
	[ "$(cat t/* 2> cat.err | cksum)" = "$before" ]
}

@test "every exit status is passed on" {
	for status in 0 1 2 42 123 125 126 127 128 130 255; do
		step record rr-record -f -o k sh -c "exit $status"
		[ "$step_status" = "$status" ]
		step replay rr-replay k
		[ "$step_status" = 0 ]
	done
}

@test "rr-record dies by the signal that killed the program" {
	for signal in HUP INT QUIT ILL ABRT BUS FPE USR1 SEGV PIPE ALRM TERM; do
		status=0
		# The caller of the tests may ignore some signals.
		env --default-signal bash -c "ulimit -c 0; exec rr-record -f -o k sh -c 'ulimit -c 0; kill -$signal \$\$'" 2> record.err 3>&- || status=$?
		[ "$status" = $((128 + $(kill -l $signal))) ]
		/usr/bin/python3 - "$signal" <<-'EOF'
			import signal, subprocess, sys
			want = getattr(signal, 'SIG' + sys.argv[1])
			p = subprocess.run(['env', '--default-signal', 'rr-record', '-f', '-o', 'k', 'sh', '-c', 'ulimit -c 0; kill -%d $$' % want])
			assert p.returncode == -want, (p.returncode, want)
		EOF
		step replay rr-replay k
		[ "$step_status" = 0 ]
		step verify rr-verify k
		[ "$step_status" = 0 ]
	done
}

@test "a program that is killed by SIGKILL is recorded" {
	status=0
	rr-record -o k sh -c 'echo before; kill -KILL $$; echo after' > record.out 3>&- || status=$?
	[ "$status" = 137 ]
	[ "$(cat record.out)" = before ]
	step replay rr-replay k
	[ "$step_status" = 0 ]
	same record.out replay.out
}
