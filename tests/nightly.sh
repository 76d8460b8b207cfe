#!/bin/sh
# `make nightly`: repeats what must always work. It takes hours.
# REPEAT	how often each is recorded, replayed and verified (100)
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
exit $status
