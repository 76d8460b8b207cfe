#!/bin/bash
# `make bench`: times programs natively, recorded and replayed. Each line has medians of RUNS rounds, in which the three run in
# turns on one CPU. BENCH="NAME..." selects lines; LIMIT is the most seconds for a run.
set -u
export LC_ALL=C

root=$(cd "$(dirname "$0")/../.." && pwd)
RUNS=${RUNS:-5}
LIMIT=${LIMIT:-300}
CPU=${CPU:-$(($(nproc) - 1))}
timer=$root/build/tests/bench/timer
calls=$root/build/tests/bench/calls
mutex=$root/build/tests/bench/mutex
checkpoint=$root/build/tests/bench/checkpoint
all="true getppid zero clock mutex cp make python gzip sqlite sqlite500 redis xz gcc tight"
failed=0
client=

dir=$(mktemp -d "${TMPDIR:-/tmp}/rr-bench.XXXXXX")
trap 'stop_client; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
cd "$dir" || exit 1

# --- what is run: set NAME says what COMMAND is and makes its input; before NAME undoes the last run -----------

set_true() { command=(/bin/true); }
set_getppid() { command=("$calls" getppid 1000000); }
set_getppid500k() { command=("$calls" getppid 500000); }
set_zero() { command=("$calls" zero 1000000); }
set_clock() { command=("$calls" clock 1000000); }
set_mutex() { command=("$mutex" 4 1000000); }
set_python() { command=(python3 -c 'n = 0
for i in range(24_000_000): n += i'); }

set_cp()
{
	mkdir small && (cd small && seq 50000 | split -a 3 -l 10)
	command=(cp -r small copy)
}
before_cp() { rm -rf copy; }

set_make()
{
	local f i
	for f in {1..20}; do
		echo '#include <stdio.h>'
		echo '#include <stdlib.h>'
		echo '#include <string.h>'
		for i in {1..20}; do
			echo "int f${f}_$i(int n, const char *s)"
			echo "{ int i, t = $i; for (i = 0; i < n; i++) t += s[i % $((i + 3))] * t; return t ^ $f; }"
		done
		if [ "$f" = 1 ]; then
			echo 'int main(int c, char **v) { printf("%d\n", f1_1(c, v[0])); return 0; }'
		fi
	done > all.c
	awk '/stdio/ { n++ } { print > ("c" n ".c") }' all.c
	rm all.c
	{
		printf 'prog:'
		printf ' c%d.o' {1..20}
		printf '\n\tgcc -o $@ $^\n%%.o: %%.c\n\tgcc -O2 -c -o $@ $<\n'
	} > Makefile
	command=(make -s)
}
before_make() { rm -f ./*.o prog; }

set_gzip()
{
	seq 8000000 | head -c 50000000 > text
	command=(gzip -9 -k -f text)
}

set_sqlite()
{
	{
		echo 'create table t(a integer, b text); begin;'
		seq -f "insert into t values(%.0f, 'a row of text');" 100000
		echo 'commit; select count(*) from t;'
	} > rows.sql
	command=(sqlite3 -init rows.sql rows.db .quit)
}
before_sqlite() { rm -f rows.db*; }

set_sqlite500()
{
	{
		echo 'create table t(a integer, b text);'
		seq -f "insert into t values(%.0f, 'a row of text');" 500
	} > tx.sql
	command=(sqlite3 -init tx.sql tx.db .quit)
}
before_sqlite500() { rm -f tx.db*; }

set_xz()
{
	seq 2000000 > text
	command=(xz -3 -k -f text)
}

# Enough lines for some seconds of cc1.
set_gcc()
{
	local i
	for i in {1..400}; do
		echo "int f$i(int a, int b) { int s = 0; for (int i = 0; i < a; i++) { s += b * $i ^ i; if (s > $((i * 7))) s -= a; } return s; }"
	done > big.c
	command=(gcc -O2 -c big.c)
}

# The tightest possible loop.
set_tight()
{
	echo 'int main(void) { for (long i = 0; i < 1000000000; i++) __asm__ volatile(""); return 0; }' > tight.c
	gcc -O2 -o tight tight.c
	command=(./tight)
}

set_redis() { command=(redis-server --port 0 --unixsocket "$dir/redis" --save '' --logfile "$dir/redis.log"); }
before_redis()
{
	rm -f redis redis.log
	mkfifo redis.log
	{
		exec 9<> redis.log # for reading and writing, because redis opens it for each line
		until read -r line <&9 && [[ $line == *'ready to accept connections'* ]]; do :; done
		redis-benchmark -s redis -t get -n 20000 -c 10 -q
		redis-cli -s redis shutdown nosave
	} > client.log 2>&1 &
	client=$!
}

stop_client()
{
	if [ -n "$client" ]; then
		kill "$client" 2> client.log
		wait "$client" 2> client.log
		client=
	fi
}

# --- how --------------------------------------------------------------------------------------------------------

# run WHAT NAME COMMAND...: appends seconds and kB to WHAT.NAME; fails with a message if the exit status is not 0.
run()
{
	local what=$1 name=$2 seconds kb status
	shift 2
	if [ "$what" != replay ] && declare -F "before_$name" > client.log; then
		"before_$name"
	fi
	IFS=$'\t' read -r seconds kb status < <("$timer" -c "$CPU" -t "$LIMIT" "$@" 2> stderr < /dev/null)
	stop_client
	if [ "${status:-125}" = 124 ]; then
		echo "bench: $name: $what: still running after $LIMIT s" >&2
		return 1
	elif [ "${status:-125}" != 0 ]; then
		echo "bench: $name: $what: exit status ${status:-125}: $(head -n 1 stderr)" >&2
		return 1
	fi
	echo "$seconds $kb" >> "$what.$name"
}

# median FILE COLUMN
median()
{
	[ -s "$1" ] || return
	awk -v c="$2" '{ print $c }' "$1" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# measure NAME: puts the rounds into native.NAME, record.NAME, replay.NAME and the last trace into ./trace
measure()
{
	local name=$1 round
	if ! "set_$name" || ! type "${command[0]}" > client.log 2>&1; then
		echo "bench: $name: ${command[0]}: not found" >&2
		return 1
	fi
	rm -rf trace
	for ((round = 1; round <= RUNS; round++)); do
		run native "$name" "${command[@]}" || return
		run record "$name" "$root/bin/rr-record" -q -f -o trace --cpu "$CPU" "${command[@]}" || return
		run replay "$name" "$root/bin/rr-replay" -q trace || return
	done
}

line()
{
	local name=$1
	measure "$name" || failed=1
	awk -v name="$name" -v n="$(median "native.$name" 1)" -v c="$(median "record.$name" 1)" \
		-v p="$(median "replay.$name" 1)" -v kb="$(median "record.$name" 2)" \
		-v size="$(du -sb trace 2> client.log | cut -f 1)" '
	function cell(width, format, value, known) { printf " %*s", width, known ? sprintf(format, value) : "-" }
	BEGIN {
		printf "%-10s", name
		cell(9, "%.4f", n, n != "")
		cell(9, "%.4f", c, c != "")
		cell(9, "%.4f", p, p != "")
		cell(8, "%.2f", n ? c / n : 0, n && c != "")
		cell(8, "%.2f", n ? p / n : 0, n && p != "")
		cell(10, "%.2f", size / 1e6, size != "")
		cell(9, "%.1f", kb / 1024, c != "")
		print ""
	}'
}

# The cost of counting: recordings with and without it, in turns.
count_line()
{
	local name=$1 round
	if ! "set_$name" || ! type "${command[0]}" > client.log 2>&1; then
		echo "bench: $name: ${command[0]}: not found" >&2
		failed=1
		return
	fi
	run first "$name" "$root/bin/rr-record" -q -f -o trace --cpu "$CPU" "${command[@]}" || failed=1
	for ((round = 1; round <= RUNS; round++)); do
		run uncounted "$name" "$root/bin/rr-record" -q -f -o trace --counter=none --cpu "$CPU" "${command[@]}" || failed=1
		run counted "$name" "$root/bin/rr-record" -q -f -o trace --counter=soft --cpu "$CPU" "${command[@]}" || failed=1
	done
	awk -v name="$name" -v u="$(median "uncounted.$name" 1)" -v c="$(median "counted.$name" 1)" \
		'BEGIN { printf "%-10s %9.4f %9.4f %8.2f %+9.1f\n", name, u, c, u ? c / u : 0, (c - u) * 1000 }'
}

counting()
{
	printf '\n%-10s %9s %9s %8s %9s\n' counting none soft ratio 'more, ms'
	for name in true python gzip xz gcc sqlite tight; do
		count_line "$name"
	done
}

# The cost of one call, from 500,000 calls.
percall()
{
	local n=500000
	measure getppid500k || { failed=1; return; }
	awk -v n=$n -v c="$(median record.getppid500k 1)" -v p="$(median replay.getppid500k 1)" \
		-v size="$(cat trace/events trace/mmaps trace/data | wc -c)" 'BEGIN {
		printf "\n%d getppid: %.2f us a call recording, %.2f us replaying, %.2f bytes an event\n",
			n, c / n * 1e6, p / n * 1e6, size / n
	}'
}

# seconds COMMAND...: runs it on one CPU; fails if its exit status is not 0
seconds()
{
	local seconds kb status
	IFS=$'\t' read -r seconds kb status < <("$timer" -c "$CPU" -t "$LIMIT" "$@" 2> stderr < /dev/null)
	echo "${seconds:--}"
	[ "${status:-125}" = 0 ]
}

. "$root/tests/bench/gdb.bash"
. "$root/tests/bench/trace.bash"

echo "medians of $RUNS, CPU $CPU, $(uname -r), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)"
printf '%-10s %9s %9s %9s %8s %8s %10s %9s\n' '' native record replay record/ replay/ trace memory \
	'' s s s native native MB MB
for name in ${BENCH:-$all percall counting gdb trace}; do
	case $name in
	percall) percall ;;
	counting) counting ;;
	gdb) gdb_figures ;;
	trace) trace_figures ;;
	*)
		if [[ " $all " != *" $name "* ]]; then
			echo "bench: $name: not one of: $all percall counting gdb trace" >&2
			exit 2
		fi
		line "$name"
		;;
	esac
done
exit $failed
