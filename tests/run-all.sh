#!/bin/bash
# Runs the tests and counts them: TAP on standard output, and alone on the last line
#	N passed, N failed[, N skipped]
# usage: tests/run-all.sh [unit | programs | preempted | FILE.bats | DIRECTORY]...	default: all of them, and tests
#
# JOBS	how many files at once (default: a processor each, or 1 if SLOW)
# DEADLINE	seconds for all (default: 3600); what has not ended then has failed
# SLOW	not empty: less of what is many (default: found out)
# HALF	1 or 2: only tests of odd or of even numbers are run, but all of programs (default, where it is slow and half an hour is
#	not left: one after the other from commit to commit)
# PREEMPTED	how often programs are interrupted where chance wills (default: 5, or 1 if SLOW)
# BATS_TEST_TIMEOUT	seconds for one bats test (default: 120)
# Exit status 1 when a test failed, or none ran.
set -u
export LC_ALL=C
export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-120}
DEADLINE=${DEADLINE:-3600}

cd "$(dirname "$0")/.." || exit 1
logs=$(mktemp -d "${TMPDIR:-/tmp}/rr-check.XXXXXX") || exit 1
trap 'rm -rf "$logs"' EXIT
trap 'kill $(jobs -p) 2> "$logs/kill"; exit 130' INT TERM

# start_100: microseconds to start so many programs
start_100()
{
	local i from=${EPOCHREALTIME/[.,]/}
	for ((i = 0; i < 100; i++)); do
		/bin/true
	done
	echo $((${EPOCHREALTIME/[.,]/} - from))
}

# half: 1 or 2, another for each commit than for the one before; where their number is not known, for each day
half()
{
	local commits
	commits=$(git rev-list --count HEAD 2> "$logs/git") || commits=
	[ "$(git rev-parse --is-shallow-repository 2> "$logs/git")" = false ] || commits=
	echo $((${commits:-$(($(date +%s) / 86400))} % 2 + 1))
}

# Where a program takes 2 ms to start, less of what is many; and where that is to end soon, half of the tests. Such virtual
# machines start programs one after the other as fast as beside each other, and that is what files of bats do most: then there
# is one of them at a time.
[ -n "${SLOW+told}" ] || [ "$(start_100)" -lt 200000 ] || SLOW=1
if [ -n "${SLOW:-}" ]; then
	export SLOW PREEMPTED=${PREEMPTED:-1}
	[ "$DEADLINE" -ge 1800 ] || export HALF=${HALF-$(half)}
	JOBS=${JOBS:-1}
fi
JOBS=${JOBS:-$(nproc)}
# `make check PREFIX=...` is not about the makes that tests run.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

# One make for all tracees in place of one for each.
if make -s check-programs > "$logs/make" 2>&1; then
	export BUILT=1
fi

# count STATUS LOG: "passed failed skipped". Tests that were planned and never reported have failed.
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

# run NAME: its output and counts go to files of its own; the output is shown when it is whole.
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

# Files with many tests first, so that the last ones end together.
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
