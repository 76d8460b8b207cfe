# Real programs that compute: timers, time slices and the user interrupt them.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=$((600 * ${REPEAT:-1}))
}

setup() {
	common_setup
}

teardown() {
	[ -z "$recorder" ] || kill -KILL "$recorder" 2> kill.err || :
}

# in_slices_of MS COMMAND...: runs it with recordings of this time slice
in_slices_of() {
	local RECORD_OPTIONS="$RECORD_OPTIONS -c $1"
	"${@:2}"
}

# was_preempted: the last recording must have switch events, which a task gets only when it is preempted between two calls
was_preempted() {
	[ -n "$(rr-dump -k switch "$trace" | head -n 1)" ]
}

# got_signals N NAME: the last recording must have at least N of this signal
got_signals() {
	[ "$(rr-dump -k signal "$trace" | grep -c "$2")" -ge "$1" ]
}

# --- 1: timers and signals in the middle of computations

@test "a profiler in python3 sees the loop's position 1,000 times a second" {
	cat > start/p.py <<-'EOF'
		import signal, collections
		hits, state = collections.Counter(), []
		def compute(n):
		    a, b = 1, 0
		    for i in range(n):
		        a = (a * 1103515245 + 12345) % 2147483648
		        if a & 1: b += i
		        else: b ^= a
		    return b
		def profile(sig, frame):
		    hits[frame.f_lineno] += 1
		    state.append((frame.f_locals.get('i'), frame.f_locals.get('a')))
		signal.signal(signal.SIGPROF, profile)
		signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)
		sums = []
		while len(state) < 60: sums.append(compute(20000))
		signal.setitimer(signal.ITIMER_PROF, 0)
		print(len(set(sums)), len(sums), sorted(hits.items()), hash(tuple(state)), state[:5])
	EOF
	replays /usr/bin/python3 p.py
	grep -q '^1 ' record.out
	got_signals 60 SIGPROF
}

@test "python3 handles a timer signal at 1 kHz in slices of 1 ms" {
	cat > start/p.py <<-'EOF'
		import signal
		n = [0]
		def ring(sig, frame): n[0] += 1
		signal.signal(signal.SIGALRM, ring)
		signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
		turns = 0
		while n[0] < 100: turns += 1
		signal.setitimer(signal.ITIMER_REAL, 0)
		print(turns)
	EOF
	in_slices_of 1 replays /usr/bin/python3 p.py
	got_signals 100 SIGALRM
}

@test "^C interrupts a python3 loop" {
	local i
	cat > p.py <<-'EOF'
		import os, signal
		signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background of a script
		i = 0
		try:
		    print(os.getpid(), flush=True)
		    while True: i += 1
		except KeyboardInterrupt as e:
		    print('interrupted at', i)
	EOF
	for ((i = 0; i < REPEAT; i++)); do
		rm -rf trace
		timeout -k 5 "$LIMIT" rr-record $RECORD_OPTIONS -o trace /usr/bin/python3 p.py > record.out 2> record.err 3>&- < /dev/null &
		recorder=$!
		until_true test -s record.out
		until_true grep -q '^State:.R' "/proc/$(head -n 1 record.out)/status"
		kill -INT "$(head -n 1 record.out)"
		wait "$recorder"
		recorder=
		grep -q '^interrupted at [0-9]' record.out
		replayed
		verified
	done
}

@test "SIGTERM ends a shell's loop that makes no calls" {
	local i status
	printf 'echo $$\nwhile :; do :; done\n' > loop.sh
	for ((i = 0; i < REPEAT; i++)); do
		rm -rf trace
		status=0
		timeout -k 5 "$LIMIT" rr-record $RECORD_OPTIONS -o trace bash loop.sh > record.out 2> record.err 3>&- < /dev/null &
		recorder=$!
		until_true test -s record.out
		kill -TERM "$(cat record.out)"
		wait "$recorder" || status=$?
		recorder=
		[ "$status" = 143 ]
		replayed
		verified
	done
}

# --- 3: threads of interpreters and JITs

@test "python3 switches between 4 computing threads every millisecond" {
	cat > start/p.py <<-'EOF'
		import sys, threading
		sys.setswitchinterval(0.001)
		order, lock, sums = [], threading.Lock(), [0] * 4
		def work(me):
		    for i in range(60000):
		        sums[me] += i * i % 7
		        if i % 5000 == 0:
		            with lock: order.append(me)
		threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
		for t in threads: t.start()
		for t in threads: t.join()
		print(sums, ''.join(map(str, order)))
	EOF
	replays /usr/bin/python3 p.py
	in_slices_of 1 recorded /usr/bin/python3 p.py
	replayed
	verified
}

@test "Go's goroutines are preempted" {
	needs go
	cat > p.go <<-'EOF'
		package main

		import (
			"fmt"
			"runtime"
			"sync"
			"sync/atomic"
		)

		func main() {
			runtime.GOMAXPROCS(2)
			var done atomic.Bool
			var all sync.WaitGroup
			sums := make([]uint64, 4)
			for i := range sums {
				all.Add(1)
				go func(i int) {
					defer all.Done()
					x := uint64(i + 1)
					for n := 0; n < 40000000; n++ {
						x ^= x << 13
						x ^= x >> 7
						x ^= x << 17
					}
					sums[i] = x
				}(i)
			}
			go func() {
				for !done.Load() {
				}
			}()
			all.Wait()
			done.Store(true)
			fmt.Println(sums)
		}
	EOF
	HOME=$PWD GOFLAGS=-mod=mod GO111MODULE=off GOCACHE=$PWD/cache go build -o start/p p.go
	exact ./p
}

@test "java runs busy threads" {
	needs java javac
	cat > P.java <<-'EOF'
		import java.util.concurrent.atomic.*;
		public class P {
			static long work(int me) {
				long x = me + 1;
				for (int i = 0; i < 8000000; i++) { x ^= x << 13; x ^= x >>> 7; x ^= x << 17; }
				return x;
			}
			public static void main(String[] a) throws Exception {
				AtomicLongArray sums = new AtomicLongArray(3); Thread[] threads = new Thread[3];
				for (int i = 0; i < 3; i++) { final int me = i; (threads[i] = new Thread(() -> sums.set(me, work(me)))).start(); }
				for (Thread t : threads) t.join();
				System.out.println(sums);
			}
		}
	EOF
	javac -d start P.java
	exact java -Xmx64m -Xshare:auto -cp . P
	was_preempted
}

@test "node runs busy worker threads" {
	cat > start/w.js <<-'EOF'
		const { Worker, isMainThread, workerData } = require('worker_threads');
		function work(me) { let x = me + 1; for (let i = 0; i < 5e6; i++) { x ^= x << 13; x ^= x >>> 17; x ^= x << 5; } return x; }
		if (isMainThread) {
			const shared = new SharedArrayBuffer(16), a = new Int32Array(shared);
			const workers = [1, 2, 3].map(i => new Worker(__filename, { workerData: { i, shared } }));
			a[0] = work(0);
			Promise.all(workers.map(w => new Promise(r => w.on('exit', r)))).then(() => console.log(Array.from(a)));
		} else {
			const a = new Int32Array(workerData.shared);
			a[workerData.i] = work(workerData.i);
		}
	EOF
	exact node w.js
}

# --- 5: compression, compilation, sorting, arithmetic

text() {
	awk 'BEGIN {for (i = 0; i < 120000; i++) print i * 7919 % 1000003, "some text", i}' > start/text
}

@test "openssl speed runs for a second" {
	needs openssl
	replays openssl speed -seconds 1 -bytes 4096 -evp sha256
	grep -qi '^sha256 ' record.out
}

@test "xz compresses with four threads" {
	text
	exact sh -c 'xz -T4 --block-size=512KiB -1 -k text && cksum < text.xz && xz -dc -T4 text.xz | cmp - text'
}

@test "xz compresses with four threads in slices of 1 ms" {
	text
	in_slices_of 1 exact sh -c 'xz -T4 --block-size=512KiB -0 -k text && cksum < text.xz'
	was_preempted
}

@test "zstd compresses with four threads" {
	needs zstd
	text
	exact sh -c 'zstd -q -T4 -B512K -5 text -o text.zst && cksum < text.zst && zstd -dc text.zst | cmp - text'
}

@test "sort sorts with four threads in slices of 1 ms" {
	awk 'BEGIN {for (i = 0; i < 300000; i++) printf "%d line %d\n", i * 7919 % 1000003, i}' > start/text
	in_slices_of 1 exact sh -c 'sort --parallel=4 -S 100M text | cksum; sort --parallel=4 -S 100M -n -k 3 text | cksum'
	was_preempted
}

@test "gcc -O2 compiles a file of 5,000 lines" {
	for ((i = 0; i < 500; i++)); do
		printf 'int f%d(int n, const int *a)\n{\n\tint i, s = %d;\n\n\tfor (i = 0; i < n; i++)\n\t\tif (a[i] > s)\n\t\t\ts += a[i] * %d;\n\treturn s;\n}\n\n' \
			"$i" "$i" "$((i + 3))"
	done > start/big.c
	[ "$(wc -l < start/big.c)" = 5000 ]
	exact sh -c 'gcc -O2 -c -o big.o big.c && cksum < big.o'
}
