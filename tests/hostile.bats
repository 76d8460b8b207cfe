# Traces that try to escape from their replay (tests/unit/hostile_trace.c): files that they name are not opened, none of their
# calls reaches the kernel, they make no more processes than allowed, and each program ends with a verdict.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=120 hostile_trace=$BATS_FILE_TMPDIR/hostile_trace sample=$BATS_FILE_TMPDIR/sample
	local top=$BATS_TEST_DIRNAME/..
	${CC:-cc} -D_GNU_SOURCE -std=gnu17 -Wall -Wextra -Werror -I"$top/lib" -I"$top/build" -o "$hostile_trace" \
		"$top/tests/unit/hostile_trace.c" "$top/build/librr.a" $(make -s -C "$top" libs)
	"$top/bin/rr-record" -q -o "$sample" "$top/build/tests/programs/no_libc" > "$BATS_FILE_TMPDIR/sample.out" < /dev/null 3>&-
}

setup() {
	common_setup
	LIMIT=30
	export RR_PATIENCE=0.1
	made=$here/made
	tail -f /dev/null 3>&- &
	sentinel=$!
}

teardown() {
	kill "$sentinel"
	[ -z "$replayer" ] || kill -KILL "$replayer" 2> kill.err || :
}

hostile() {
	rm -rf t
	"$hostile_trace" "$sample" t "$@"
}

# ends STATUSES PROGRAM ARG...: must end by itself with one of these statuses, and print one line or a report
ends() {
	local statuses=$1
	shift
	step read "$@" || return 1
	[[ " $statuses " == *" $step_status "* ]] || return 1
	[ "$step_status" != 2 ] || [ "$(wc -l < read.err)" = 1 ] || return 1
	[ "$step_status" != 1 ] || [ "$(wc -l < read.err)" -le 64 ] || return 1
	local program
	for program; do [[ $program != rr-* ]] || break; done
	[ ! -s read.err ] || [[ "$(head -n 1 read.err)" == "$program: "*": "* ]]
}

# untouched: no file was made, the sentinel lives, and no task of a replay is left
untouched() {
	[ ! -e "$made" ] && [ ! -L "$made" ] || { echo "$made was made"; return 1; }
	[ ! -e "$made.executed" ] || { echo "$made was executed"; return 1; }
	! gone "$sentinel" || { echo 'the sentinel was killed'; return 1; }
	! tasks_left || { echo "tasks are left: $found"; return 1; }
}

# tasks_left: whether processes execute the stub in this test's directory
tasks_left() {
	local process
	found=
	for process in /proc/[0-9]*; do
		[ "$process/cwd" -ef "$here" ] || continue
		[[ "$(readlink "$process/exe")" != *rr-stub* ]] || found+=" ${process#/proc/}"
	done
	[ -n "$found" ]
}

# contained STATUSES KIND ARG...: all programs read a trace of this kind; rr-replay and rr-verify must end with one of these
# statuses
contained() {
	local statuses=$1
	shift
	hostile "$@"
	ends "$statuses" rr-replay t
	cp read.err replay.err
	ends "$statuses" rr-verify t
	ends "0 2" rr-dump -m t
	ends "0 2" rr-pack -n t
	untouched
}

debugged() {
	step gdb rr-gdb t -- -batch -nx -ex continue
	[ "$step_status" -le 2 ]
	[ -s gdb.err ]
	[[ "$(head -n 1 gdb.err)" == "rr-gdb: "*": "* ]]
	untouched
}

# --- calls

@test "no call of a replayed program reaches the kernel, though the trace has them all" {
	contained 1 escape_syscall "$made" "$sentinel"
	# It has reached its last call.
	grep -q 'its task is not there' replay.err
	grep -q setuid replay.err
	debugged
}

@test "no call at the agent's own instruction reaches the kernel" {
	contained 1 escape_agent "$made" "$sentinel"
	grep -q 'its task is not there' replay.err
	grep -q 'setuid' replay.err
	debugged
}

@test "no call by int 0x80, sysenter or the vsyscall page reaches the kernel" {
	contained 1 escape_int80 "$made" "$sentinel"
	# If the kernel has no 32-bit calls, it may fault.
	grep -q 'its task is not there\|raised SIGSEGV' replay.err
	debugged
	contained 1 escape_sysenter "$made" "$sentinel"
	debugged
	contained 1 escape_vsyscall "$made" "$sentinel"
	debugged
}

@test "a replayed program executes nothing and makes no processes of its own" {
	printf '#!/bin/sh\n: > %s.executed\n' "$made" > script
	chmod +x script
	contained 1 escape_exec "$here/script"
	grep -q 'its task is not there' replay.err
	debugged
}

@test "the watchdog finds a program that never reaches its next event" {
	contained 1 loop
	grep -q 'does not come to its next event' replay.err
}

@test "a replayed task has only the stub open, whatever rr-replay inherited" {
	hostile loop
	exec 7> seven
	RR_PATIENCE=60 rr-replay t > replay.out 2> replay.err 3>&- 8< /etc/passwd < /dev/null &
	replayer=$!
	exec 7>&-
	until_true tasks_left
	pid=$found
	ls -l /proc/$((pid))/fd > fds
	[ "$(grep -c -e '->' fds)" = 1 ]
	grep -q 'memfd:rr-stub' fds
	[ "$(grep Seccomp: /proc/$((pid))/status | tr -dc 0-9)" = 2 ]
	[ "$(grep NoNewPrivs: /proc/$((pid))/status | tr -dc 0-9)" = 1 ]
	kill -KILL "$replayer"
	wait "$replayer" || :
	until_true gone $((pid))
	not tasks_left
}

# --- processes

@test "endless forks in a trace stop at the user's process limit" {
	hostile bomb x 2000
	for program in rr-replay rr-verify; do
		ends 2 prlimit --nproc=50 $program t
		grep -q 'a task cannot be made' read.err
		# One task for each event from 2 on. The user's other processes count, too, except root's.
		[ "$(sed 's/.*event \([0-9]*\).*/\1/' read.err)" -le 51 ]
	done
	hostile bomb x 2000 threads
	ends 2 prlimit --nproc=50 rr-replay t
	grep -q 'a task cannot be made' read.err
	untouched
}

@test "endless forks in a trace stop at a fixed limit" {
	hostile bomb x 12000 threads
	ends 2 rr-replay t
	grep -q 'a task cannot be made' read.err
}

# --- files

@test "files are mapped only if they are the recorded ones" {
	mkfifo fifo
	ln -s /etc/passwd link
	for path in /proc/self/mem /proc/1/mem /proc/kcore /dev/sda /dev/mem /dev/zero /dev/tty /etc/shadow /etc "$here/fifo" "$here/link" '' . ..; do
		contained 2 map_file "$path"
	done
	contained 2 map_file /proc/self/mem same
	contained 2 map_file "$here/fifo" same
	contained 2 map_file /dev/zero same
	hostile map_file /proc/1/mem
	debugged
}

@test "a recorded file is never written to" {
	printf 'precious, and 4096 bytes or not' > precious
	touch -d '2020-01-01' precious
	cp -p precious before
	contained 1 map_file "$here/precious" same
	grep -q 'its task is not there' replay.err
	cmp precious before
	[ "$(stat -c %y precious)" = "$(stat -c %y before)" ]
}

@test "copies with names that lead out of the trace are refused" {
	for name in . .. '' ../events ../../etc/passwd /etc/passwd a/b missing; do
		contained 2 map_copy "$name"
		contained 2 map_code "$name"
	done
}

@test "copies that are links, pipes, directories or sockets are refused" {
	for kind in map_copy map_code; do
		for make in 'ln -s /etc/passwd' 'ln -s ../../precious' mkfifo mkdir; do
			hostile $kind x
			mkdir -p t/files
			$make t/files/x
			for program in rr-replay rr-verify 'rr-pack -n'; do
				ends 2 $program t
			done
			ends 0 rr-dump -m t
		done
	done
	hostile map_copy x
	ln -s /etc t/files
	for program in rr-replay rr-verify 'rr-pack -n'; do
		ends 2 $program t
	done
}

# --- memory

agent=0x7e9000000000

@test "mappings over the agent are refused" {
	local backing
	for backing in 0 3 4 6; do
		contained 2 map_at "$made" $agent 8192 $backing
		contained 2 map_at "$made" 0x7e8fffff0000 0x20000 $backing
	done
	contained 2 map_at "$made" 0 0x7ffffffff000 0
	contained 2 map_at "$made" 0 0xfffffffffffff000 0
	contained 2 map_at "$made" 0x60000000 0x7fffffff0000 3
	debugged
}

@test "mappings at 0, over the counter page or beyond all memory are refused" {
	contained '1 2' map_at "$made" 0 4096 0
	contained '1 2' map_at "$made" 0x10000 4096 0
	contained '1 2' map_at "$made" 0x10000 4096 6
	contained 2 map_at "$made" 0x10000 8192 6
	contained 2 map_at "$made" 0x20000 4096 6
	contained '1 2' map_at "$made" 0x60000000 0x100000000000 0
	contained '1 2' map_at "$made" 0x60000000 0x100000000000 3
	contained '1 2' map_at "$made" 0x60000000 0x100000000000 4
}

@test "changes to the mappings of the agent are refused" {
	local munmap=11 mprotect=10 pkey_mprotect=329 madvise=28 mremap=25 brk=12 shmdt=67 shmat=30 remap_file_pages=216
	contained 1 change "$made" $munmap 0 $agent 8192
	contained 1 change "$made" $munmap 0 0 0x7ffffffff000
	contained 2 change "$made" $mprotect 0 $agent 8192 7
	contained 2 change "$made" $mprotect 0 0x7e8ffffff000 8192 7
	contained 2 change "$made" $pkey_mprotect 0 $agent 4096 7 0
	contained 1 change "$made" $madvise -12 $agent 8192 4
	contained 2 change "$made" $madvise -12 0 0x7ffffffff000 9
	contained 2 change "$made" $mremap 0x60000000 $agent 4096 4096 3 0x60000000
	contained 2 change "$made" $mremap $agent 0x70000000 4096 4096 3 $agent
	contained 2 change "$made" $mremap 0x7e8ffffff000 0x70000000 4096 8192 3 0
	contained 2 change "$made" $brk 0x7f0000000000
	contained '1 2' change "$made" $brk 0xffffffffffffffff
	contained 2 change "$made" $shmdt 0 $agent
	contained 1 change "$made" $shmat $agent 0 $agent 0
	contained 1 change "$made" $remap_file_pages 0 $agent 4096 0 0 0
}

@test "recorded bytes are not written over the agent or to unmapped memory" {
	local kind
	for kind in 0 1 2 3 4 5 6 7; do
		contained 1 write_at "$made" $agent $kind
	done
	for at in 0x7e8ffffffffc 0x10000 0xffffffffff600000 0x7ffffffff000 0; do
		contained 1 write_at "$made" $at 0
	done
}

# as_user COMMAND...: runs it without privileges, as nobody
as_user() {
	setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$PWD/home" TMPDIR="$PWD/home" PATH="$PATH" "$@"
}

@test "directories planted by another user are not followed" {
	[ "$(id -u)" = 0 ] || skip "only root can be two users"
	chmod 711 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" "$BATS_SUITE_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	cp -r "$tests/../bin" bin
	PATH=$PWD/bin:$PATH
	mkdir home mine planted
	chown 65534:65534 home
	chown 1:1 planted
	unset RR_TRACE_DIR
	as_user rr-record true
	as_user rr-replay
	cp -r home/.rr/true-1 planted/true-1
	chown -R 1:1 planted
	ln -s true-1 planted/latest-trace
	chmod -R a+rX planted
	rm -rf home/.rr
	# as a directory, and as a link to one
	for plant in 'mv planted home/.rr' 'mv home/.rr elsewhere; ln -s ../elsewhere home/.rr'; do
		eval "$plant"
		run -125 --separate-stderr as_user rr-record true
		[[ $stderr == "rr-record: "*"belongs to another user"* ]]
		run -2 --separate-stderr as_user rr-replay
		[[ $stderr == "rr-replay: "*"belongs to another user"* ]]
	done
	rm home/.rr
	mkdir -m 1777 sticky
	cp -r elsewhere/true-1 sticky/true-1
	ln -s true-1 sticky/latest-trace
	chown -R -h 1:1 sticky/true-1 sticky/latest-trace
	run -2 --separate-stderr as_user env RR_TRACE_DIR="$PWD/sticky" rr-replay
	[[ $stderr == "rr-replay: "*"belongs to another user"* ]]
	chmod 777 sticky
	run -125 --separate-stderr as_user env RR_TRACE_DIR="$PWD/sticky" rr-record true
	[[ $stderr == *"other users may write"* ]]
}
