# rr-gdb with a real gdb: positions, registers, memory, and execution in both directions.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=300
	# A python that the user built comes with its extension for gdb.
	export user_python=$(python3 -c 'import os, sys; print(os.path.realpath(sys.executable))')
}

setup() {
	common_setup
	needs gdb rr-gdb
	programs=$(cd "$tests/../build/tests/programs/gdb" && pwd)
	export HOME=$here
}

# record_it PROGRAM [ARG...]: records one of tests/programs/gdb. Sets $step_status.
record_it() {
	local program=$1
	shift
	step record rr-record -o "$trace" "$programs/$program" "$@"
}

# in_gdb COMMAND...: runs gdb commands on the trace, with rr-gdb's options from $options. Output of gdb and the program goes to
# gdb.out.
in_gdb() {
	local command args=()
	for command; do
		args+=(-ex "$command")
	done
	step gdb "${session[@]}" rr-gdb $options "$trace" -- -batch -nx -iex 'set width 0' "${args[@]}"
	cat gdb.out
	no_process_is_left
}

# script_in_gdb: the same, with a script from standard input
script_in_gdb() {
	cat > script
	step gdb "${session[@]}" rr-gdb $options "$trace" -- -batch -nx -iex 'set width 0' -x script
	tail -n 50 gdb.out
	no_process_is_left
}

# Runs a command in a new session, whose number is in the file sid.
session=(setsid -w sh -c 'echo $$ > sid; exec "$@"' sh)

# All processes of a session must be gone.
no_process_is_left() {
	[ -z "$(find "$TMPDIR" "${XDG_RUNTIME_DIR:-$TMPDIR}" -maxdepth 1 -name 'rr-gdb-*')" ]
	not pgrep -l -s "$(cat sid)"
}

# shows PATTERN...: lines of gdb.out must match these, in this order
shows() {
	awk 'BEGIN {
		for (n = 1; n < ARGC; n++)
			want[n] = ARGV[n]
		ARGC = 1
		i = 1
	}
	i < n && $0 ~ want[i] { i++ }
	END {
		if (i < n) {
			print "not shown, or not after the previous one: " want[i]
			exit 1
		}
	}' "$@" < gdb.out
}

lacks() {
	not grep -E "$1" gdb.out
}

# The stops must be the same forwards and, in the opposite order, backwards.
same_back() {
	sed -n 's/^FORWARD //p' gdb.out > forward
	sed -n 's/^BACK //p' gdb.out | tac > back
	[ -s forward ]
	same forward back
}

# --- programs of all kinds, forwards and backwards ---

hello_is_debugged() {
	in_gdb 'break add' 'continue' 'backtrace' 'print *p' 'print n' 'up' 'print mine' 'down' 'next' 'print sum' 'finish' \
		'info registers rip' 'x/2i $pc' 'continue' 'reverse-continue' 'print n' 'reverse-finish' 'reverse-step' 'reverse-step' \
		'delete' 'continue'
	shows '^Breakpoint 1, add .*n=0' '^#0 .*add' '^#1 .*twice' '^#2 .*main' 'x = 1, y = 0, name = 0x.* "first"' '= 0' '= 41' \
		'= 1$' 'Value returned is .* = 1' '^rip .*<twice' '^=> 0x' '^Breakpoint 1, add .*n=1' '^Breakpoint 1, add .*n=0' \
		'= 0$' 'in twice' 'mine[+][+]' 'No more reverse-execution history'
	grep -qx '7 15 43 first' gdb.out
}

@test "a small program shows stops, locals, structures and thread-locals, forwards and backwards" {
	record_it hello
	hello_is_debugged
}

@test "a static program can be debugged" {
	record_it static_hello
	hello_is_debugged
}

@test "stops come in opposite order backwards" {
	record_it hello
	script_in_gdb <<-'END'
		break add
		continue
		set $i = 0
		while $i < 6
		  printf "FORWARD %d %d\n", n, total
		  set $i = $i + 1
		  if $i < 6
		    continue
		  end
		end
		set $i = 0
		while $i < 6
		  printf "BACK %d %d\n", n, total
		  set $i = $i + 1
		  if $i < 6
		    reverse-continue
		  end
		end
	END
	same_back
	[ "$(wc -l < forward)" = 6 ]
}

@test "all threads are listed with their thread-locals, and stops come in the recorded order" {
	record_it threads
	in_gdb 'break meet' 'continue' 'info threads' 'print number == n' 'continue' 'print number == n' 'continue' \
		'print number == n' 'print nth' 'reverse-continue' 'print nth' 'reverse-continue' 'print nth' \
		'thread apply all backtrace 1'
	shows 'Breakpoint 1, meet' 'Thread .*"threads"' '= 1$' 'Breakpoint 1, meet' '= 1$' 'Breakpoint 1, meet' '= 1$' '= 2$' \
		'Breakpoint 1, meet' '= 1$' 'Breakpoint 1, meet' '= 0$'
	[ "$(grep -c '^[* ] [1-4] .*Thread ' gdb.out)" = 4 ]
}

@test "two sessions see the same threads, addresses and stops" {
	record_it threads
	in_gdb 'break meet' 'continue' 'info threads' 'info registers' 'continue' 'when' 'info registers'
	grep -v -e '^Reading' gdb.out > first
	in_gdb 'break meet' 'continue' 'info threads' 'info registers' 'continue' 'when' 'info registers'
	grep -v -e '^Reading' gdb.out > second
	same first second
}

@test "after fork gdb follows the parent, and the child does not stop" {
	record_it family
	in_gdb 'break in_parent' 'break in_child' 'break in_second_program' 'continue' 'info inferiors' 'next' 'next' 'continue' \
		'reverse-continue'
	shows 'Detaching after fork from child' 'Breakpoint 1, in_parent' 'process [0-9]' 'No more reverse-execution' \
		'Breakpoint 1, in_parent'
	lacks 'in_child \(|in_second_program \('
}

@test "after fork gdb can follow the child across its exec and back" {
	record_it family
	in_gdb 'set follow-fork-mode child' 'break in_child' 'continue' 'catch exec' 'continue' 'break in_second_program' 'continue' \
		'next' 'continue' 'reverse-continue' 'reverse-continue' 'reverse-continue' 'info inferiors'
	shows 'Breakpoint 1.*in_child' 'Catchpoint 2 .exec' 'Breakpoint 3.*in_second_program' 'No more reverse-execution' \
		'in_second_program' 'Catchpoint 2 .exec' 'Breakpoint 1.*in_child'
}

@test "gdb can keep both processes after a fork" {
	record_it family
	in_gdb 'set detach-on-fork off' 'catch fork' 'continue' 'info inferiors' 'break in_parent' 'continue' 'inferior 1' 'continue' 'info inferiors'
	shows 'Catchpoint 1 .forked process' 'exited with code 03' 'Breakpoint 2.*in_parent' '1 *process'
}

@test "gdb can attach to a second process" {
	record_it family
	read -r event _ parent _ < <(rr-dump -k clone "$trace")
	child=$(rr-dump -e "$event" "$trace" | grep -oE '[0-9]+$')
	options="-p $parent -e $event" in_gdb 'info inferiors' "add-inferior -exec $programs/family" 'inferior 2' "attach $child" 'info inferiors' \
		'backtrace 2' 'break in_child' 'continue'
	shows "^[*] 1 +process $parent" "^[*] 2 +process $child" '^#0 .*fork' 'Breakpoint 1.*in_child'
}

@test "-p and -f start in the given process" {
	record_it family
	child=$(rr-dump -k clone "$trace" | awk -F '\t' '{ print $6 }' | grep -oE '[0-9]+$' | head -n 1)
	[ -n "$child" ]
	options="-p $child" in_gdb 'info inferiors' 'break main' 'continue' 'print argc'
	shows "process $child" 'Breakpoint 1, main' '= 2$'
	options="-f $child" in_gdb 'info inferiors' 'break in_child' 'continue'
	shows "process $child" 'Breakpoint 1, in_child'
}

@test "signal handlers are debugged forwards and backwards" {
	record_it handler
	in_gdb 'handle SIGUSR1 stop print pass' 'break handler' 'continue' 'backtrace' 'print $_siginfo.si_signo' 'continue' \
		'print handled' 'finish' 'continue' 'continue' 'reverse-continue' 'print handled' 'reverse-continue' \
		'reverse-continue' 'print handled'
	shows 'received signal SIGUSR1' '= 10$' 'Breakpoint 1, handler' '= 0$' 'received signal SIGUSR1' 'Breakpoint 1, handler' \
		'received signal SIGUSR1' '= 10$' 'Breakpoint 1, handler' 'received signal SIGUSR1' '= 0$'
}

@test "C++ exceptions are caught as they are thrown" {
	record_it throws
	in_gdb 'catch throw' 'catch catch' 'continue' 'backtrace' 'continue' 'reverse-continue' 'backtrace 3'
	shows 'Catchpoint 1 \(exception thrown\)' 'deep \(n=0\)' 'deep \(n=2\)' 'main' 'Catchpoint 2 \(exception caught\)' \
		'Catchpoint 1 \(exception thrown\)'
}

@test "at a crash, reverse execution finds the write that lost the pointer" {
	record_it crash
	[ "$step_status" = 139 ]
	in_gdb 'continue' 'backtrace' 'print n->next' 'watch -l n->next' 'reverse-continue' 'backtrace'
	shows 'received signal SIGSEGV' '^#0 .*sum' '^#1 .*main' '= \(struct node \*\) 0x0' 'ardware watchpoint 1' '^#0 .*lose \('
}

@test "-e starts at the event of the crash" {
	record_it crash
	options="-e $(rr-dump -k signal "$trace" | awk '/SIGSEGV/ { print $1; exit }')" in_gdb 'backtrace'
	shows '^#0 .*sum' '^#1 .*main'
}

@test "gdb stops at the end of the trace and can go back from there" {
	record_it hello
	in_gdb 'continue' 'info threads' 'break main' 'reverse-continue' 'backtrace'
	shows 'No more reverse-execution history' 'Thread' 'Breakpoint 1, main' '^#0 .*main'
}

@test "shared memory has its recorded content at each position gone back to" {
	record_it objects 30000000
	script_in_gdb <<-'END'
		break mark
		define place
		  printf "%d %d %d %d %d %d %d %d %d\n", n, shared[0], shared[1024], own[0], own[1], own[1024], children[0], kept[0], kept[1024]
		end
		set $i = 0
		while $i < 6
		  continue
		  printf "FORWARD "
		  place
		  set $i = $i + 1
		end
		set $i = 0
		while $i < 6
		  printf "BACK "
		  place
		  reverse-continue
		  set $i = $i + 1
		end
	END
	same_back
	printf '%s\n' {0..5} | awk '{ print $1, $1, $1, -1, 2 * $1, $1, 10 * ($1 + 1), 3 * $1, 3 * $1 }' > wanted
	same wanted forward
}

# --- watchpoints and reverse execution ---

# watch_all_places NUMBER [COMMAND]: sets watchpoints on eight words of the program "watched". It must stop NUMBER times, forwards
# and backwards.
watch_all_places() {
	local i
	printf '%s\n' 'break begin' continue 'delete 1' ${2:+"$2"}
	for i in 0 1 2 3 4 5; do
		echo "watch place[$i].value"
	done
	cat <<-END
		watch record.part
		watch -l *shared
		define places
		  printf "%d%d%d%d%d%d %ld %d\n", place[0].value, place[1].value, place[2].value, place[3].value, place[4].value, \
		    place[5].value, record.part[1] + record.part[2] + record.part[3] + record.part[7], *shared
		end
		set \$i = 0
		while \$i < $1
		  continue
		  printf "FORWARD "
		  places
		  set \$i = \$i + 1
		end
		set \$i = 0
		while \$i < $1
		  printf "BACK "
		  places
		  reverse-continue
		  set \$i = \$i + 1
		end
	END
}

@test "more watchpoints than the processor has all trigger, in opposite order backwards" {
	record_it watched 3000
	watch_all_places 30 > watches
	script_in_gdb < watches
	[ "$(grep -c '^Hardware watchpoint [2-9]: ' gdb.out)" = 68 ]
	same_back
	awk 'BEGIN {
		for (n = 1; n <= 3; n++) {
			for (place = 2; place <= 7; place++)
				print place
			print "8\n8\n9\n9"
		}
	}' > wanted
	awk '$2 == "watchpoint" { n = $3 + 0 } $1 == "FORWARD" { print n }' gdb.out > got
	same wanted got
	awk '$2 == "watchpoint" { n = $3 + 0 } $1 == "BACK" { print n }' gdb.out | sed 1d | tac > got
	sed 1d wanted > most
	same most got
}

# places_forwards OUT [COMMAND]: the output of 10 of these stops, only forwards
places_forwards() {
	watch_all_places 10 "${@:2}" | sed '/i < 10/,/^end/ { /reverse/d }' > watches
	script_in_gdb < watches
	grep -E '^(Hardware w|W)atchpoint|^FORWARD|^Old|^New|^[a-z_]* \(|^0x' gdb.out > "$1"
}

@test "software watchpoints trigger where single steps find them" {
	record_it watched
	places_forwards watched
	not grep '^Watchpoint' watched
	sed -i 's/^Hardware w/W/' watched
	places_forwards stepped 'set can-use-hw-watchpoints 0'
	not grep '^Hardware' stepped
	[ "$(grep -c FORWARD stepped)" = 10 ]
	same stepped watched
}

@test "software read and access watchpoints work in pages with other data" {
	record_it watched 1000
	in_gdb 'break begin' 'continue' 'delete 1' 'watch quiet[0]' 'watch quiet[1]' 'watch quiet[2]' 'watch quiet[3]' \
		'rwatch place[4].value' 'awatch place[5].value' 'rwatch record.part[3]' \
		'continue' 'continue' 'continue' 'continue' 'reverse-continue' 'reverse-continue' 'reverse-continue' \
		'break *$pc if seen == 1000' 'echo AGAIN\n' 'continue' 'continue' 'reverse-continue' 'info registers rip' \
		'break *$pc if seen == 1000' 'stepi' 'reverse-continue' 'reverse-continue' 'echo AGAIN\n' 'continue' 'continue'
	shows 'Hardware access .read.write. watchpoint 7: place.5.' 'New value = 1' 'Hardware read watchpoint 6: place.4.' 'Value = 1' \
		'watchpoint 7: place.5.' 'New value = 2' 'read watchpoint 6' 'Value = 2' 'watchpoint 7' 'watchpoint 6' \
		AGAIN 'watchpoint 6: place.4.' 'watchpoint 7: place.5.' 'watchpoint 7: place.5.' 'watchpoint 6: place.4.' AGAIN \
		'watchpoint 6: place.4.' 'watchpoint 7: place.5.'
	[ "$(grep -c '^Value = ' gdb.out)" -ge 2 ]
}

# watched_word QUIET: stops at a watched word of the program "closed"; unless QUIET is 0, four other watchpoints are set before
watched_word() {
	cat <<-'END'
		handle SIGSEGV nostop noprint pass
		break begin
		continue
		delete 1
	END
	[ "$1" = 0 ] || printf 'watch quiet[%d]\n' 0 1 2 3
	cat <<-'END'
		watch -l word[0]
		set $i = 0
		while $i < 12
		  continue
		  printf "FORWARD %lx %d\n", $pc, faults
		  set $i = $i + 1
		end
		set $i = 0
		while $i < 12
		  reverse-continue
		  printf "BACK %lx %d\n", $pc, faults
		  set $i = $i + 1
		end
		info proc mappings
	END
}

# word_stops QUIET OUT: the output of these stops
word_stops() {
	watched_word "$1" > watches
	script_in_gdb < watches
	grep -E '^FORWARD|^BACK|^Old|^New|^ +0x' gdb.out > "$2"
}

@test "a program can protect, map, share and fault in a page that a software watchpoint closes" {
	record_it closed
	[ "$(cat record.out)" = '2 0 1275' ]
	word_stops 0 by_cpu
	word_stops 4 by_page
	[ "$(grep -cE '^FORWARD|^BACK' by_cpu)" = 24 ]
	same by_cpu by_page
}

@test "a watchpoint and reverse-continue find the instruction that corrupted the heap" {
	record_it heap 200000000
	[ "$step_status" = 139 ]
	before=$SECONDS
	in_gdb 'continue' 'print n->number' 'watch -l n->number' 'reverse-continue' 'backtrace 3'
	shows 'received signal SIGSEGV' '0x2e2e2e2e2e2e' 'ardware watchpoint 1' '^#. .*copy \(' 
	echo "$((SECONDS - before)) s"
}

@test "after chaos mode finds a lost update, gdb goes back to the writes of both threads" {
	bugs=$(cd "$tests/../build/tests/programs/bugs" && pwd)
	step hunt rr-hunt -n 200 "$bugs/lost_update"
	trace=$(sed 's/.*: //' hunt.out)
	in_gdb 'continue' 'info threads' 'watch balance' 'reverse-continue' 'info symbol $pc' 'backtrace' 'reverse-continue' 'backtrace' \
		'reverse-continue' 'reverse-continue' 'backtrace'
	shows 'watchpoint 1' 'deposit' 'deposit' 'deposit'
	grep -q cashier gdb.out
	grep -q 'main (' gdb.out
}

@test "1,000 reverse-stepi and 1,000 stepi show the same registers at each position" {
	record_it hello
	script_in_gdb <<-'END'
		define place
		  printf "%lx %lx %lx %lx %lx %lx %lx %x\n", $pc, $rsp, $rbp, $rax, $rcx, $rsi, $rdi, $eflags
		end
		continue
		set $i = 0
		while $i < 1000
		  printf "BACK "
		  place
		  reverse-stepi
		  set $i = $i + 1
		end
		set $i = 0
		while $i < 1000
		  stepi
		  printf "FORWARD "
		  place
		  set $i = $i + 1
		end
	END
	same_back
	[ "$(wc -l < forward)" = 1000 ]
}

# steps_through: the output of `x/i $pc` from insns to its end, one line for each instruction, with symbolic addresses
steps_through() {
	local i args=(-ex 'break insns' -ex "$1")
	for ((i = 0; i < 19; i++)); do
		args+=(-ex 'x/i $pc' -ex stepi)
	done
	shift
	"$@" -batch -nx "${args[@]}" 2> steps.err | sed -n 's/^=> 0x[0-9a-f]* //p' | sed 's/0x[0-9a-f]* //'
}

@test "a killed process ends at the instruction where it was killed, and goes back from there" {
	recorded bash -c '(ulimit -t 1; while :; do :; done); :'
	pid=$(rr-dump -k exit "$trace" | awk '/SIGKILL/ { print $3 }')
	pc=$(rr-dump -r -k switch -p "$pid" "$trace" | tail -n 1 | sed 's/.* rip=\(0x[0-9a-f]*\) .*/\1/')
	options="-f $pid"
	in_gdb continue 'printf "AT 0x%lx\n", $pc' reverse-stepi stepi 'printf "AT 0x%lx\n", $pc'
	[ "$(grep -c "AT $pc" gdb.out)" = 2 ]
}

@test "stepi follows the program's original instructions" {
	record_it insns
	steps_through run gdb "$programs/insns" > expected
	steps_through continue rr-gdb "$trace" -- > found
	[ "$(wc -l < expected)" = 19 ]
	[ "$(wc -l < found)" = 19 ]
	# If the hypervisor emulates cpuid, the trap may come only after the next instruction.
	if ! grep -q ':	rdtsc$' expected; then
		sed -i '/:	rdtsc$/d' found
		sed -i '$d' expected
	fi
	same expected found
	in_gdb 'break insns_end' continue 'delete' reverse-stepi 'x/i $pc' reverse-stepi 'x/i $pc' reverse-stepi reverse-stepi 'x/i $pc'
	shows '=> .*:	nop' '=> .*:	jmp .*\*%rdx' '=> .*:	rdtscp'
}

@test "a conditional breakpoint that is never true costs less than a minute for a million hits" {
	record_it calls "$(many 1000000 250000)"
	before=$SECONDS
	in_gdb 'break called if i == 5000000' 'continue' 'info breakpoints'
	shows 'No more reverse-execution history'
	lacks 'Breakpoint 1, called'
	[ $((SECONDS - before)) -lt 60 ]
}

@test "2,000 functions can have conditional breakpoints" {
	awk 'BEGIN {
		for (i = 0; i < 2000; i++)
			printf "int f%d(int n) { return n + %d; }\n", i, i
		print "int main(void) { int sum = 0;"
		for (i = 0; i < 2000; i++)
			printf "sum += f%d(%d);\n", i, i % 100
		print "return sum & 1; }"
	}' > many.c
	gcc -g -O0 -o many many.c
	step record rr-record -o "$trace" ./many
	awk 'BEGIN {
		for (i = 0; i < 2000; i++)
			printf "break f%d if n == 77 && %d >= 1900\n", i, i
		print "continue\nbacktrace 1\ncontinue\nreverse-continue\ncontinue"
	}' > script
	step gdb rr-gdb "$trace" -- -batch -nx -x script
	tail -n 12 gdb.out
	shows 'f1977 \(n=77\)' 'No more reverse' 'f1977 \(n=77\)'
}

# --- positions ---

@test "when, seek, checkpoint, restart and run work" {
	record_it hello
	in_gdb 'break add' 'continue' 'continue' 'checkpoint' 'print n' 'continue' 'restart 1' 'print n' 'when' 'when-ticks' \
		'elapsed-time' 'info checkpoints' 'delete checkpoint 1' 'restart 1' 'monitor seek 1' 'seek 3' 'when' 'run 5' 'when'
	shows 'checkpoint 1 at [0-9]+' '= 1$' '^Breakpoint 1' '= 1$' '^[0-9]+(:[0-9]+([+][0-9]+)?)?$' '^[0-9]+$' \
		'^[0-9]+[.][0-9]+$' 'checkpoint 1 at' 'no such checkpoint' '^3' '^3' '^5'
}

@test "gdb and rr-dump number events alike" {
	record_it hello
	rr-dump -e 1-3 "$trace" | awk '{ print $1, $3, $5 }' > wanted
	in_gdb 'monitor dump 1-3'
	awk '$1 ~ /^[123]$/ && NF > 5 { print $1, $3, $5 }' gdb.err > got
	same wanted got
}

@test "catch syscall works forwards and backwards" {
	record_it hello
	in_gdb 'catch syscall write' 'continue' 'continue' 'reverse-continue'
	shows "call to syscall .?write" "returned from syscall .?write" "syscall .?write"
}

@test "traces of the step counter and of counted code have the same positions in gdb" {
	local counter
	for counter in soft step; do
		step record setarch -R rr-record --counter=$counter -o "$counter" "$programs/static_hello"
		trace=$counter in_gdb 'break add' 'continue' 'when' 'continue' 'when' 'info registers' 'watch mine' 'continue' 'when' \
			'reverse-continue' 'when' 'reverse-continue' 'reverse-stepi' 'reverse-stepi' 'when' 'info registers' 'finish' \
			'when' 'delete' 'print add(p, 100)' 'catch syscall write' 'continue' 'when'
		sed 's/process [0-9]*/process/' gdb.out > "$counter.out"
	done
	shows 'Breakpoint 1, add' '^[0-9]+:[0-9]+[+][0-9]+$' 'watchpoint 2: mine' '^New value = 42' 'watchpoint 2' '^New value = 41' \
		'Breakpoint 1, add' '^[0-9]+:[0-9]+[+][0-9]+$' '= 101' 'call to syscall .?write'
	same soft.out step.out
}

# --- diversions ---

@test "a function call in gdb leaves no effect on the replay" {
	record_it hello
	in_gdb 'break twice' 'continue' 'print total' 'print add(p, 100)' 'print total' 'set var total = 7' 'print total' 'next' \
		'print total' 'delete' 'continue'
	shows '= 0$' '= 101$' '= 101$' '= 7$' '= 0$'
	grep -qx '7 15 43 first' gdb.out
}

@test "program output appears once, however often the replay passes it" {
	record_it hello
	in_gdb 'continue' 'break main' 'reverse-continue' 'continue' 'reverse-continue' 'continue'
	[ "$(grep -cx '7 15 43 first' gdb.out)" = 1 ]
}

# --- big programs ---

@test "python3 runs from its end back to main, and forwards again" {
	step record rr-record -o "$trace" /usr/bin/python3 -c 'print(sum(range(200000)))'
	in_gdb 'break Py_FinalizeEx' 'continue' 'break Py_BytesMain' 'reverse-continue' 'continue'
	shows 'Breakpoint 1.*Py_FinalizeEx' 'Breakpoint 2.*Py_BytesMain' 'Breakpoint 1.*Py_FinalizeEx'
}

# shortly_before_end [PID]: the first event of the last tenth of a second, of all tasks or one task
shortly_before_end() {
	rr-dump "$trace" | awk -F '\t' -v pid="$1" '!pid || $3 == pid { n++; event[n] = $1; time[n] = $2 }
		END { for (i = n; i > 1 && time[n] - time[i - 1] < 0.1; i--); print event[i] }'
}

@test "py-bt of python3's gdb extension shows the same after going back" {
	python=/usr/bin/python3
	extension=$(find /usr/share/gdb/auto-load/usr/bin -name 'python3*-gdb.py' 2> find.err | head -n 1)
	if [ -z "$extension" ]; then
		python=$user_python
		extension=$python-gdb.py
	fi
	[ -f "$extension" ] || skip "no gdb extension of python3's (package python3.11-dbg)"
	cat > deep.py <<-'END'
		import os
		def down(level):
		    left = level * 111
		    return down(level - 1) + 1 if level else os.getppid() * 0
		print(down(3))
	END
	step record rr-record -o "$trace" "$python" deep.py
	event=$(rr-dump -s getppid "$trace" | awk '{ print $1; exit }')
	options="-e $event" in_gdb "source $extension" 'py-bt' 'py-up' 'py-print level' 'break Py_BytesMain' 'reverse-continue' \
		"seek $event" 'py-bt'
	[ "$(grep -c '^  File ".*deep.py", line 4, in down' gdb.out)" = 8 ]
	shows 'line 4, in down' 'line 5, in <module>' 'level. = 0' 'Breakpoint 1.*Py_BytesMain' 'line 4, in down' 'line 5, in <module>'
}

@test "redis-server runs from its last tenth of a second back to main, and forwards again" {
	needs redis-server redis-cli
	rr-record -o "$trace" redis-server --port 0 --unixsocket "$PWD/redis" --save '' --logfile "$PWD/log" 3>&- &
	server=$!
	until_true redis-cli -s redis ping
	redis-cli -s redis set name value
	redis-cli -s redis -r 3 -i 0.1 incr number
	redis-cli -s redis shutdown nosave
	wait "$server"
	options="-e $(shortly_before_end)" in_gdb 'info threads' 'backtrace' 'break main' 'reverse-continue' 'backtrace' \
		'break finishShutdown' 'continue' 'backtrace' 'reverse-continue'
	shows '^#[0-9]+ .* main ' 'Breakpoint 1, .*main ' '^#0 .*main ' 'Breakpoint 2, .*finishShutdown' \
		'^#1 .*shutdownCommand' '^#[0-9]+ .* main ' 'Breakpoint 1, .*main '
	[ "$(grep -c '^[* ] [1-5] .*Thread ' gdb.out)" = 5 ]
}

@test "gcc's cc1, without symbols, runs from its last tenth of a second back to its entry, and forwards again" {
	awk 'BEGIN {
		for (i = 0; i < 200; i++)
			printf "int f%d(int n) { int s = 0; while (n--) if ((s ^= n * %d) > %d) s -= n; return s; }\n", i, i, 7 * i
	}' > some.c
	cc1=$(gcc -print-prog-name=cc1)
	[ -x "$cc1" ] || skip "no cc1"
	LC_ALL=C readelf -h "$cc1" | grep -q 'EXEC (Executable' || skip "cc1 is not where its file says"
	entry=$(LC_ALL=C readelf -h "$cc1" | awk '/Entry point/ { print $4 }')
	step record rr-record -o "$trace" gcc -O2 -c some.c
	child=$(rr-dump -t "$trace" | awk '/\/cc1 / { print $1; exit }')
	options="-p $child -e $(shortly_before_end "$child")" in_gdb 'info inferiors' "break *$entry" 'reverse-continue' \
		'x/i $pc' 'info sharedlibrary' 'break write' 'continue' 'backtrace' 'print (char) *(char *) $rsi' 'reverse-continue'
	shows "process $child .*cc1" 'Breakpoint 1, ' "^=> $entry" 'libc.so.6' 'Breakpoint 2.*write' '^#0 .*write' \
		"= 9 '.t'" 'Breakpoint 1, '
}

# --- other clients ---

@test "a breakpoint works on code that an emulated tracer steps and patches" {
	step record rr-record -o "$trace" "$programs/../ptrace_breaks"
	for child in $(rr-dump "$trace" | awk -F '\t' '$5 == "exit" { print $3 }' | head -n 2); do
		options="-f $child"
		script_in_gdb <<-'EOF'
			python
			import re
			# The first instruction after the call in the loop.
			text = gdb.execute("disassemble work", to_string=True).splitlines()
			call = next(i for i, line in enumerate(text) if "<before>" in line)
			gdb.execute("break *" + re.search("0x[0-9a-f]+", text[call + 1])[0])
			end
			commands 1
			silent
			echo met\n
			continue
			end
			continue
		EOF
		grep -c '^met' gdb.out >> met
		grep -q 'No more reverse-execution history' gdb.out
	done
	# It is executed once a round; if another breakpoint is there, the replay stops twice.
	printf '5\n10\n' | same - met
}

@test "a watchpoint works on memory that an emulated tracer watches, too" {
	needs_machine ptrace_watches
	step record rr-record -o "$trace" "$programs/../ptrace_watches"
	child=$(rr-dump "$trace" | awk -F '\t' '$5 == "clone" { sub(/.* /, "", $6); print $6; exit }')
	options="-f $child"
	script_in_gdb <<-'EOF'
		watch watched[0]
		commands 1
		silent
		printf "watched %ld\n", watched[0]
		continue
		end
		break counts_down
		commands 2
		silent
		printf "counts %ld\n", $rdi
		continue
		end
		continue
		reverse-continue
	EOF
	grep '^watched' gdb.out | tr -dc '0-9\n' | tr '\n' ' ' > seen
	# To there, back over the last one, and forwards once more.
	echo -n '1 3 6 1000 6 1000 ' | same - seen
	[ "$(grep '^counts' gdb.out | uniq | tr -dc '0-9\n' | tr '\n' ' ')" = '4 3 2 1 ' ]
}

@test "gdb's machine interface works" {
	record_it hello
	printf -- '%s\n' '-break-insert add' '-exec-continue' '-stack-list-frames' '-exec-next' '-exec-continue --reverse' \
		'-data-evaluate-expression n' '-gdb-exit' > commands
	timeout 60 rr-gdb "$trace" -- -nx -i=mi < commands > gdb.out 2> gdb.err
	cat gdb.out
	shows '\*stopped,reason="breakpoint-hit"' '\^done,stack=' '\*stopped,reason="end-stepping-range"' '\*stopped' '\^exit'
}

# LLDB	the lldb to test
@test "lldb breaks, shows a backtrace and locals, steps and runs to the end" {
	lldb=${LLDB:-lldb}
	needs "$lldb"
	record_it hello
	rr-gdb -s "$PWD/socket" "$trace" > server.out 2> server.err 3>&- &
	server=$!
	until_true grep target server.out
	step gdb "$lldb" --no-lldbinit -b -o "target create $programs/hello" \
		-o "process connect --plugin gdb-remote unix-connect://$PWD/socket" -o 'breakpoint set -n add' -o 'process continue' \
		-o 'thread backtrace' -o 'frame variable n' -o 'process continue' -o 'frame variable n' -o 'thread step-over' \
		-o 'thread step-inst' -o 'disassemble -c 2' -o 'process plugin packet monitor when' -o 'process continue' \
		-o 'process continue' -o quit
	cat gdb.out
	shows 'stop reason = breakpoint' 'frame #0: .*add\(p=0x[0-9a-f]*, n=0\)' 'frame #1: .*twice\(' 'frame #2: .*main' \
		'[(]int[)] n = 0' 'stop reason = breakpoint' '[(]int[)] n = 1' 'stop reason = step over' \
		'stop reason = instruction step' 'add:' 'pushq +%rbp' '^[0-9]+:[0-9]+[+][0-9]+' 'stop reason = breakpoint'
	kill "$server"
	wait "$server"
}

@test "-s serves any gdb, one client after another" {
	record_it hello
	rr-gdb -s 0 "$trace" > server.out 2> server.err 3>&- &
	server=$!
	until_true grep target server.out
	[ ! -s server.err ]
	for i in 1 2; do
		step gdb gdb -batch -nx -iex 'set sysroot /' -ex "$(cat server.out)" -ex 'break twice' -ex continue -ex 'print n'
		cat gdb.out
		shows 'Breakpoint 1, twice'
	done
	kill "$server"
	wait "$server"
}

@test "serving beyond this machine is announced" {
	record_it hello
	rr-gdb -s 0.0.0.0:0 "$trace" > server.out 2> server.err 3>&- &
	server=$!
	until_true grep target server.out
	kill "$server"
	wait "$server"
	[ "$(wc -l < server.err)" = 1 ]
}

@test "^C at the terminal stops the program, and quitting leaves no process" {
	record_it heap 400000000
	/usr/bin/python3 - "$trace" > gdb.out <<-'END'
		import os, pty, select, sys, time
		pid, fd = pty.fork()
		if pid == 0:
		    open("sid", "w").write(str(os.getpid()))
		    os.execvp("rr-gdb", ["rr-gdb", sys.argv[1], "--", "-nx", "-iex", "set style enabled off"])
		def until(text):
		    seen, end = "", time.time() + 60
		    while text not in seen:
		        if not select.select([fd], [], [], max(0, end - time.time()))[0]:
		            sys.exit("never seen: " + text + "\n" + seen)
		        seen += os.read(fd, 4096).decode(errors="replace")
		    print(seen)
		until("(gdb) ")
		os.write(fd, b"break work\ncontinue\n")
		until("Breakpoint 1, work")
		os.write(fd, b"continue\n")
		until("Continuing")
		time.sleep(0.3)
		os.write(fd, b"\x03")
		until("SIGINT")
		os.write(fd, b"backtrace\n")
		until("main")
		os.write(fd, b"kill\ny\nquit\n")
		_, status = os.waitpid(pid, 0)
		print("status", status)
	END
	cat gdb.out
	shows 'work' 'SIGINT' 'status 0'
	no_process_is_left
}

@test "the exit status is gdb's, or 2 where there is none" {
	record_it hello
	step gdb rr-gdb "$trace" -- -batch -nx -ex 'python import os; os._exit(7)'
	[ "$step_status" = 7 ]
	step gdb rr-gdb -d "$PWD/no-gdb" "$trace"
	[ "$step_status" = 2 ]
	step gdb rr-gdb nothing
	[ "$step_status" = 2 ]
	[ "$(wc -l < gdb.err)" = 1 ]
	step gdb rr-gdb -e x "$trace"
	[ "$step_status" = 2 ]
	[ -z "$(find "$TMPDIR" -maxdepth 1 -name 'rr-gdb-*')" ]
}
