#!/bin/bash
# `make nightly`: repeats what must always work. It takes hours.
# REPEAT	how often each is recorded, replayed and verified (100)
# SEEDS	how many programs of random calls (200)
# BUSYBOX_SOURCE, COREUTILS_SOURCE	their unpacked source packages; without them their tests are skipped
set -u
cd "$(dirname "$0")/.." || exit 1
export REPEAT="${REPEAT:-100}" DEADLINE=1000000 BATS_TEST_TIMEOUT=100000

status=0
tests/run-all.sh preempted tests/preempt.bats || status=1
# The programs that do not test preemption, with time slices of 1 ms.
RECORD_OPTIONS='-c 1' tests/run-all.sh programs preempted tests/real.bats || status=1
# Every call fails with every error; each program is killed at 200 moments.
export PATH="$PWD/bin:$PATH"
tests/faults/faults.py inject --errors each || status=1
tests/faults/faults.py kill --times 200 || status=1
tests/faults/faults.py remove --times 50 || status=1
tests/faults/faults.py race --times 20 || status=1

# All tests, on a slow machine too, with those that take long.
LONG=1 SLOW='' REPEAT=1 tests/run-all.sh || status=1

# What others wrote. Each script prints the counts, or what is not installed; its report has a line for each case.
# outside NAME SCRIPT ARGUMENT...
outside()
{
	report=build/nightly/$1
	shift
	echo "# $report"
	"$1" -o "$report" "${@:2}" || status=1
}
mkdir -p build/nightly
outside random-calls tests/fuzz/random-calls.py 1 "${SEEDS:-200}"
outside stress-ng tests/outside/stress-ng.py
outside python tests/outside/python-tests.py
for package in busybox coreutils; do
	source=${package^^}_SOURCE
	if [ -n "${!source:-}" ]; then
		outside "$package" tests/outside/source-tests.py "$package" "${!source}"
	else
		echo "skip: $package: $source is not set"
	fi
done
exit $status
