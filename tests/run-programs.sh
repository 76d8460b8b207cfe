#!/bin/sh
# run-programs.sh [-j JOBS] [-k] [-n] [-r TIMES] [NAME...]: runs tracees (all of them by default) natively, recorded,
# replayed and verified. Prints "ok NAME", "skip NAME: why" or "FAIL NAME STEP" a line, what went wrong on stderr.
# -k keeps the traces of failures and says where; -n stops after the native run; -r records, replays and verifies
# this many times. Status 1 if any failed.
# BUILT: set if all tracees are as their sources
# RECORD_OPTIONS: more options for rr-record, such as -c 1
set -u
cd "$(dirname "$0")/.." || exit 2
: "${RR_BIN:=bin}" "${MAKE:=make}" "${LIMIT:=60}" "${RECORD_OPTIONS:=}" "${BUILT:=}"

usage() { echo "usage: run-programs.sh [-j JOBS] [-k] [-n] [-r TIMES] [NAME...]" >&2; exit 2; }

# try STEP COMMAND...: the command's status, under a time limit; its stdout in $dir/STEP, stderr in $dir/STEP.err
try() {
	step=$1; shift
	timeout -k 5 "$LIMIT" "$@" </dev/null >"$dir/$step" 2>"$dir/$step.err"
	status=$?
	[ $status -ne 124 ] && [ $status -ne 137 ] || fail "$step" "hung: killed after $LIMIT s"
	return $status
}

fail() {
	echo "FAIL $name $1"
	{
		echo "$name: $1: $2${run:+ (run $run of $times)}"
		for file in "$dir/$step" "$dir/$step.err"; do
			[ ! -s "$file" ] || tail -n 30 "$file" | sed "s/^/  | /"
		done
		[ -z "$keep" ] || echo "  trace: $dir/trace"
	} >&2
	[ -n "$keep" ] || rm -rf "$dir"
	exit 1
}

run_one() {
	name=$1 prog=build/tests/programs/$1
	dir=$(mktemp -d) || exit 2
	mkdir "$dir/tmp"
	export TMPDIR="$dir/tmp"
	[ -n "$BUILT" ] || try build "$MAKE" -s "$prog" || fail build "status $?"
	try native "$prog"
	case $? in
	0) [ "$(tail -n 1 "$dir/native")" = ok ] || fail native "last line is not ok" ;;
	77) echo "skip $name: $(tail -n 1 "$dir/native" | sed 's/^skip: //')"; rm -rf "$dir"; exit 0 ;;
	*) fail native "status $status" ;;
	esac
	rmdir "$dir/tmp" && mkdir "$dir/tmp" || fail native "left files behind"
	[ -z "$native_only" ] || times=0
	run=0
	while [ $((run += 1)) -le "$times" ]; do
		rm -rf "$dir/trace" "$dir/tmp" && mkdir "$dir/tmp" || exit 2
		try record "$RR_BIN/rr-record" $RECORD_OPTIONS -o "$dir/trace" "$prog" || fail record "status $?"
		[ "$(tail -n 1 "$dir/record")" = ok ] || fail record "last line is not ok"
		# rr-verify replays, too: output is compared in the first run, and memory, which takes two replays more; all else in each.
		memory=none
		[ "$run" -gt 1 ] || {
			memory=1000
			try replay "$RR_BIN/rr-replay" "$dir/trace" || fail replay "status $?"
			cmp -s "$dir/record" "$dir/replay" || {
				diff "$dir/record" "$dir/replay" >"$dir/replay.err"
				fail replay "stdout differs"
			}
		}
		try verify "$RR_BIN/rr-verify" --memory="$memory" "$dir/trace" || fail verify "status $?"
	done
	echo "ok $name"
	rm -rf "$dir"
	exit 0
}

jobs=1 keep='' native_only='' times=1 one='' run=''
while getopts j:knr:1 option; do
	case $option in
	j) jobs=$OPTARG ;;
	k) keep=-k ;;
	n) native_only=-n ;;
	r) times=$OPTARG ;;
	1) one=1 ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ -z "$one" ] || run_one "$1"
[ $# -gt 0 ] || set -- $(ls tests/programs/*.c tests/programs/*.cc | sed 's|.*/||; s|\.c*$||')
printf '%s\n' "$@" | xargs -P "$jobs" -n 1 sh tests/run-programs.sh -1 $keep $native_only -r "$times" || exit 1
