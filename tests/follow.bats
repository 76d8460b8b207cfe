# rr-dump -l: it prints a recording that still runs.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=120
}

setup() {
	common_setup
	mkfifo go
	# Waits twice for a line in the FIFO, and makes events each time.
	printf '#!/bin/bash\nexec 9<> go\necho begun; read -r x <&9; for i in {1..30}; do (echo "$x $i"); done; read -r x <&9; echo ending; exit 4\n' > p
	chmod +x p
}

teardown() {
	local pid
	for pid in $recorder $follower; do kill -KILL "$pid" 2> kill.err || :; done
}

begin() {
	rr-record -o trace "$@" > record.out 2> record.err 3>&- < /dev/null &
	recorder=$!
	until_true grep -q begun record.out
}

follow() {
	rr-dump -l "$@" > follow.out 2> follow.err 3>&- < /dev/null &
	follower=$!
}

done_with() {
	local status=0
	until_true gone "$2"
	wait "$2" || status=$?
	[ "$status" = "$1" ]
}

@test "-l prints events as they come, and ends with the recording" {
	begin ./p
	follow trace
	until_true grep -q 'write(1, "begun' follow.out
	not grep -q 'first 30' follow.out
	echo first > go
	until_true grep -q 'write(1, "first 30' follow.out
	not gone "$follower"
	not grep -q 'ending' follow.out
	echo second > go
	done_with 4 "$recorder"
	recorder=
	done_with 0 "$follower"
	follower=
	[ ! -s follow.err ]
	rr-dump trace | cmp - follow.out
}

@test "-l prints only selected events" {
	begin ./p
	follow -k exit trace
	echo first > go
	until_true sh -c '[ $(wc -l < follow.out) = 30 ]'
	echo second > go
	done_with 0 "$follower"
	follower=
	[ "$(wc -l < follow.out)" = 31 ]
	rr-dump -k exit trace | cmp - follow.out
}

@test "-l with a range ends when the range does" {
	begin ./p
	follow -e 5-9 trace
	done_with 0 "$follower"
	follower=
	[ "$(cut -f 1 follow.out | xargs)" = '5 6 7 8 9' ]
	not gone "$recorder"
	kill "$recorder"
	until_true gone "$recorder"
}

@test "-l without a trace follows the latest one" {
	rr-record ./p > record.out 2> record.err 3>&- < /dev/null &
	recorder=$!
	until_true grep -q begun record.out
	follow
	until_true grep -q 'write(1, "begun' follow.out
	printf 'first\nsecond\n' > go
	done_with 0 "$follower"
	follower=
	rr-dump | cmp - follow.out
}

@test "-l prints JSON, memory and registers as well" {
	begin ./p
	follow -jmr trace
	until_true grep -q '"call":"write"' follow.out
	printf 'first\nsecond\n' > go
	done_with 0 "$follower"
	follower=
	rr-dump -jmr trace | cmp - follow.out
	/usr/bin/python3 -c 'import json, sys; [json.loads(line) for line in sys.stdin]' < follow.out
}

@test "-l reports in one line that the recorder was killed" {
	begin ./p
	follow trace
	until_true grep -q 'write(1, "begun' follow.out
	kill -KILL "$recorder"
	done_with 0 "$follower"
	follower=
	[ "$(wc -l < follow.err)" = 1 ]
	grep -q '^rr-dump: trace: incomplete: ' follow.err
	rr-dump trace 2> dump.err | cmp - follow.out
}

@test "-l ends quietly when its output pipe is closed" {
	begin ./p
	(rr-dump -l trace 2> follow.err 3>&- || echo $? > follow.status) | head -n 3 > head.out &
	until_true sh -c '[ $(wc -l < head.out) = 3 ]'
	echo first > go
	until_true sh -c 'rr-dump trace | grep -q "first 30"'
	until_true grep -qx 141 follow.status
	[ ! -s follow.err ]
	echo second > go
	done_with 4 "$recorder"
	recorder=
}

@test "without -l a running recording is printed so far, with a note that it still runs" {
	begin ./p
	until_true sh -c 'rr-dump trace 2> dump.err | grep -q "write(1, .begun"'
	rr-dump trace > dump.out 2> dump.err
	grep -q 'still being recorded' dump.err
	[ "$(wc -l < dump.err)" = 1 ]
	printf 'first\nsecond\n' > go
	done_with 4 "$recorder"
	recorder=
	rr-dump trace | head -n "$(wc -l < dump.out)" | cmp - dump.out
}

@test "a running recording can be replayed and verified so far" {
	begin ./p
	until_true sh -c 'rr-dump trace 2> dump.err | grep -q "write(1, .begun"'
	step replay rr-replay trace
	[ "$step_status" = 0 ]
	grep -q begun replay.out
	[ "$(wc -l < replay.err)" = 1 ]
	step verify rr-verify trace
	[ "$step_status" = 2 ]
	printf 'first\nsecond\n' > go
	done_with 4 "$recorder"
	recorder=
	rr-verify trace
}

@test "-l of a complete trace prints it and ends" {
	rr-record -o trace true
	step follow rr-dump -l trace
	[ "$step_status" = 0 ]
	rr-dump trace | cmp - follow.out
}
