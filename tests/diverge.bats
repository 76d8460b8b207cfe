# Replays that diverge, and recorders that fail: the report, and that a debugger can attach to the tasks.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=120
}

setup() {
	common_setup
	export TERM=dumb PS1='ready> '
	cat > choose <<-'END'
		#!/bin/sh
		read -r word < word
		case $word in
		wanted) (exit 0); echo found ;;
		*) exit 9 ;;
		esac
	END
	chmod +x choose
	echo wanted > word
	rr-record -o "$trace" ./choose
	/usr/bin/python3 "$tests/trace_edit.py" "$trace" wanted warned
}

teardown() {
	[ -z "$replay" ] || kill -KILL "$replay" 2> kill.err || :
}

# kept OPTION...: starts a replay that waits for a debugger. Sets $replay to its pid and $tasks to those of the tasks.
kept() {
	"$@" "$trace" > kept.out 2> kept.err < /dev/null 3>&- &
	replay=$!
	until_true grep -q 'ends them$' kept.err
	tasks=$(sed -n 's/^  gdb -p \([0-9]*\)\t# task [0-9]*\(, which has diverged\)*$/\1/p' kept.err)
	[ -n "$tasks" ]
	for task in $tasks; do
		[ "$(ps -o state= -p "$task" | cut -c 1)" = T ]
	done
}

ended() {
	until_true gone "$replay"
	for task in $tasks; do
		until_true gone "$task"
	done
}

@test "a divergence ends the replay at once with status 1 and a report" {
	step replay rr-replay "$trace"
	[ "$step_status" = 1 ]
	grep -q 'event [0-9]*, task [0-9]*: the replay has diverged: ' replay.err
	not grep -q 'gdb -p' replay.err
	step verify rr-verify --memory=none "$trace"
	[ "$step_status" = 1 ] || [ "$step_status" = 2 ]
}

@test "--debug-on-divergence keeps the tasks until it is interrupted" {
	kept rr-replay -q --debug-on-divergence
	[ "$(grep -c 'which has diverged$' kept.err)" = 1 ]
	kill -TERM "$replay"
	status=0
	wait "$replay" || status=$?
	[ "$status" = 1 ]
	ended
}

needs_attaching() {
	needs gdb
	[ "$(id -u)" = 0 ] || [ "$(cat /proc/sys/kernel/yama/ptrace_scope 2> yama)" != 1 ] || skip "gdb may not attach here"
}

@test "gdb attaches to a diverged task and finds it where the report says" {
	needs_attaching
	kept rr-replay -q --debug-on-divergence
	set -- $tasks
	step gdb gdb -nx -batch -p "$1" -ex 'print/x $rip' -ex 'info proc' -ex 'x/4i $pc'
	cat gdb.out
	rip=$(sed -n 's/^  rip 0x\([0-9a-f]*\) is .*/\1/p' kept.err)
	[ -n "$rip" ]
	grep -q "= 0x$rip$" gdb.out
	grep -q "=> 0x$rip" gdb.out
	kill "$replay"
	wait "$replay" || [ $? = 1 ]
	ended
}

@test "the tasks end when the replayer ends, for any reason" {
	kept rr-replay -q --debug-on-divergence
	kill -KILL "$replay"
	wait "$replay" || :
	ended
}

@test "the replayer ends when all its tasks have ended" {
	kept rr-replay -q --debug-on-divergence
	kill -KILL $tasks
	status=0
	wait "$replay" || status=$?
	[ "$status" = 1 ]
}

@test "at a terminal, Enter ends the wait" {
	timeout -k 5 "$LIMIT" /usr/bin/python3 "$tests/terminal.py" rr-replay -q "$trace" > seen.out 2> seen.err 3>&- <<-'END'
		expect the replay has diverged
		expect gdb -p [0-9]+
		expect Enter or \^C ends them
		send \n
		status 1
	END
	for task in $(sed -n 's/^  gdb -p \([0-9]*\).*/\1/p' seen.out); do
		until_true gone "$task"
	done
}

@test "at a terminal, ^C ends the wait" {
	timeout -k 5 "$LIMIT" /usr/bin/python3 "$tests/terminal.py" rr-replay -q "$trace" > seen.out 2> seen.err 3>&- <<-'END'
		expect Enter or \^C ends them
		send \x03
		status 1
	END
}

@test "in the background of a terminal the replayer does not wait" {
	timeout -k 5 "$LIMIT" /usr/bin/python3 "$tests/terminal.py" bash --norc -i > seen.out 2> seen.err 3>&- <<-'END'
		expect ready>
		send rr-replay -q trace & wait $!; echo status=$?\n
		expect the replay has diverged
		expect status=1\r\n
		send exit 0\n
		status 0
	END
	not grep -q 'gdb -p' seen.out
}

# failing OPTION...: starts a recorder and makes it fail: a file that it has mapped, and looks at when a signal comes for a task,
# loses its contents. Sets $replay to its pid and $tasks to those of its tasks.
failing() {
	mkfifo gate
	XDG_CACHE_HOME=$PWD/cache rr-record "$@" -o other sh -c 'echo $$ > pid; cat gate & while :; do :; done' > kept.out 2> kept.err < /dev/null 3>&- &
	replay=$!
	until_true [ -s pid ]
	until_true pgrep -P "$(cat pid)" > child
	tasks="$(cat pid child)"
	chmod u+w cache/rr/*
	truncate -s 0 cache/rr/*
	kill -USR1 "$(cat pid)"
}

@test "a recorder that fails ends together with its tasks" {
	failing
	status=0
	wait "$replay" || status=$?
	[ "$status" = 135 ]
	not grep -q 'gdb -p' kept.err
	ended
}

@test "--debug-on-failure keeps a failed recorder's tasks until it is interrupted" {
	failing --debug-on-failure
	until_true grep -q 'ends them$' kept.err
	grep -q "^  gdb -p $replay	# the recorder, which has failed" kept.err
	for task in $tasks; do
		grep -q "^  gdb -p $task	# recorded" kept.err
		[ "$(ps -o state= -p "$task" | cut -c 1)" = T ]
	done
	kill -TERM "$replay"
	status=0
	wait "$replay" || status=$?
	[ "$status" = 135 ]
	ended
}

@test "gdb attaches to a task of a failed recorder" {
	needs_attaching
	failing --debug-on-failure
	until_true grep -q 'ends them$' kept.err
	step gdb gdb -nx -batch -p "$(cat pid)" -ex 'print/x $rip'
	grep -q '= 0x' gdb.out
	kill "$replay"
	wait "$replay" || [ $? = 135 ]
	ended
}
