#!/bin/bash
# Records a program, replays it and prints parts of the recording: `make demo`.
set -eu

cd "$(dirname "$0")/.."
PATH=$PWD/bin:$PATH
dir=$(mktemp -d "${TMPDIR:-/tmp}/rr-demo.XXXXXX")
trap 'rm -rf "$dir"' EXIT
cd "$dir"

say()
{
	printf '\n\033[1m%s\033[0m\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9]*m//g'; fi
}

say "A program whose output differs at every run: files, the clock, a process ID, a random number"
cat > program.sh <<'END'
ls -l /usr/include | sort -k 5 -n | tail -n 3
date +%s.%N
echo "$$ $RANDOM"
END
cat program.sh

say '$ rr-record -o trace bash program.sh > recorded; cat recorded'
rr-record -o trace bash program.sh > recorded
cat recorded

say '$ rm program.sh; rr-replay trace > replayed; cat replayed'
rm program.sh
rr-replay trace > replayed
cat replayed

say '$ cmp recorded replayed && rr-verify -v trace'
cmp recorded replayed
rr-verify -v trace

say '$ rr-dump trace | head -n 5'
rr-dump trace | head -n 5

say '$ rr-dump -s openat trace | grep ENOENT | head -n 5'
rr-dump -s openat trace | grep ENOENT | head -n 5

say '$ rr-dump -t trace'
rr-dump -t trace

say "The replay printed the recorded output, byte for byte, and will do so every time."
