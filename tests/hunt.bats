# rr-hunt: it finds the run that fails, keeps only the trace of that run, and reports errors.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=300
}

setup() {
	common_setup
	bugs=$(cd "$tests/../build/tests/programs/bugs" && pwd)
	# Its runs end with 0, 1, 2, 3, 0, 1, 2, 3 and so on.
	printf '#!/bin/sh\nn=$(cat n)\necho $((n + 1)) > n\necho "run $n"\nexit $((n %% 4))\n' > counts
	chmod +x counts
	echo 0 > n
}

# hunts STATUS ARG...: rr-hunt must end with this status; its output is in hunt.out and hunt.err
hunts() {
	local wanted=$1
	shift
	step hunt rr-hunt "$@"
	cat hunt.out
	[ "$step_status" = "$wanted" ]
}

# kept SEED NAME: only this trace must be there, and must verify
kept() {
	trace=$here/traces/$2-seed-$1
	[ "$(ls -A traces)" = "$2-seed-$1" ]
	verified
}

finds_bug() {
	hunts 0 -n 200 "$bugs/$1"
	[[ $(cat hunt.out) =~ ^seed\ ([0-9]+),\ status\ "$2":\ (/.*)$ ]]
	trace=${BASH_REMATCH[2]}
	kept "${BASH_REMATCH[1]}" "$1"
	step replay rr-replay "$trace"
	[ "$step_status" = 0 ]
	[[ $(cat replay.out) == "$3"* ]]
}

@test "the bugs do not show natively" {
	local i
	for ((i = 0; i < 20; i++)); do
		"$bugs/lost_update"
		"$bugs/missed_wakeup"
		"$bugs/use_after_free"
	done > native.out
	[ "$(uniq -c native.out | tr -d ' ')" = 60ok ]
}

@test "rr-hunt finds a lost update within 200 runs" {
	finds_bug lost_update 1 'lost update'
}

@test "rr-hunt finds a missed wakeup within 200 runs" {
	finds_bug missed_wakeup 1 'missed wakeup'
}

@test "rr-hunt finds a use after free within 200 runs" {
	finds_bug use_after_free 134 'use after free'
}

@test "the first run that fails is kept and reported in one line" {
	hunts 0 ./counts
	[ "$(cat hunt.out)" = "seed 2, status 1: $PWD/traces/counts-seed-2" ]
	[ ! -s hunt.err ]
	kept 2 counts
	step replay rr-replay "$trace"
	[ "$(cat replay.out)" = 'run 1' ]
}

@test "-s selects a status, --seed the first seed, -o the trace directory" {
	hunts 0 -s 3 --seed 100 -o here ./counts
	[ "$(cat hunt.out)" = "seed 103, status 3: $PWD/here/counts-seed-103" ]
	[ "$(ls -A here)" = counts-seed-103 ]
	[ ! -e traces ]
}

@test "death by a signal is a failure with the status that a shell shows" {
	hunts 0 sh -c 'kill -USR1 $$'
	[[ $(cat hunt.out) == 'seed 1, status 138: '* ]]
}

@test "after -n runs without a failure rr-hunt ends with status 1 and leaves no trace" {
	hunts 1 -n 3 true
	[ ! -s hunt.out ]
	[ "$(ls -A traces)" = "" ]
	hunts 1 -n 0 false
}

@test "a program that can't be run is an error, not a failure" {
	hunts 2 ./missing
	grep -q '^rr-record: ./missing: ' hunt.err
	[ "$(ls -A traces)" = "" ]
}

@test "a program's own statuses 125 to 127 are failures like others" {
	hunts 0 sh -c 'exit 127'
	[[ $(cat hunt.out) == 'seed 1, status 127: '* ]]
}

@test "a trace that does not verify is an error, and kept" {
	mkdir tools
	printf '#!/bin/sh\necho "rr-verify: event 5: differs" >&2\nexit 1\n' > tools/rr-verify
	chmod +x tools/rr-verify
	PATH=$PWD/tools:$PATH
	hunts 2 false
	grep -q 'false-seed-1: seed 1, status 1: the trace does not verify' hunt.err
	[ -d traces/false-seed-1 ]
}

@test "usage errors are reported in one line, status 2" {
	local arguments
	for arguments in '' '-n' '-n x true' '-n 08 true' '-j 0 true' '--seed' '--seed x true' '--nothing true' '-Q true'; do
		hunts 2 $arguments
		[ ! -s hunt.out ]
		grep -q '^rr-hunt: ' hunt.err
	done
}

@test "-j without GNU parallel shares seeds among workers, and all end with a find" {
	mkdir tools
	for tool in sh mktemp mkdir rm cat sed true rr-record rr-verify rr-hunt; do
		ln -s "$(type -P "$tool")" tools/
	done
	local all=$PATH
	PATH=$PWD/tools
	hash -r
	timeout=$(PATH=$all command -v timeout)
	step() { step_status=0; "$timeout" 100 "${@:2}" < /dev/null > "$1.out" 2> "$1.err" 3>&- || step_status=$?; }
	hunts 1 -j 3 -n 7 true
	hunts 0 -j 2 sh -c 'exit 9'
	PATH=$all
	[ "$(grep -c '^seed [12], status 9: /' hunt.out)" = "$(wc -l < hunt.out)" ]
	[ "$(ls -A traces | wc -l)" = "$(wc -l < hunt.out)" ]
}

@test "-j runs with GNU parallel" {
	needs parallel
	hunts 1 -j 2 -n 4 true
	[ "$(ls -A traces)" = "" ]
	hunts 0 -j 2 sh -c 'echo "$1" "$2"; exit 9' - 'two words' '{}'
	[ -s hunt.out ]
	[ "$(grep -c '^seed [0-9]*, status 9: /' hunt.out)" = "$(wc -l < hunt.out)" ]
	step replay rr-replay "$(sed -n '1s/.*: //p' hunt.out)"
	[ "$(cat replay.out)" = 'two words {}' ]
	hunts 2 -j 2 ./missing
}

@test "-S runs on other hosts with GNU parallel" {
	needs parallel
	hunts 0 -S : -n 5 -s 3 ./counts
	[ "$(cat hunt.out)" = "seed 4, status 3: $PWD/traces/counts-seed-4" ]
}

@test "SIGTERM ends a hunt and leaves nothing" {
	mkdir temporary
	TMPDIR=$PWD/temporary rr-hunt sh -c 'exit 0' > hunt.out 2> hunt.err 3>&- < /dev/null &
	hunter=$!
	until_true test -d traces
	kill -TERM "$hunter"
	until_true gone "$hunter"
	[ "$(ls -A traces temporary)" = "$(printf 'temporary:\n\ntraces:')" ]
}
