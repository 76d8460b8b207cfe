#!/bin/bash
# run.sh SECONDS DIR TARGET...: runs libFuzzer on each target, from the kept inputs and those in DIR/TARGET, to which it adds new
# ones. The input of a crash goes to DIR/TARGET-crash-... Prints a line with the number of executions for each target.
seconds=$1 dir=$2
shift 2
failed=0
# Inputs become files, in memory if possible.
TMPDIR=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
for t; do
	mkdir -p "$dir/$t"
	tar -xJf "tests/fuzz/corpus/$t.tar.xz" -C "$dir/$t"
	"build/tests/fuzz/${t}_fuzz" -w "$dir/$t"
	if "build-fuzz/${t}_fuzzer" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 \
		-close_fd_mask=1 -artifact_prefix="$dir/$t-" "$dir/$t" > "$dir/$t.log" 2>&1 < /dev/null; then
		sed -n "s/^stat::number_of_executed_units: */ok $t: executions: /p" "$dir/$t.log"
	else
		failed=1
		echo "not ok $t: $dir/$t.log"
	fi
done
exit $failed
