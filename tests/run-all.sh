#!/bin/bash
# Runs the tests and counts them. Prints TAP, and on the last line
#	N passed, N failed[, N skipped]
# usage: tests/run-all.sh [unit | programs | preempted | FILE.bats | DIRECTORY]...	(default: unit programs preempted tests)
#
# JOBS	how many files at once (default: a processor each, or 1 if SLOW)
# DEADLINE	seconds for all tests (default: 3600); tests that have not ended by then have failed
# SLOW	not empty: repeat less (default: if programs take long to start)
# THIRD	1, 2 or 3: run every third tracee and bats test, from that one on (default if SLOW and DEADLINE is below half an hour: each,
#	in turns from commit to commit)
# PREEMPTED	how often to run programs that are preempted at random points (default: 5, or 1 if SLOW)
# BATS_TEST_TIMEOUT	seconds for one bats test (default: 120)
# Exit status 1 if a test failed or none ran.
set -u
export LC_ALL=C
export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-120}
DEADLINE=${DEADLINE:-3600}

cd "$(dirname "$0")/.." || exit 1
logs=$(mktemp -d "${TMPDIR:-/tmp}/rr-check.XXXXXX") || exit 1
trap 'rm -rf "$logs"' EXIT
trap 'kill $(jobs -p) 2> "$logs/kill"; exit 130' INT TERM

# start_100: microseconds to start 100 programs
start_100()
{
	local i from=${EPOCHREALTIME/[.,]/}
	for ((i = 0; i < 100; i++)); do
		/bin/true
	done
	echo $((${EPOCHREALTIME/[.,]/} - from))
}

# third: 1, 2 or 3, in turns from commit to commit or, if the number of commits is not known, from day to day
third()
{
	local commits
	commits=$(git rev-list --count HEAD 2> "$logs/git") || commits=
	[ "$(git rev-parse --is-shallow-repository 2> "$logs/git")" = false ] || commits=
	echo $((${commits:-$(($(date +%s) / 86400))} % 3 + 1))
}

# If a program takes 2 ms to start, repeat less, and with a short deadline run a third of the tests. Such virtual machines do not
# start programs faster in parallel, and that is what bats tests do most, so run one file at a time.
[ -n "${SLOW+set}" ] || [ "$(start_100)" -lt 200000 ] || SLOW=1
if [ -n "${SLOW:-}" ]; then
	export SLOW PREEMPTED=${PREEMPTED:-1}
	[ "$DEADLINE" -ge 1800 ] || export THIRD=${THIRD-$(third)}
	JOBS=${JOBS:-1}
fi
JOBS=${JOBS:-$(nproc)}
# Variables of `make check PREFIX=...` must not reach makes in tests.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

# One make for all tracees instead of one for each.
if make -s check-programs > "$logs/make" 2>&1; then
	export BUILT=1
fi

# count STATUS LOG: prints "passed failed skipped". Planned tests that were not reported have failed.
count()
{
	awk -v status="$1" '
	/^1\.\.[0-9]+/ { planned += substr($1, 4) }
	/^not ok/ { failed++ }
	/^ok/ && /# *[sS][kK][iI][pP]/ { skipped++; next }
	/^ok/ { passed++ }
	END {
		seen = passed + failed + skipped
		if (planned > seen)
			failed += planned - seen
		if (!failed && (status || !seen))
			failed = 1
		print passed + 0, failed + 0, skipped + 0
	}' "$2"
}

# run NAME: its output and counts go to files; the output is printed when it is complete.
run()
{
	local name=$1 log=$logs/${1//\//_} left=$((DEADLINE - SECONDS)) status command
	case $name in
	unit) command=(make -s unit) ;;
	programs | preempted) command=(tests/run-programs.py -t "$name") ;;
	*.bats) command=(bats --tap "$name") ;;
	*) command=(echo "not ok - neither unit, programs, preempted, a .bats file nor a directory") ;;
	esac
	timeout --kill-after=10 "$((left > 1 ? left : 1))" "${command[@]}" < /dev/null > "$log" 2>&1
	status=$?
	count $status "$log" > "$log.count"
	{
		flock 9
		echo "# $name ($((SECONDS - DEADLINE + left)) s)"
		cat "$log"
		if [ $status = 124 ]; then
			echo "# $name: stopped: it was not done by the deadline"
		fi
	} 9> "$logs/lock"
}

# Files with many tests first, so that the jobs end at about the same time.
names=()
for arg in "${@:-unit}"; do
	[ -d "$arg" ] && arg=$(printf '%s\n' "$arg"/*.bats)
	names+=($arg)
done
[ $# = 0 ] && names+=(programs preempted tests/*.bats)
mapfile -t names < <(
	for name in "${names[@]}"; do
		case $name in
		*.bats) echo "$(grep -cs '^@test' "$name") $name" ;;
		*) echo "9999 $name" ;;
		esac
	done | sort -rn -k 1,1 | cut -d ' ' -f 2
)

for name in "${names[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do
		wait -n
	done
	run "$name" &
done
wait

grep -H '^not ok' "$logs"/* 2> "$logs/none" | sed "s|^$logs/\(.*\):not ok|# failed: \1:|"
cat "$logs"/*.count 2> "$logs/none" | awk '
{ passed += $1; failed += $2; skipped += $3 }
END {
	if (!NR)
		failed = 1
	line = passed + 0 " passed, " failed + 0 " failed"
	if (skipped)
		line = line ", " skipped " skipped"
	print line
	exit failed > 0
}'
