# Figures of traces: their sizes, and how fast they are read and packed; run.sh sources this.

# The size of strace's output for the same program, which has much less in it.
trace_size()
{
	local name=$1
	measure "$name" || { failed=1; return; }
	if declare -F "before_$name" > client.log; then
		"before_$name"
	fi
	strace -f -o strace.out "${command[@]}" > stdout 2> stderr < /dev/null
	stop_client
	awk -v name="$name" -v s="$(median "record.$name" 1)" -v size="$(cat trace/events trace/mmaps trace/data | wc -c)" \
		-v n="$("$root/bin/rr-verify" --quick -v trace | awk '{ print $1 }')" -v other="$(wc -c < strace.out)" 'BEGIN {
		printf "%-10s %10d %10.3f %9.1f %10.3f %10.3f %8.2f\n",
			name, n, size / 1e6, size / n, size / s / 1e6, other / 1e6, size / other
	}'
	rm -f strace.out
}

# rate WHAT UNITS NAME COMMAND...: prints the median of RUNS, and UNITS divided by it
rate()
{
	local what=$1 units=$2 name=$3 round
	shift 3
	rm -f "rate.$what"
	for ((round = 1; round <= RUNS; round++)); do
		declare -F "before_$what" > client.log && "before_$what"
		seconds "$@" >> "rate.$what" || failed=1
	done
	awk -v s="$(median "rate.$what" 1)" -v units="$units" -v name="$name" -v what="$what" \
		'BEGIN { printf "%-10s %9.3f s %10.2f %s\n", what, s, s ? units / s / 1e6 : 0, name }'
}

# Much data and large files, so that reading and writing take the time, not starting programs. Packing adds files of the system
# that the program has mapped.
set_mapped()
{
	find /usr/lib /usr/bin -xdev -type f -user 0 -size +512k ! -perm /022 | sort | head -n 150 > mapped.list
	cat > mapped.py <<-'END'
		import mmap
		for name in open("mapped.list").read().split("\n")[:-1]:
		    with open(name, "rb") as f:
		        mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)
	END
	command=(python3 mapped.py)
}
before_copied() { rm -rf copied; mkdir copied; sync; }
before_packed() { rm -rf packed; cp -r mapped packed; sync; }
before_cp() { rm -rf copy; sync; }
before_unpacked() { rm -rf unpacked; sync; }
trace_rates()
{
	local i mb
	for i in {1..40}; do
		cat /bin/bash /usr/bin/gcc
	done > input
	set_mapped
	"$root/bin/rr-record" -q -f -o data md5sum input > stdout && "$root/bin/rr-record" -q -f -o mapped "${command[@]}" &&
		"$root/bin/rr-record" -q -f -o many "$calls" getppid 1000000 || { failed=1; return; }
	rate dump 1000000 'million events/s: rr-dump -c' "$root/bin/rr-dump" -c many
	mb=$(xargs cat < mapped.list | wc -c)
	rate copied "$mb" 'MB/s: cp of files, and sync' sh -c 'xargs cp --backup=numbered -t copied < mapped.list && sync -f copied'
	rate packed "$mb" 'MB/s: rr-pack of a program that maps them' "$root/bin/rr-pack" packed
	mb=$(cat packed/files/* packed/data | wc -c)
	rate cp "$mb" 'MB/s: cp -r of that' cp -r packed copy
	rate stream "$mb" 'MB/s: rr-pack -o' "$root/bin/rr-pack" -o packed.tar packed
	rate unpacked "$mb" 'MB/s: rr-pack -x' "$root/bin/rr-pack" -x packed.tar unpacked
	mb=$(cat data/data | wc -c)
	rate cp "$mb" 'MB/s: cp of data' cp data/data copy
	rate quick "$mb" 'MB/s: rr-verify --quick of it' "$root/bin/rr-verify" --quick data
}

trace_figures()
{
	if ! type strace > client.log 2>&1; then
		echo "bench: trace: needs strace" >&2
		failed=1
		return
	fi
	printf '\n%-10s %10s %10s %9s %10s %10s %8s\n' trace events MB B/event MB/s 'strace MB' ratio
	for name in true getppid cp make python gzip sqlite redis xz gcc; do
		trace_size "$name"
	done
	echo
	trace_rates
}
