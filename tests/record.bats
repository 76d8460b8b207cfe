# Recording and replaying as a user does: options, directories, signals, what the program sees, and what a replay does not touch.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=120
}

setup() {
	common_setup
}

teardown() {
	local pid
	for pid in $recorder $left; do kill -KILL "$pid" 2> kill.err || :; done
	[ -z "$installed" ] || rm -rf "$installed"
}

# script NAME [INTERPRETER]: makes start/NAME from standard input
script() {
	{ echo "#!${2:-/bin/bash}"; cat; } > "start/$1"
	chmod +x "start/$1"
}

# in_background COMMAND...: starts recording it, and sets $recorder to rr-record's pid
in_background() {
	"$@" > record.out 2> record.err 3>&- < /dev/null &
	recorder=$!
}

# ends STATUS: the recording in the background must end with this status
ends() {
	local status=0
	until_true gone "$recorder"
	wait "$recorder" || status=$?
	recorder=
	echo "rr-record: status $status, not $1"
	cat record.err
	[ "$status" = "$1" ]
}

unprivileged() {
	[ "$(id -u)" = 0 ] || skip "not root: all tests are unprivileged"
	needs setpriv
	# Other users may not be able to read what root has built.
	place=$(mktemp -d /tmp/rr-test.XXXXXX)
	installed=$place
	cp -a "$(dirname "$(command -v rr-record)")" "$place/bin"
	mkdir "$place/home"
	chmod 755 "$place" "$place/bin"
	chown 65534:65534 "$place/home"
	cd "$place/home"
	as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups env -u RR_TRACE_DIR HOME=$place/home PATH=$place/bin:$PATH"
}

# --- signals to the recorder

@test "SIGTERM to rr-record reaches the program, and its status is passed on" {
	script p <<-'EOF'
		trap 'echo asked to end; exit 42' TERM
		echo ready
		while :; do read -r -t 1 <> <(:); done
	EOF
	in_background rr-record -o trace start/p
	until_true grep -q ready record.out
	kill -TERM "$recorder"
	ends 42
	[ "$(tail -n 1 record.out)" = 'asked to end' ]
	replayed
	verified
}

@test "SIGHUP to rr-record reaches the program" {
	mkfifo fifo
	in_background rr-record -o trace sh -c 'trap "echo hung up; exit 5" HUP; echo ready; while :; do read -r x <> fifo; done'
	until_true grep -q ready record.out
	kill -HUP "$recorder"
	ends 5
	replayed
	verified
}

@test "SIGUSR1 and a queued signal to rr-record reach the program" {
	in_background rr-record -o trace python3 -u -c "if True:
		import signal
		signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGRTMIN])
		print('ready')
		for s in signal.SIGUSR1, signal.SIGRTMIN:
			print('got', int(signal.sigwaitinfo([s]).si_signo))"
	until_true grep -q ready record.out
	kill -USR1 "$recorder"
	until_true grep -q 'got 10' record.out
	kill -34 "$recorder"
	ends 0
	grep -q 'got 34' record.out
	replayed
	verified
}

@test "a signal that the program sends to its parent reaches rr-record's parent" {
	script supervisor /usr/bin/python3 <<-'EOF'
		import signal, subprocess, sys
		for s in signal.SIGUSR1, signal.SIGTERM:
		    signal.signal(s, lambda s, frame: print('got', int(s)))
		print(subprocess.call(sys.argv[1:]))
	EOF
	script p <<-'EOF'
		kill -USR1 $PPID; kill -TERM $PPID; kill -0 $PPID
	EOF
	start/supervisor start/p > native
	start/supervisor rr-record -o trace start/p > recorded
	sort native > native.sorted
	sort recorded | diff native.sorted -
	verified
}

@test "a stopped process that the program leaves behind does not stop rr-record" {
	mkfifo pid
	timeout 30 rr-record -q -o "$trace" perl -e 'use POSIX ":sys_wait_h";
		$child = fork // die;
		if (!$child) { kill STOP => $$; exit }
		waitpid $child, WUNTRACED;
		print "$child\n"' > pid &
	read -r child < pid
	# The stopped process is the last of the recording; nothing in it can end it.
	until [ "$(rr-dump "$trace" 2> dump.err | awk '$5 == "exit"' | wc -l)" = 1 ]; do :; done
	kill -KILL "$child"
	wait $!
	rr-verify "$trace"
}

@test "a program that stops its parent stops rr-record's parent, and runs on" {
	script p <<-'EOF'
		kill -STOP $PPID
		until [ "$(ps -o state= -p "$1")" = T ]; do :; done
		echo stopped
		kill -CONT "$1"
	EOF
	script supervisor <<-'EOF'
		"$@" $$
		echo status $?
	EOF
	timeout 60 start/supervisor rr-record -o trace start/p > record.out
	[ "$(< record.out)" = $'stopped\nstatus 0' ]
	verified
}

@test "a signal to its own process group reaches the program once, and does not end rr-record" {
	script p /usr/bin/python3 <<-'EOF'
		import os, signal
		got = []
		for s in signal.SIGUSR1, signal.SIGTERM, signal.SIGHUP, signal.SIGRTMIN:
		    signal.signal(s, lambda s, frame: got.append(int(s)))
		    os.kill(0, s)
		signal.sigtimedwait([], 0.5)
		print(got)
	EOF
	setsid -w start/p > native
	setsid -w rr-record -o trace start/p | diff native -
	verified
}

@test "rr-record dies by SIGTERM together with a program without a handler" {
	mkfifo fifo
	in_background rr-record -o trace sh -c 'echo ready; exec cat fifo'
	until_true grep -q ready record.out
	kill -TERM "$recorder"
	ends 143
	verified
}

@test "a second SIGTERM leaves a complete, verified trace and no process" {
	mkfifo fifo
	script stubborn <<-'EOF'
		trap 'echo not yet' TERM
		echo $$
		(trap '' TERM; echo $BASHPID; exec cat fifo) &
		while :; do wait; done
	EOF
	in_background rr-record -o trace start/stubborn
	until_true sh -c '[ $(wc -l < record.out) = 2 ]'
	left=$(< record.out)
	kill -TERM "$recorder"
	until_true grep -q 'not yet' record.out
	# Two signals within a quarter of a second count as one, so send more of them.
	another() { kill -TERM "$recorder" 2> kill.err; gone "$recorder"; }
	until_true another
	ends 137
	for pid in $left; do until_true gone "$pid"; done
	left=
	[ -s trace/version ]
	verified
	replayed
}

@test "timeout(1) of rr-record allows the program to clean up" {
	script p <<-'EOF'
		trap 'echo cleaning; (exec ls -R /etc > ls.out); echo cleaned; exit 3' TERM
		echo ready
		while :; do read -r -t 1 <> <(:); done
	EOF
	in_background timeout 1000 rr-record -o trace start/p
	until_true grep -q ready record.out
	kill -ALRM "$recorder" # as when its time slice is over
	ends 124
	grep -q cleaned record.out
	replayed
	verified
}

# --- options

@test "--env sets and replaces variables" {
	step record env A=0 rr-record -o trace --env A=1 --env 'B=two words' --env=C= --env PATH=/bin:/usr/bin env
	[ "$step_status" = 0 ]
	grep -qx A=1 record.out
	grep -qx 'B=two words' record.out
	grep -qx C= record.out
	[ "$(grep -c ^A= record.out)" = 1 ]
	[ "$(grep -c ^PATH= record.out)" = 1 ]
}

@test "--chdir starts the program elsewhere; -o stays relative to here" {
	mkdir elsewhere
	step record rr-record -o trace --chdir elsewhere sh -c 'pwd; echo > made'
	[ "$step_status" = 0 ]
	[ "$(cat record.out)" = "$here/elsewhere" ]
	[ -e elsewhere/made ]
	[ -s trace/version ]
	replayed
	rr-dump -a trace | grep -q "elsewhere$"
}

@test "--cpu N runs everything on CPU N, invisibly to the program" {
	allowed=$(taskset -cp $$ | sed 's/.*: //')
	cpu=${allowed##*[-,]}
	step record rr-record --cpu "$cpu" -o trace sh -c 'taskset -cp $$ | sed "s/.*: //"; nproc; python3 -c "import os; print(os.sched_getcpu() if hasattr(os, \"sched_getcpu\") else 0)"'
	[ "$step_status" = 0 ]
	[ "$(head -n 1 record.out)" = "$allowed" ]
	[ "$(sed -n 2p record.out)" = "$(nproc)" ]
	replayed
	verified
}

@test "data read faster than it is compressed is all in the trace" {
	base64 -w 0 /dev/urandom | head -c 20M > much
	allowed=$(taskset -cp $$ | sed 's/.*: //')
	for cpus in "$allowed" "${allowed##*[-,]}"; do
		rm -rf trace
		step record taskset -c "$cpus" rr-record -o trace md5sum much
		[ "$step_status" = 0 ]
		same <(md5sum much) record.out
		[ "$(stat -c %s trace/data)" -gt 14000000 ] # 6 bits in 8
		replayed
		verified
	done
}

@test "--print-trace-dir prints the trace's path before the program starts" {
	rr-record --print-trace-dir 5 sh -c 'cat where' 5> where > record.out 3>&-
	[ "$(cat where)" = "$RR_TRACE_DIR/sh-1" ]
	same where record.out
	rr-record --print-trace-dir 1 -o trace true > record.out 3>&-
	[ "$(basename "$(cat record.out)")" = trace ]
}

@test "-v prints the trace's path and number of events; -q is silent" {
	step record rr-record -v -o trace true
	grep -q '^rr-record: .*libc\.so\.6: [0-9]* sites rewritten, [0-9]* left alone' record.err
	tail -n 1 record.err > last
	grep -q '^rr-record: .*trace' last
	grep -qw "$(rr-dump trace | wc -l)" last
	step record rr-record -q -f -o trace true
	[ ! -s record.err ]
	[ ! -s record.out ]
}

@test "-q silences the warnings" {
	warned="import mmap, os
try: mmap.mmap(os.open('/dev/null', os.O_RDWR), 4096)
except OSError: pass"
	recorded /usr/bin/python3 -c "$warned"
	grep -q '^rr-record: mmap of a device: ' record.err
	recorded -q /usr/bin/python3 -c "$warned"
	[ ! -s record.err ]
}

# --- directories of traces

@test "without -o, traces are numbered under RR_TRACE_DIR, and latest-trace is the default of every program" {
	unset_out=$(rr-record echo one; rr-record echo two; rr-record sh -c 'echo three')
	[ "$unset_out" = $'one\ntwo\nthree' ]
	[ "$(ls "$RR_TRACE_DIR" | xargs)" = 'echo-1 echo-2 latest-trace sh-1' ]
	[ "$(readlink "$RR_TRACE_DIR/latest-trace")" = sh-1 ]
	[ "$(stat -c %a "$RR_TRACE_DIR/sh-1")" = 700 ]
	[ "$(rr-replay)" = three ]
	rr-verify
	rr-dump | cmp - <(rr-dump "$RR_TRACE_DIR/sh-1")
	[ "$(rr-replay "$RR_TRACE_DIR/echo-2")" = two ]
	rm -r "$RR_TRACE_DIR/echo-1"
	rr-record echo four
	[ "$(readlink "$RR_TRACE_DIR/latest-trace")" = echo-3 ]
}

@test "without RR_TRACE_DIR traces go to ~/.rr, which is created" {
	unset RR_TRACE_DIR
	export HOME=$here/new/home
	rr-record echo hello
	[ "$(stat -c %a "$HOME/.rr/echo-1")" = 700 ]
	[ "$(rr-replay)" = hello ]
}

@test "a relative RR_TRACE_DIR works" {
	RR_TRACE_DIR=here rr-record echo hello
	[ "$(RR_TRACE_DIR=here rr-replay)" = hello ]
}

@test "a shell loop catches a flaky run" {
	script flaky <<-'EOF'
		n=$(cat count 2>/dev/null || echo 0)
		echo $((n + 1)) > count
		echo "run $n"
		[ "$n" -lt 3 ]
	EOF
	while rr-record -o t -f start/flaky; do :; done > record.out 3>&-
	[ "$(tail -n 1 record.out)" = 'run 3' ]
	[ "$(rr-replay t)" = 'run 3' ]
	rr-dump t | tail > tail.out
	[ "$(wc -l < tail.out)" = 10 ]
	grep -q 'exited 1' tail.out
}

@test "a trace is a directory of five files and copies, mode 0700" {
	recorded true
	[ "$(stat -c %a "$trace")" = 700 ]
	[ "$(ls "$trace" | grep -v '^files$' | xargs)" = 'args_env data events mmaps version' ]
}

@test "a trace replays after it was moved or copied, and from a read-only directory" {
	script p /usr/bin/python3 <<-'EOF'
		import mmap
		with open('file', 'wb') as f: f.write(b'a' * 3000000)
		with open('file', 'rb') as f: print(mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)[2999999:])
	EOF
	recorded ./p
	mkdir far
	mv trace far/moved
	cp -a far/moved copy
	trace=$here/far/moved replayed
	(cd / && timeout "$LIMIT" rr-replay "$here/copy" > "$here/replay.out")
	same record.out replay.out
	chmod -R a-w copy
	mkdir locked
	chmod 555 locked
	(cd locked && timeout "$LIMIT" rr-replay ../copy > "$here/replay.out" && timeout "$LIMIT" rr-verify ../copy)
	same record.out replay.out
	chmod -R u+w copy
}

@test "two recordings can run at once" {
	rr-record sh -c 'for i in $(seq 50); do /bin/echo $i; done' > one.out 3>&- &
	one=$!
	rr-record sh -c 'for i in $(seq 50); do /bin/echo $i; done' > two.out 3>&- &
	wait $!
	wait $one
	seq 50 | cmp - one.out
	seq 50 | cmp - two.out
	for trace in "$RR_TRACE_DIR/sh-1" "$RR_TRACE_DIR/sh-2"; do
		verified
		[ "$(rr-replay "$trace" | wc -l)" = 50 ]
	done
}

@test "two recordings to one trace directory leave a complete trace" {
	for i in 1 2; do
		rr-record -o t sh -c 'for i in $(seq 30); do /bin/echo $i; done' > out.$i 2> err.$i 3>&- &
		left+=" $!"
	done
	statuses=
	for pid in $left; do status=0; wait "$pid" || status=$?; statuses+="$status "; done
	left=
	[ "$statuses" = '0 125 ' ] || [ "$statuses" = '125 0 ' ]
	rr-verify t
}

# --- input and output

@test "stdin can be a file, a pipe, closed, /dev/null or a directory" {
	seq 1000 > input
	for how in '< input' '< <(cat input)' '< /dev/null' '<&-' '< /'; do
		eval "wc -l $how" > native.out 2> native.err || :
		eval "timeout $LIMIT rr-record -f -o trace wc -l $how" > record.out 2> record.err 3>&- || :
		same native.out record.out
		same native.err record.err
		replayed
		same record.err replay.err
		verified
	done
}

@test "with stdin shared with the shell, the program reads no more than natively" {
	seq 5 > input
	{ rr-record -o trace sh -c 'read a; echo "program $a"'; read -r b; echo "shell $b"; } < input > record.out 3>&-
	[ "$(cat record.out)" = $'program 1\nshell 2' ]
	[ "$(rr-replay trace)" = 'program 1' ]
}

@test "stdin, stdout and stderr may be closed" {
	script p <<-'EOF'
		for fd in {0..9}; do [ -e /proc/self/fd/$fd ] && open+="$fd "; done
		echo "$open" > fds
		echo to stdout; echo to stderr >&2
		exit 6
	EOF
	for how in '<&-' '>&-' '2>&-' '<&- >&-' '>&- 2>&-' '<&- >&- 2>&-'; do
		: > record.out; : > record.err
		status=0
		eval "start/p >> native.out 2>> native.err 3>&- $how" || status=$?
		mv fds native.fds
		eval "timeout $LIMIT rr-record -f -o trace start/p >> record.out 2>> record.err 3>&- $how" || status=$?
		[ "$status" = 6 ]
		same native.fds fds
		step replay rr-replay trace
		[ "$step_status" = 0 ]
		same record.out replay.out
		verified
	done
}

@test "rr-replay works with closed stdin, stdout and stderr" {
	recorded sh -c 'echo out; (echo more)'
	timeout "$LIMIT" rr-replay "$trace" > replay.out <&- 2>&-
	same record.out replay.out
	status=0
	timeout "$LIMIT" rr-replay "$trace" >&- 2> replay.err || status=$?
	[ "$status" = 2 ]
	grep -q '^rr-replay: output: ' replay.err
}

@test "stdout and stderr in one pipe keep their order" {
	script p <<-'EOF'
		for i in {1..50}; do echo "out $i"; echo "err $i" >&2; /bin/echo "child $i"; done
	EOF
	start/p > native.out 2>&1
	rr-record -o trace start/p > record.out 2>&1 3>&-
	same native.out record.out
	rr-replay trace > replay.out 2>&1
	same record.out replay.out
}

@test "a script can open /dev/stdout and /dev/stderr, as pipe and as file" {
	script p <<-'EOF'
		echo one > /dev/stdout
		echo two | tee -a /dev/stderr
		echo three >> /proc/self/fd/1
		awk 'BEGIN {print "four" > "/dev/stderr"; print "five" > "/dev/stdout"}'
		exec 7>&1; echo six >&7
	EOF
	rr-record -o trace start/p 2>&1 3>&- | cat > record.out
	[ "$(tr '\n' ' ' < record.out)" = 'one two two three four five six ' ] || [ "$(sort record.out | xargs)" = 'five four one six three two two' ]
	rr-replay trace 2>&1 | cat > replay.out
	same record.out replay.out
	verified
	rm -f record.out
	rr-record -f -o trace start/p > record.out 2> record.err 3>&-
	rr-replay trace > replay.out
	rr-dump -w 1 trace > dumped.out
	[ -s replay.out ]
}

@test "a big file is copied to stdout by cat, cp, dd, sendfile and copy_file_range" {
	seq 400000 > start/big
	for how in 'cat big' 'cp big /dev/stdout' 'dd if=big bs=100k status=none'; do
		natively sh -c "$how | cat"
		recorded sh -c "$how | cat"
		same native.out record.out
		replayed
		recorded $how
		same native.out record.out
		replayed
	done
	cat > start/p.py <<-'EOF'
		import os, sys
		f = os.open('big', os.O_RDONLY); size = os.fstat(f).st_size; at = 0
		def chunk(n):
		    if sys.argv[1] == 'sendfile': return os.sendfile(1, f, at, n)
		    return os.copy_file_range(f, 1, n, at)
		while at < size:
		    n = chunk(700000)
		    assert n > 0
		    at += n
		os.write(2, b'done\n')
	EOF
	recorded /usr/bin/python3 p.py copy
	same start/big record.out
	replayed
	(cd start && rr-record -f -o "$trace" /usr/bin/python3 p.py sendfile 2> ../record.err 3>&- | cat > ../record.out)
	grep -q done record.err
	same start/big record.out
	replayed
	verified
	recorded /usr/bin/python3 p.py sendfile
	same start/big record.out
	replayed
}

@test "output of children, grandchildren and daemons is replayed" {
	recorded bash -c 'echo a; (echo b; (echo c; sh -c "echo d; exec echo e"); echo f) | cat; { (exit 0); echo g; } & wait; echo h'
	[ "$(tr -d '\n' < record.out)" = abcdefgh ]
	replayed
	verified
}

# --- what a replay needs and does not touch

@test "a trace replays after the program and its files are deleted or replaced" {
	printf '#include <stdio.h>\nint main(void) { char b[99]; FILE *f = fopen("data", "r"); puts(fgets(b, 99, f)); return 0; }\n' > a.c
	mkdir place
	gcc -o place/a a.c
	echo 'data of the recording' > place/data
	printf '#!/bin/sh\n./a; cat data; . ./part\n' > place/script
	echo 'echo a sourced part' > place/part
	chmod +x place/script
	(cd place && rr-record -o "$trace" ./script > ../record.out 3>&-)
	rm -r place
	replayed
	verified
	mkdir place
	cp /bin/false place/a
	cp /bin/false place/script
	echo other > place/data
	replayed
	verified
}

@test "a program may replace itself and its libraries while it runs" {
	printf 'int f(void) { return 5; }\n' > lib.c
	printf '#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\nint f(void);\nint main(void) { if (system("cp /bin/true new; mv new a; rm libf.so")) return 1; printf("%%d\\n", f()); fflush(stdout); execl("./a", "a", (char *)0); return 2; }\n' > a.c
	gcc -shared -fPIC -o start/libf.so lib.c
	gcc -o start/a a.c -Lstart -lf -Wl,-rpath,'$ORIGIN'
	exact ./a
}

@test "a system file that has changed is named" {
	[ "$(id -u)" = 0 ] || skip "only root can install a file under /usr/lib"
	installed=/usr/lib/rr-test-$$-$BATS_SUITE_TEST_NUMBER
	mkdir "$installed" || skip "/usr is not writable"
	printf 'int f(void) { return 5; }\n' > lib.c
	gcc -shared -fPIC -o "$installed/libf.so" lib.c
	touch -d '2020-01-01' "$installed/libf.so"
	printf '#include <stdio.h>\nint f(void);\nint main(void) { printf("%%d\\n", f()); return 0; }\n' > a.c
	gcc -o start/a a.c "$installed/libf.so"
	recorded ./a
	rr-dump -M trace | grep -q "file.*$installed/libf.so"
	replayed
	touch "$installed/libf.so"
	for program in rr-replay rr-verify; do
		step changed $program trace
		[ "$step_status" = 2 ]
		[ "$(wc -l < changed.err)" = 1 ]
		grep -q "^$program: .*$installed/libf.so: has changed" changed.err
	done
	rm "$installed/libf.so"
	step changed rr-replay trace
	[ "$step_status" = 2 ]
	[ "$(wc -l < changed.err)" = 1 ]
	grep -q "$installed/libf.so" changed.err
	rr-verify --quick trace
	rr-dump trace | tail -n 1 | grep -q 'exited 0'
}

@test "a replay touches nothing on the host" {
	script p <<-'EOF'
		echo content > made; mkdir dir; mv given dir/moved; rm -f victim; ln -s made link; chmod 600 kept
		touch -d 2001-01-01 kept; : > emptied; mkfifo fifo; echo more >> kept
		ls
	EOF
	echo > start/given; echo > start/victim; echo kept > start/kept; echo full > start/emptied
	recorded ./p
	rm -rf work
	cp -a start work
	stat -c '%n %Y %Z %s %i %a' work work/* > before
	(cd work && timeout "$LIMIT" rr-replay "$trace" > ../replay.out && timeout "$LIMIT" rr-verify "$trace" && rr-dump -w 1 "$trace" > ../dumped.out && rr-dump "$trace" > ../dump.out)
	same record.out replay.out
	stat -c '%n %Y %Z %s %i %a' work work/* > after
	same before after
}

@test "a replay makes none of the program's calls: none sleeps, binds, kills or connects" {
	recorded /usr/bin/python3 -c 'if 1:
		import os, signal, socket, subprocess, time
		s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])
		p = subprocess.Popen(["sleep", "1000"]); os.kill(p.pid, signal.SIGKILL); p.wait()
		time.sleep(2); print(p.returncode)'
	begun=$SECONDS
	replayed
	# The recording slept for 2 s.
	[ "$(rr-replay -q --stats "$trace" 2>&1 | awk '$1 == "seconds" && $2 < 1.9' | wc -l)" = 1 ]
	verified
}

# --- options of rr-replay and rr-verify

sample() {
	recorded bash -c 'trap "echo caught" USR1; kill -USR1 $$; (exit 3); for i in {1..20}; do /bin/echo $i; done; echo err >&2'
	events=$(rr-dump "$trace" | wc -l)
}

@test "rr-replay -q prints nothing" {
	sample
	step replay rr-replay -q "$trace"
	[ "$step_status" = 0 ]
	[ ! -s replay.out ]
	[ ! -s replay.err ]
}

@test "rr-replay --until stops after that event" {
	sample
	for event in 1 2 $((events / 2)) $((events - 1)) "$events" $((events + 5)); do
		step replay rr-replay --until "$event" "$trace"
		[ "$step_status" = 0 ]
		cmp -n "$(stat -c %s replay.out)" record.out replay.out
	done
	same record.out replay.out
	third=$(rr-dump "$trace" | awk -F'\t' '$6 ~ /^write\(1, "3.n"/ {print $1}')
	[ "$(rr-replay --until "$third" "$trace" | tail -n 1)" = 3 ]
	[ "$(rr-replay --until $((third - 1)) "$trace" | tail -n 1)" = 2 ]
}

@test "rr-replay --trace-events prints the same as rr-dump" {
	sample
	rr-replay -q --trace-events "$trace" 2> events.out
	rr-dump "$trace" > dump.out
	same dump.out events.out
	rr-replay -q --trace-events --until 30 "$trace" 2> events.out
	head -n 30 dump.out | cmp - events.out
}

@test "rr-replay --stats counts the same as rr-dump -c" {
	sample
	rr-replay -q --stats "$trace" 2> stats.out
	[ "$(awk '$1 == "events" {print $2}' stats.out)" = "$events" ]
	[ "$(awk '$1 == "signals" {print $2}' stats.out)" = "$(rr-dump -k signal "$trace" | wc -l)" ]
	[ "$(awk '$1 == "tasks" {print $2}' stats.out)" = "$(rr-dump -t "$trace" | wc -l)" ]
	[ "$(awk '$1 == "rt_sigaction" {print $2}' stats.out)" = "$(rr-dump -k syscall -s rt_sigaction "$trace" | wc -l)" ]
	awk '$1 == "seconds" && $2 ~ /^[0-9]+\.[0-9]+$/' stats.out | grep -q .
}

@test "rr-verify accepts --memory=all, none and N, --quick and -v" {
	sample
	for options in --memory=all --memory=none --memory=1 --memory=7 --memory=100000; do
		step verify rr-verify $options "$trace"
		[ "$step_status" = 0 ]
		[ ! -s verify.out ]
		[ ! -s verify.err ]
		step verify rr-verify $options -v "$trace"
		[ "$step_status" = 0 ]
		[ "$(cat verify.out verify.err | wc -l)" = 1 ]
	done
	rr-verify -v "$trace" | grep -qw "$events events"
	step verify rr-verify --quick "$trace"
	[ "$step_status" = 0 ]
	[ ! -s verify.out ]
}

@test "rr-verify compares with the checksums of rr-record --checksum" {
	for every in 1 10 1000; do
		rm -rf "$trace"
		step record rr-record --checksum=$every -o "$trace" bash -c '(exit 3); for i in {1..20}; do /bin/echo $i; done'
		seq 20 | cmp - record.out
		[ "$(rr-dump -k checksum "$trace" | wc -l)" -ge 1 ] || [ $every = 1000 ]
		verified
		replayed
	done
	step record rr-record --checksum -f -o "$trace" /usr/bin/python3 -c 'import threading, json
	ts = [threading.Thread(target=lambda: [json.dumps(list(range(99))) for _ in range(99)]) for _ in range(4)]
	[t.start() for t in ts]; [t.join() for t in ts]'
	verified
}

# --- what the program sees

@test "the program has the same environment as natively" {
	natively env
	recorded env
	same native.out record.out
	replayed
	env -i A=b $(command -v rr-record) -o t2 /usr/bin/env > record.out 3>&-
	[ "$(cat record.out)" = A=b ]
	[ "$(rr-replay t2)" = A=b ]
}

@test "the program has the same open descriptors as natively" {
	script p <<-'EOF'
		ls -l /proc/self/fd | awk '{print $9, $10, $11}' | sed 's/[0-9]*\]/N]/; s|/proc/[0-9]*/|/proc/N/|'
		cat <&9
	EOF
	echo 'from nine' > nine
	for how in '' '7</dev/null' '9<nine 20>>/dev/null'; do
		eval "start/p 3>&- $how" > native.out 2>&1 < /dev/null || :
		mv native.out kept.out
		eval "timeout $LIMIT rr-record -f -o trace start/p 3>&- $how" > native.out 2>&1 < /dev/null || :
		same kept.out native.out
		rr-replay trace > replay.out 2>&1
		same native.out replay.out
		verified
	done
}

@test "the program has the same umask, directory, nice value, limits, groups and signal state as natively" {
	script p <<-'EOF'
		umask; pwd; nice; ulimit -a; ulimit -Ha; id; ulimit -s
		grep -E '^(Sig(Blk|Ign)|Uid|Gid|Groups|NoNewPrivs|Seccomp:|Cap|Umask)' /proc/self/status
		ps -o nlwp=,args= -p $$; tr '\0' ' ' < /proc/$$/cmdline; cat /proc/$$/comm; readlink /proc/$$/exe
		cat /proc/self/oom_score_adj /proc/self/personality /proc/self/timerslack_ns 2> /dev/null
		chrt -p 0 | sed 's/.*: //'; ionice
	EOF
	for how in 'umask 027' 'nice -n 5' 'ulimit -Ss 12345; ulimit -n 99; ulimit -c 7' 'trap "" INT QUIT USR2 PIPE' 'cd ..'; do
		command="$how; exec"
		[ "$how" != 'nice -n 5' ] || command=$how
		timeout "$LIMIT" bash -c "$command $here/start/p 'a b' c" > native.out < /dev/null 2>&1
		rm -rf trace
		timeout "$LIMIT" bash -c "$command rr-record -o $trace $here/start/p 'a b' c" > record.out 2>&1 3>&- < /dev/null
		same native.out record.out
		rr-replay trace > replay.out 2>&1
		same record.out replay.out
		verified
	done
}

@test "under nohup SIGHUP and SIGINT stay ignored and do not end rr-record" {
	in_background nohup bash -c 'trap "" INT; exec rr-record -o trace bash -c "echo ready; until [ -e go ]; do read -r -t 0.1 <> <(:); done; kill -HUP \$\$; kill -INT \$\$; echo alive"'
	until_true grep -q ready record.out
	kill -HUP "$recorder"
	kill -INT "$recorder"
	touch go
	ends 0
	[ "$(tail -n 1 record.out)" = alive ]
	replayed
	verified
}

# Attributes that execve(2) preserves, but that the recorder's forks, threads or handlers could change.
@test "the program inherits rr-record's ignored, blocked and pending signals, timers and limits" {
	cat > start.c <<-'EOF'
		#define _GNU_SOURCE
		#include <signal.h>
		#include <stdlib.h>
		#include <string.h>
		#include <sys/prctl.h>
		#include <sys/resource.h>
		#include <sys/syscall.h>
		#include <sys/time.h>
		#include <unistd.h>
		/* start HOW... -- COMMAND...: by raw calls, as the C library keeps two signals to itself */
		int main(int argc, char **argv)
		{
			struct { void *handler; unsigned long rest[3]; } ignore = {SIG_IGN};
			unsigned long mask = 0;
			struct itimerval timer = {{1000, 0}, {100000, 0}};
			struct rlimit files = {40, 50};
			int i;
			for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
				const char *s = argv[i];
				int n = atoi(s + 1);
				if (*s == 'i') syscall(SYS_rt_sigaction, n, &ignore, NULL, 8);
				if (*s == 'b') mask |= 1ul << (n - 1);
				syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, 8);
				if (*s == 'p') kill(getpid(), n);
				if (*s == 't') setitimer(n, &timer, NULL);
				if (*s == 'l') setrlimit(RLIMIT_NOFILE, &files);
				if (*s == 's') prctl(PR_SET_CHILD_SUBREAPER, 1);
				if (*s == 'd') prctl(PR_SET_PDEATHSIG, n);
			}
			execvp(argv[i + 1], argv + i + 1);
			return 1;
		}
	EOF
	cat > show.c <<-'EOF'
		#include <stdio.h>
		#include <string.h>
		#include <sys/prctl.h>
		#include <sys/resource.h>
		#include <sys/time.h>
		int main(void)
		{
			char line[200];
			FILE *f = fopen("/proc/self/status", "r");
			while (fgets(line, sizeof(line), f))
				if (strstr("SigPnd ShdPnd SigBlk SigIgn SigCgt", strtok(line, ":")))
					printf("%s%s", line, strtok(NULL, ""));
			struct itimerval timer;
			for (int i = 0; i < 3; i++)
				if (!getitimer(i, &timer))
					printf("timer %ld %d\n", timer.it_interval.tv_sec, timer.it_value.tv_sec > 1000);
			struct rlimit files;
			getrlimit(RLIMIT_NOFILE, &files);
			int reaper = 0, death = 0;
			prctl(PR_GET_CHILD_SUBREAPER, &reaper);
			prctl(PR_GET_PDEATHSIG, &death);
			printf("%lu %lu %d %d\n", files.rlim_cur, files.rlim_max, reaper, death);
		}
	EOF
	gcc -o start/start start.c
	gcc -o start/show show.c
	local all="$(seq 1 8) $(seq 10 18) $(seq 20 64)"
	for how in i13 'i1 i2 i3 b15' "$(printf ' i%d' $all)" 'b10 p10 b34 p34 p34 b14 p14' "$(printf ' b%d' $all)" 't0 t1 t2' 'l s d12'; do
		timeout "$LIMIT" start/start $how -- start/show > native.out < /dev/null
		timeout "$LIMIT" start/start $how -- rr-record -f -o "$trace" start/show > record.out 3>&- < /dev/null
		same native.out record.out
		replayed
		verified
	done
}

@test "blocked signals stay blocked" {
	cat > start/p.py <<-'EOF'
		import os, signal
		print(sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])), signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGCHLD))
	EOF
	cat > block.py <<-'EOF'
		import os, signal, sys
		signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGALRM, signal.SIGCHLD, signal.SIGTERM])
		signal.signal(signal.SIGALRM, signal.SIG_IGN); signal.signal(signal.SIGCHLD, signal.SIG_IGN)
		os.execvp(sys.argv[1], sys.argv[1:])
	EOF
	timeout "$LIMIT" /usr/bin/python3 block.py /usr/bin/python3 start/p.py > native.out
	timeout "$LIMIT" /usr/bin/python3 block.py rr-record -o trace /usr/bin/python3 start/p.py > record.out 3>&-
	same native.out record.out
	replayed
	verified
}

@test "all 256 exit statuses are passed on" {
	cat > start/p.sh <<-'EOF'
		for ((i = 0; i < 256; i++)); do (exit $i); [ $? = $i ] || echo "not $i"; done; echo done
	EOF
	exact bash p.sh
	for status in 3 77 129 200 254; do
		expected=$status recorded sh -c "exit $status"
		replayed
	done
}

@test "a shell sees a recorded program's death by signal as its own" {
	for signal in HUP USR1 USR2 ALRM VTALRM IO SYS RTMIN; do
		natively bash -c "bash -c 'kill -$signal \$\$'; echo \$?"
		step record bash -c "rr-record -f -o $trace bash -c 'kill -$signal \$\$'; echo \$?"
		same native.out record.out
		verified
	done
}

# --- processes that outlive each other

@test "--end-with-program kills what the program left running" {
	cat > start/p <<-'EOF'
		mkfifo never
		setsid cat never < /dev/null > cat.out 2>&1 &
		echo $! > pids
		(trap '' TERM HUP; while :; do :; done) < /dev/null > loop.out 2>&1 &
		echo $! >> pids
		echo started
		exit 3
	EOF
	step record rr-record --end-with-program -o trace sh start/p
	[ "$step_status" = 3 ]
	left=$(< pids)
	for pid in $left; do gone "$pid"; done
	[ "$(rr-dump -k exit trace | grep -c 'killed by SIGKILL')" = 2 ]
	replayed
	verified
}

@test "what a process did before it is killed from outside the recording is seen" {
	cat > start/p.py <<-'EOF'
		import mmap, os, struct
		m = mmap.mmap(-1, 4096)
		pid = os.fork()
		if not pid:
		    open('pid.new', 'w').write(str(os.getpid()))
		    os.rename('pid.new', 'pid')
		    i = 0
		    while True:
		        i += 1
		        m[:8] = struct.pack('Q', i)
		_, status = os.waitpid(pid, 0)
		print(status, struct.unpack('Q', m[:8])[0])
	EOF
	rr-record -o trace python3 start/p.py > record.out &
	local recorder=$!
	until_true [ -e pid ]
	kill -KILL "$(< pid)"
	wait "$recorder"
	grep -q '^9 [1-9]' record.out
	[ "$(rr-dump -k exit trace | grep -c 'killed by SIGKILL')" = 1 ]
	replayed
	verified
}

@test "a daemon (double fork, setsid) is recorded to its end" {
	cat > start/p.py <<-'EOF'
		import os, time
		if os.fork(): os._exit(7)
		os.setsid()
		if os.fork(): os._exit(0)
		for fd in 0, 1, 2: os.close(fd)
		while os.getppid() == 1 and not os.path.exists('go'): time.sleep(0.01)
		open('daemon', 'w').write('done %d' % os.getpid())
	EOF
	cd start
	in_background rr-record -o "$trace" /usr/bin/python3 p.py
	until_true sh -c 'rr-dump -s setsid ../trace | grep -q setsid'
	not gone "$recorder"
	touch go
	ends 7
	[ -s daemon ]
	cd ..
	[ "$(rr-dump -k exit trace | wc -l)" = 3 ]
	verified
}

@test "a child goes on after its parent's death, and its output is recorded" {
	recorded sh -c '(while kill -0 $$ 2> /dev/null; do :; done; echo orphan; exec sh -c "echo again") & echo parent'
	[ "$(xargs < record.out)" = 'parent orphan again' ]
	replayed
	verified
}

@test "the exit status is the program's even when a child outlives it" {
	expected=9 recorded sh -c '(while kill -0 $$ 2> /dev/null; do :; done; exit 4) & exit 9'
	replayed
	verified
}

# --- users and namespaces

@test "an unprivileged user can record, replay and verify" {
	unprivileged
	timeout "$LIMIT" $as_nobody rr-record sh -c 'id -u; ls /root; echo $$; (exit 3); python3 -c "import threading; t = threading.Thread(target=print, args=(1,)); t.start()"' > record.out 2> record.err 3>&- || :
	[ "$(head -n 1 record.out)" = 65534 ]
	timeout "$LIMIT" $as_nobody rr-replay > replay.out 2> replay.err
	same record.out replay.out
	same record.err replay.err
	timeout "$LIMIT" $as_nobody rr-verify
}

@test "a setuid program runs without privileges, with a warning" {
	unprivileged
	printf '#include <stdio.h>\n#include <unistd.h>\nint main(void) { printf("%%d %%d\\n", getuid(), geteuid()); return 0; }\n' > a.c
	gcc -o ../suid a.c
	chmod 4755 ../suid
	[ "$($as_nobody ../suid)" = '65534 0' ] || skip "setuid has no effect here"
	timeout "$LIMIT" $as_nobody rr-record ../suid > record.out 2> record.err 3>&-
	[ "$(cat record.out)" = '65534 65534' ]
	[ "$(wc -l < record.err)" = 1 ]
	grep -q '^rr-record: .*suid.*privilege' record.err
	timeout "$LIMIT" $as_nobody rr-verify
	timeout "$LIMIT" $as_nobody rr-record sh -c '../suid; ../suid' > record.out 2> record.err 3>&-
	[ "$(wc -l < record.err)" = 1 ]
}

@test "a program that changes its user is recorded" {
	[ "$(id -u)" = 0 ] || skip "not root"
	needs setpriv
	exact sh -c 'id -u; setpriv --reuid=65534 --regid=65534 --clear-groups sh -c "id -u; ls /root > /dev/null; echo status \$?; exec id -g"; id -u'
	not grep 'not counted' record.err
}

@test "rr-record runs inside a user namespace" {
	unshare -Ur true 2> unshare.err || skip "user namespaces are not permitted"
	step record unshare -Ur rr-record -o "$trace" sh -c 'id -u; cat /proc/self/uid_map; (exit 3); ls /'
	[ "$step_status" = 0 ]
	replayed
	verified
	step replay unshare -Ur rr-replay "$trace"
	[ "$step_status" = 0 ]
	same record.out replay.out
}

@test "a recorded program can make a user namespace" {
	unshare -Ur true 2> unshare.err || skip "user namespaces are not permitted"
	exact unshare -Ur sh -c 'id -u; cat /proc/self/uid_map; (exit 3); ls /'
	not grep 'not counted' record.err
}

@test "a program is counted after chroot to a directory without /proc" {
	unshare -r true 2> unshare.err || skip "user namespaces are not permitted"
	mkdir root
	cp "$tests/../build/tests/programs/pre_static" root
	recorded unshare -r chroot "$here/root" /pre_static
	[ "$(tail -n 1 record.out)" = ok ]
	not grep 'not counted' record.err
	replayed
	verified
	# So can a task of a PID namespace in which our pid belongs to another process.
	recorded unshare -rpf --mount-proc "$tests/../build/tests/programs/pre_static"
	[ "$(tail -n 1 record.out)" = ok ]
	not grep 'not counted' record.err
	verified
}

@test "rr-record runs inside mount, process and network namespaces" {
	unshare -mnpf --mount-proc true 2> unshare.err || skip "namespaces are not permitted"
	step record unshare -mnpf --mount-proc rr-record -o "$trace" sh -c 'echo $$; ls -d /proc/[0-9]*; (exit 3); cat /proc/net/dev | wc -l'
	[ "$step_status" = 0 ]
	replayed
	verified
	step replay unshare -mnpf --mount-proc rr-replay "$trace"
	same record.out replay.out
}

@test "a recorded program can make mount, process and network namespaces" {
	unshare -mnpf --mount-proc true 2> unshare.err || skip "namespaces are not permitted"
	mkfifo fifo
	exact unshare -mnpf --mount-proc sh -c 'echo $$; (exit 3); (cat "$0" & echo $!); wait' "$here/fifo"
}

@test "rr-record can be the first process of a process namespace" {
	unshare -pf --mount-proc true 2> unshare.err || skip "namespaces are not permitted"
	step record unshare -pf --mount-proc rr-record -o "$trace" sh -c '(while kill -0 $$ 2> /dev/null; do :; done; echo orphan) & echo parent; exit 6'
	[ "$step_status" = 6 ]
	grep -q orphan record.out
	replayed
	verified
}

@test "the maps of a trace have the build-ids of the mapped files" {
	rr-record -o trace cp --version > /dev/null
	id=$(LC_ALL=C readelf -n "$(readlink -f "$(command -v cp)")" | awk '/Build ID/ { print $3 }')
	[ "$id" ]
	[ "$(rr-dump -j -M trace | grep -c "/cp\".*\"build_id\":\"$id\"")" -ge 2 ]
	! rr-dump -j -M trace | grep -v "\"build_id\":\"$id\"" | grep '/cp"'
}
