# Real programs: each recorded, replayed with the same output, and verified.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=600
}

setup() {
	common_setup
}

teardown() {
	[ -z "$server" ] || kill "$server" 2> kill.err || :
}

# script INTERPRETER: makes start/script from standard input
script() {
	{ echo "#!$1"; cat; } > start/script
	chmod +x start/script
}

# --- 1: coreutils, findutils, shells

@test "true is recorded and replayed" {
	exact /bin/true
}

@test "false keeps its exit status" {
	expected=1
	exact /bin/false
}

@test "ls -lR lists a big tree" {
	exact ls -lR /usr/include
}

@test "find | xargs -P4 grep | sort | tail searches a tree" {
	replays sh -c 'find /usr/include -type f | xargs -P4 grep -c include | sort | tail'
	[ "$(wc -l < record.out)" = 10 ]
}

@test "dash runs subshells, traps, here-documents and background jobs" {
	script /bin/dash <<-'EOF'
		trap 'echo leaving with $?' EXIT
		trap 'echo caught' USR1
		(x=1; (x=2; echo inner $x); echo outer $x)
		n=5
		cat <<-END | tr a-z A-Z
			a here-document with $n and $(echo a substitution)
		END
		(exit 7) & job=$!
		wait $job; echo job ended with $?
		for i in 1 2 3; do echo $i > file.$i & done
		wait
		cat file.*
		kill -USR1 $$
		while read -r word rest; do echo "$rest $word"; done <<END
		one two three
		four five
		END
		echo abc | { read -r line; echo "read $line"; }
		echo "$(printf '%s-' a b c)" $((6 * 7))
		exit 3
	EOF
	sed -i 's/^\t\t//' start/script
	expected=3
	exact ./script
}

@test "bash runs subshells, traps, here-documents and background jobs" {
	script /bin/bash <<-'EOF'
		trap 'echo leaving with $?' EXIT
		trap 'echo child ended' CHLD
		declare -A map=([one]=1 [two]=2)
		echo "${map[two]}" "${!map[@]}" | wc -w
		diff <(seq 5) <(seq 2 6)
		coproc tr a-z A-Z
		echo upper >&"${COPROC[1]}"; exec {COPROC[1]}>&-
		read -r line <&"${COPROC[0]}"; echo "$line"
		trap - CHLD
		wait
		for i in {1..8}; do (exit "$i") & pids[i]=$!; done
		for i in {1..8}; do wait "${pids[i]}"; echo -n "$? "; done; echo
		cat <<< "a here-string of $((2**40))"
		set -o pipefail
		false | true; echo "pipe: $?"
		tail -f /dev/null & kill %%; wait %%; echo "killed: $?"
		printf '%s\n' "${BASH_VERSINFO[0]}"
	EOF
	replays ./script
	grep -q '^killed: 143$' record.out
	grep -q '^1 2 3 4 5 6 7 8 $' record.out
}

@test "a shell script that prints process ids, times and random numbers" {
	script /bin/bash <<-'EOF'
		echo $$ $BASHPID $RANDOM $SRANDOM $EPOCHREALTIME $SECONDS
		date +%s.%N
		mktemp -u
		ps -o pid,ppid,stat,args
	EOF
	replays ./script
}

# --- 2: interpreters

python() {
	cat > start/p.py
	replays /usr/bin/python3 p.py
}

@test "python3 uses threads and queues" {
	python <<-'EOF'
		import queue, threading
		jobs, done, log = queue.Queue(5), queue.Queue(), []
		lock = threading.Lock()
		def worker(n):
		    while (x := jobs.get()) is not None:
		        with lock:
		            log.append(n)
		        done.put(x * x)
		threads = [threading.Thread(target=worker, args=(i,)) for i in range(8)]
		for t in threads: t.start()
		for i in range(500): jobs.put(i)
		for t in threads: jobs.put(None)
		for t in threads: t.join()
		print(sum(done.get() for i in range(500)))
		print(log)
	EOF
	[ "$(head -n 1 record.out)" = 41541750 ]
}

@test "python3 uses multiprocessing" {
	python <<-'EOF'
		import multiprocessing as mp, os
		def square(x): return x * x, os.getpid()
		if __name__ == '__main__':
		    with mp.Pool(3) as pool:
		        got = pool.map(square, range(100), chunksize=5)
		    print(sum(x for x, _ in got))
		    print(sorted({p for _, p in got}))
		    q = mp.get_context('spawn').Queue()
		    p = mp.get_context('spawn').Process(target=q.put, args=('from a spawned process',))
		    p.start(); print(q.get()); p.join(); print(p.exitcode)
		    a, b = mp.Array('i', 10), mp.Value('d', 0.5)
		    p = mp.Process(target=lambda: a.__setitem__(slice(0, 10), range(10)))
		    p.start(); p.join(); print(list(a), b.value)
	EOF
	[ "$(head -n 1 record.out)" = 328350 ]
}

@test "python3 uses subprocess" {
	python <<-'EOF'
		import subprocess as s
		print(s.run(['cat'], input=b'x' * 300000, capture_output=True).stdout.count(b'x'))
		print(s.run('echo out; echo err >&2; exit 4', shell=True, capture_output=True))
		p = s.Popen(['sleep', '100']); p.terminate(); print(p.wait())
		a = s.Popen(['seq', '100000'], stdout=s.PIPE)
		b = s.Popen(['tail', '-n', '1'], stdin=a.stdout, stdout=s.PIPE); a.stdout.close()
		print(b.communicate()[0], a.wait())
		try: s.run(['sleep', '100'], timeout=0.01)
		except s.TimeoutExpired as e: print('timed out', e.timeout)
		try: s.run(['/no/such/program'])
		except OSError as e: print(e)
	EOF
	[ "$(head -n 1 record.out)" = 300000 ]
}

@test "python3 uses asyncio over loopback sockets" {
	python <<-'EOF'
		import asyncio
		async def serve(r, w):
		    while line := await r.readline():
		        w.write(line.upper()); await w.drain()
		    w.close()
		async def client(port, n):
		    r, w = await asyncio.open_connection('127.0.0.1', port)
		    for i in range(20):
		        w.write(b'client %d line %d\n' % (n, i)); await w.drain()
		        assert await r.readline() == b'CLIENT %d LINE %d\n' % (n, i)
		    w.close(); await w.wait_closed()
		    return n
		async def main():
		    server = await asyncio.start_server(serve, '127.0.0.1', 0)
		    port = server.sockets[0].getsockname()[1]
		    print(port, await asyncio.gather(*(client(port, n) for n in range(10))))
		    p = await asyncio.create_subprocess_exec('echo', 'child', stdout=asyncio.subprocess.PIPE)
		    print(await p.communicate())
		    server.close(); await server.wait_closed()
		asyncio.run(main())
	EOF
	grep -q '\[0, 1, 2, 3, 4, 5, 6, 7, 8, 9\]' record.out
}

@test "python3 uses the sqlite3 module" {
	python <<-'EOF'
		import sqlite3
		db = sqlite3.connect('d.db')
		db.execute('pragma journal_mode=wal')
		db.execute('create table t(a integer primary key, b text)')
		with db: db.executemany('insert into t(b) values(?)', ((str(i) * 5,) for i in range(2000)))
		other = sqlite3.connect('d.db')
		print(other.execute('select count(*), sum(length(b)), sqlite_version() from t').fetchone())
		print(other.execute('select hex(randomblob(8)), datetime("now")').fetchone())
		db.close(); other.close()
	EOF
}

@test "python3 prints UUIDs, times, random numbers and hashes" {
	python <<-'EOF'
		import os, random, secrets, tempfile, time, uuid
		print(uuid.uuid1(), uuid.uuid4(), secrets.token_hex(8), random.random(), os.urandom(4).hex())
		print(time.time_ns(), time.monotonic_ns(), time.perf_counter(), time.process_time_ns(), time.ctime())
		print(hash('randomised for each process'), id(object()), os.getpid(), os.times())
		print(tempfile.mktemp(), os.getloadavg(), os.cpu_count(), os.uname())
	EOF
}

@test "perl runs a script" {
	cat > start/p.pl <<-'EOF'
		use strict; use warnings; use Time::HiRes 'time'; use Socket;
		my %count; open my $f, '<', '/etc/passwd' or die; $count{length $_}++ while <$f>;
		print join(' ', map {"$_:$count{$_}"} sort {$a <=> $b} keys %count), "\n";
		print "hash order: ", join(' ', keys %{{map {$_ => 1} 'a'..'m'}}), " at ", time, "\n";
		socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die;
		my $pid = fork // die;
		if (!$pid) { close $a; while (<$b>) { tr/a-z/A-Z/; syswrite $b, $_ } exit 9 }
		close $b; syswrite $a, "shout\n"; print scalar <$a>; close $a; waitpid $pid, 0; print $? >> 8, "\n";
		$SIG{ALRM} = sub { die "alarm\n" }; alarm 1; eval { select undef, undef, undef, 100 }; print $@;
		print `echo from a shell \$\$`, sprintf("%.3f", rand), "\n";
	EOF
	replays perl p.pl
	grep -q '^SHOUT$' record.out
	grep -q '^alarm$' record.out
}

@test "mawk and gawk run a script" {
	seq 20000 > start/numbers
	exact mawk '{s += $1 * $1; a[$1 % 97] += $1} END {print s; for (i = 0; i < 97; i++) print i, a[i]}' numbers
	exact gawk '{a[$1 % 97]++} END {n = asorti(a, b); print n, b[1], b[n]; "echo pipe" | getline x; print x
		print "c\nb\na" | "sort"; close("sort"); print length(ENVIRON["HOME"]) > 0}' numbers
	replays gawk 'BEGIN {srand(); print rand(), systime(), PROCINFO["pid"]}'
}

@test "node uses timers" {
	cat > start/t.js <<-'EOF'
		const t = setInterval(() => { console.log('tick', Date.now(), performance.now(), Math.random());
			if (++n === 5) clearInterval(t); }, 5);
		let n = 0;
		setTimeout(() => console.log('timeout'), 12); setImmediate(() => console.log('immediate'));
		process.nextTick(() => console.log('next tick')); Promise.resolve().then(() => console.log('promise'));
	EOF
	replays node t.js
	[ "$(grep -c '^tick' record.out)" = 5 ]
}

@test "node uses worker threads" {
	cat > start/w.js <<-'EOF'
		const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
		if (isMainThread) {
			const shared = new SharedArrayBuffer(8), a = new Int32Array(shared); let left = 3;
			for (let i = 0; i < 3; i++) {
				const w = new Worker(__filename, { workerData: { i, shared } });
				w.on('message', m => console.log(m));
				w.on('exit', () => { if (--left === 0) console.log('sum', a[0]); });
			}
		} else {
			const a = new Int32Array(workerData.shared);
			for (let k = 0; k < 10000; k++) Atomics.add(a, 0, 1);
			parentPort.postMessage('worker ' + workerData.i + ' done');
		}
	EOF
	replays node w.js
	grep -q '^sum 30000$' record.out
}

@test "node uses files, compression, a server and a child" {
	cat > start/f.js <<-'EOF'
		const fs = require('fs'), zlib = require('zlib'), http = require('http'), cp = require('child_process');
		(async () => {
			for (let i = 0; i < 50; i++) await fs.promises.writeFile('f' + i, 'x'.repeat(i * 100));
			const sizes = await Promise.all(fs.readdirSync('.').filter(n => /^f\d/.test(n)).map(async n => (await fs.promises.stat(n)).size));
			console.log(sizes.length, sizes.reduce((a, b) => a + b));
			console.log(zlib.gunzipSync(zlib.gzipSync(Buffer.alloc(1e6, 'ab'))).length);
			console.log(cp.execSync('echo child').toString());
			const s = http.createServer((q, r) => r.end('served ' + q.url)).listen(0, '127.0.0.1', () =>
				http.get({ port: s.address().port, path: '/page', agent: false }, r => { r.on('data', d => console.log(String(d))); r.on('end', () => s.close()); }));
		})();
	EOF
	exact node f.js
	grep -q '^50 122500$' record.out
}

# --- 3: compilers and their products

@test "make -j2 builds 20 C files with gcc -O2, and the program runs" {
	{
		echo 'objects = $(patsubst %.c,%.o,$(wildcard *.c))'
		printf 'all: prog\n\t./prog\nprog: $(objects)\n\tgcc -o $@ $^\n%%.o: %%.c\n\tgcc -O2 -c -o $@ $<\n'
	} > start/Makefile
	for i in $(seq 19); do
		printf '#include <stdio.h>\n#include <string.h>\nint f%d(int x)\n{\n\tchar b[64];\n\tsnprintf(b, sizeof(b), "%%d", x * %d);\n\treturn (int)strlen(b) + x;\n}\n' "$i" "$i"
	done | awk '/^#include <stdio.h>/ {n++} {print > ("start/f" n ".c")}'
	{
		echo '#include <stdio.h>'
		for i in $(seq 19); do echo "int f$i(int);"; done
		echo 'int main(void) { int s = 0;'
		for i in $(seq 19); do echo "s += f$i($i);"; done
		echo 'printf("sum %d\n", s); return s != 235; }'
	} > start/main.c
	[ "$(ls start/*.c | wc -l)" = 20 ]
	natively make -j2
	recorded make -j2
	sort native.out > native.sorted
	sort record.out > record.sorted
	same native.sorted record.sorted
	replayed
	verified
}

@test "a C++ program uses exceptions and std::thread" {
	cat > a.cc <<-'EOF'
		#include <atomic>
		#include <future>
		#include <iostream>
		#include <map>
		#include <mutex>
		#include <stdexcept>
		#include <string>
		#include <thread>
		#include <vector>
		struct noisy { std::string n; ~noisy() { std::cout << "unwound " << n << "\n"; } };
		static int deep(int n) { if (!n) throw std::out_of_range("bottom"); noisy x{std::to_string(n)}; return deep(n - 1) + 1; }
		int main()
		{
			try { deep(3); } catch (const std::exception &e) { std::cout << e.what() << "\n"; }
			std::mutex m; std::map<int, int> sums; std::atomic<int> total{0}; std::vector<std::thread> threads;
			for (int t = 0; t < 4; t++)
				threads.emplace_back([&, t] {
					for (int i = 0; i < 1000; i++) {
						try { if (i % 3 == 0) throw i; total += i; }
						catch (int x) { std::lock_guard l(m); sums[t] += x; }
					}
				});
			for (auto &t : threads) t.join();
			for (auto &[t, s] : sums) std::cout << t << " " << s << "\n";
			auto f = std::async(std::launch::async, []() -> int { throw std::runtime_error("from a thread"); });
			try { f.get(); } catch (const std::runtime_error &e) { std::cout << e.what() << " " << total << "\n"; }
			try { std::vector<int> v; (void)v.at(5); } catch (...) { std::cout << "caught all\n"; }
		}
	EOF
	g++ -O1 -g -std=c++17 -pthread -o start/a a.cc
	exact ./a
}

# --- 4: git

@test "the address and leak sanitizers find a leak and a use after free" {
	cat > a.c <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		int main(int argc, char **argv)
		{
			char *volatile p = malloc(100);
			p[1] = 'a';
			if (argc < 2)
				free(p);
			else if (argv[1][0] == 'l')
				p = NULL;
			else
				free(p), putchar(p[1]);
			puts("end");
			return 0;
		}
	END
	gcc -g -fsanitize=address -o start/a a.c
	exact ./a
	expected=1 recorded ./a leak
	grep -q 'LeakSanitizer: detected memory leaks' record.err
	grep -q '100 byte.* leaked in 1 allocation' record.err
	verified
	expected=1 recorded ./a use
	grep -q 'heap-use-after-free' record.err
	verified
}

@test "git runs init, add of 300 files, commit, gc and log --stat" {
	for i in $(seq 300); do seq "$i" $((i * 3)) > "start/file-$i"; done
	script /bin/sh <<-'EOF'
		set -e
		export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
		export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_AUTHOR_DATE='1700000000 +0000'
		export GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@example.org GIT_COMMITTER_DATE='1700000000 +0000'
		git init -q -b main .
		git add file-*
		git commit -q -m first
		for i in 1 2 3; do echo changed >> file-$i; git commit -q -a -m "change $i"; done
		git gc -q
		git fsck --full
		git log --stat
		git status --short
	EOF
	exact ./script
	[ "$(grep -c '^commit' record.out)" = 4 ]
}

# --- 5: sqlite3

@test "sqlite3 inserts 100,000 rows and changes the file through a mapping" {
	{
		echo 'create table t(id integer primary key, a int, b text); begin;'
		seq 100000 | awk '{printf "insert into t(a,b) values(%d,\047text of row %d\047);\n", $1 * 7919 % 100003, $1}'
		echo 'commit; create index i on t(a); select count(*), sum(a), max(b) from t;'
	} > start/insert.sql
	cat > start/mapped.sql <<-'EOF'
		pragma mmap_size=268435456;
		select count(*), sum(a) from t where a between 1000 and 2000;
		update t set b = upper(b) where id % 10 = 0;
		select b from t where id in (10, 11, 99990);
		delete from t where id % 2; vacuum; pragma integrity_check; select sum(length(b)) from t;
	EOF
	exact sh -c 'sqlite3 d.db < insert.sql && sqlite3 d.db < mapped.sql'
	grep -q '^268435456$' record.out
}

# --- 6: archives, compression, sorting

@test "tar and gzip pack and unpack a tree" {
	cp -r /usr/include/linux start/tree
	exact sh -c 'tar cf - --sort=name tree | gzip -n9 > t.gz && cksum < t.gz && mkdir out && tar xzf t.gz -C out && diff -r tree out/tree && tar tzf t.gz | wc -l'
}

@test "xz compresses with two threads" {
	awk 'BEGIN {for (i = 0; i < 400000; i++) print i * 7919 % 1000003, "some text", i}' > start/text
	exact sh -c 'xz -T2 --block-size=1MiB -1 -k text && cksum < text.xz && xz -dc -T2 text.xz | cmp - text && xz -l text.xz | tail -n 1 | awk "{print \$2}"'
}

@test "sort sorts 20 MB with two threads" {
	awk -v n="$(many 1100000 350000)" 'BEGIN {for (i = 0; i < n; i++) printf "%d line %d\n", i * 7919 % 1000003, i}' > start/text
	[ "$(stat -c %s start/text)" -gt "$(many 20000000 6000000)" ]
	exact sh -c 'sort --parallel=2 -S 12M -n text | cksum; sort --parallel=2 -S 200M text | cksum'
}

# --- 7: servers with clients outside of the recording

# serves PORT COMMAND...: starts recording it; fails if it ends before PORT answers
serves() {
	local port=$1
	shift
	rm -rf "$trace"
	timeout -k 5 "$LIMIT" rr-record -o "$trace" "$@" < /dev/null > record.out 2> record.err 3>&- &
	server=$!
	until_true answers "$port" || return
	not gone "$server"
}

answers() {
	gone "$server" || (exec 4<> "/dev/tcp/127.0.0.1/$1")
}

# on_a_port FUNCTION: calls it with a port that is probably free, and with another one if it fails
on_a_port() {
	local i
	for i in 1 2 3; do
		port=$(free_port)
		"$1" "$port" && return
		cat record.err
		kill "$server" 2> kill.err || :
		wait "$server" || :
	done
	return 1
}

redis() {
	serves "$1" redis-server --port "$1" --bind 127.0.0.1 --save '' --appendonly no --dir "$here"
}

@test "redis-server answers 20,000 requests and shuts down" {
	on_a_port redis
	timeout "$LIMIT" redis-benchmark -p "$port" -n "$(many 20000 5000)" -c 20 -t set,get,lpush -q > bench.out
	[ "$(grep -c 'requests per second' bench.out)" -ge 3 ]
	[ "$(redis-cli -p "$port" set key value)" = OK ]
	[ "$(redis-cli -p "$port" get key)" = value ]
	redis-cli -p "$port" shutdown nosave
	wait "$server"
	server=
	grep -q 'Ready to accept connections' record.out
	replayed
	verified
}

nginx_serves() {
	mkdir -p www logs
	head -c 20000 /dev/zero | tr '\0' n > www/page.html
	chmod 755 . www
	cat > nginx.conf <<-EOF
		daemon off; master_process on; worker_processes 1; pid $here/nginx.pid; error_log stderr notice;
		$([ "$(id -u)" != 0 ] || echo user root\;)
		events { worker_connections 256; }
		http {
			access_log $here/logs/access.log;
			client_body_temp_path $here/logs; proxy_temp_path $here/logs;
			fastcgi_temp_path $here/logs; uwsgi_temp_path $here/logs; scgi_temp_path $here/logs;
			sendfile on; root $here/www;
			server { listen 127.0.0.1:$1; location /echo { return 200 "\$request_uri \$request_id\n"; } }
		}
	EOF
	serves "$1" nginx -p "$here" -c "$here/nginx.conf"
}

@test "nginx with master and worker answers 1,000 requests and quits" {
	on_a_port nginx_serves
	timeout "$LIMIT" /usr/bin/python3 - "$port" <<-'EOF'
		import http.client, sys
		kept = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))
		for i in range(1000):
		    c = kept if i % 4 else http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))
		    c.request('GET', '/page.html' if i % 2 else '/echo/%d' % i)
		    r = c.getresponse(); body = r.read()
		    assert r.status == 200 and (body == b'n' * 20000 if i % 2 else body.startswith(b'/echo/%d ' % i)), (i, r.status, body[:80])
	EOF
	[ "$(wc -l < logs/access.log)" -ge 1000 ]
	kill -QUIT "$(cat nginx.pid)"
	wait "$server"
	server=
	replayed
	verified
	grep '\[notice\]' record.err > record.notices
	grep '\[notice\]' replay.err > replay.notices
	same record.notices replay.notices
}

# --- 8: other kinds of programs

@test "a static glibc program is recorded" {
	cat > a.c <<-'EOF'
		#include <pthread.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <time.h>
		static void *thread(void *p) { return malloc((long)p) ? p : NULL; }
		int main(int argc, char **argv)
		{
			pthread_t t; void *r; struct timespec now;
			pthread_create(&t, NULL, thread, (void *)100000L); pthread_join(t, &r); clock_gettime(CLOCK_REALTIME, &now);
			printf("%s %d %ld %p %ld.%09ld %s\n", argv[0], argc, (long)r, (void *)&now, now.tv_sec, now.tv_nsec, getenv("HOME"));
		}
	EOF
	gcc -static -O1 -o start/a a.c -lpthread
	replays ./a
	gcc -static-pie -O1 -o start/a a.c -lpthread
	replays ./a
}

@test "a static musl program is recorded" {
	needs musl-gcc
	cat > a.c <<-'EOF'
		#include <pthread.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <sys/wait.h>
		#include <unistd.h>
		static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; static int n;
		static void *thread(void *p) { for (int i = 0; i < 1000; i++) { pthread_mutex_lock(&lock); n++; pthread_mutex_unlock(&lock); } return p; }
		int main(void)
		{
			pthread_t t[4]; int status;
			for (int i = 0; i < 4; i++) pthread_create(&t[i], NULL, thread, NULL);
			for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
			if (fork() == 0) _exit(5);
			wait(&status); system("echo from a shell");
			printf("%d %d %d %p\n", n, WEXITSTATUS(status), getpid(), malloc(1 << 20)); return 0;
		}
	EOF
	musl-gcc -static -O1 -o start/a a.c
	replays ./a
	grep -q '^4000 5 ' record.out
}

@test "a program in a deep directory with a strange name is recorded" {
	local name dir
	name=$' a\tb\nc "d" \'e\' $f `g` %s \\h ünïcödé *'
	dir="$here/start/$name/$(printf 'deep/%.0s' {1..40})$name"
	mkdir -p "$dir"
	printf '#include <stdio.h>\nint main(int c, char **v) { printf("%%d %%s %%s", c, v[0], v[1]); return 0; }\n' > a.c
	gcc -o "$dir/$name" a.c
	rm -rf work
	ln -s start work
	step native "$dir/$name" "$name"
	[ "$step_status" = 0 ]
	step record rr-record -o "$dir/trace of $name" "$dir/$name" "$name"
	[ "$step_status" = 0 ]
	same native.out record.out
	step replay rr-replay "$dir/trace of $name"
	[ "$step_status" = 0 ]
	same record.out replay.out
	step verify rr-verify "$dir/trace of $name"
	[ "$step_status" = 0 ]
}

@test "500 processes run one after another" {
	local n=$(many 500 200)
	exact bash -c 'for ((i = 1; i <= $0; i++)); do /bin/echo $i; done' "$n"
	[ "$(tail -n 1 record.out)" = "$n" ]
}

@test "100 threads run at once" {
	cat > a.c <<-'EOF'
		#include <pthread.h>
		#include <stdio.h>
		static pthread_barrier_t all; static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; static int order[100], n;
		static void *thread(void *p)
		{
			pthread_barrier_wait(&all); pthread_mutex_lock(&lock); order[n++] = (long)p; pthread_mutex_unlock(&lock);
			pthread_barrier_wait(&all); return p;
		}
		int main(void)
		{
			pthread_t t[100];
			pthread_barrier_init(&all, NULL, 100);
			for (long i = 0; i < 100; i++) if (pthread_create(&t[i], NULL, thread, (void *)i)) return 1;
			for (int i = 0; i < 100; i++) pthread_join(t[i], NULL);
			for (int i = 0; i < n; i++) printf("%d ", order[i]);
			printf("\n%d\n", n); return n != 100;
		}
	EOF
	gcc -O1 -o start/a a.c -lpthread
	replays ./a
}

@test "strace traces processes and threads" {
	cat > a.c <<-'EOF'
		#include <pthread.h>
		#include <unistd.h>
		static void *thread(void *p) { return write(1, "thread\n", 7) == 7 ? p : p; }
		int main(void) { pthread_t t; return pthread_create(&t, 0, thread, 0) || pthread_join(t, 0); }
	EOF
	gcc -o start/a a.c -lpthread
	replays strace -f -o '|cat' -e trace=execve,write,exit_group sh -c './a > written; cat < /dev/null; (exit 3); echo $?'
	grep -q 'write(1, "thread\\n", 7) *= 7' record.out
	grep -q 'execve("./a"' record.out
	grep -q 'exited with 3' record.out
	[ "$(grep -c 'exited with 0' record.out)" -ge 4 ]
}

# same_but EXPRESSION: the outputs of the native and the recorded run must be equal after sed has edited both.
same_but() {
	local output
	for output in native record; do
		sed "$1" $output.out > $output
	done
	same native record
}

# works_natively PATTERN...: skips the test if $command, unrecorded, does not print a matching line for each
works_natively() {
	local pattern
	fresh native "${command[@]}" || skip "${command[0]} itself hangs here"
	for pattern; do
		grep -q -e "$pattern" native.out || skip "${command[0]} itself does not get to '$pattern' here: $(tail -n 1 native.err)"
	done
}

@test "a recorded gdb uses breakpoints, steps, a call, a watchpoint and a crash" {
	cat > a.c <<-'EOF'
		#include <signal.h>
		#include <stdio.h>
		static int v, *none;
		static int g(int x) { return x * 3; }
		static int f(int x) { v += g(x); return v; }
		static void handler(int sig) { v = -sig; }
		int main(void)
		{
			signal(SIGUSR1, handler);
			for (int i = 0; i < 5; i++) f(i);
			raise(SIGUSR1);
			printf("%d\n", v); fflush(stdout);
			return *none;
		}
	EOF
	gcc -g -O0 -o start/a a.c
	command=(gdb -nx -batch -ex 'set can-use-hw-watchpoints 0' -ex 'set startup-with-shell off' -ex 'break f if x == 3' -ex run \
		-ex 'disassemble /r f' -ex 'disassemble /r main' -ex 'backtrace' -ex 'print g(14)' -ex stepi -ex 'step' -ex 'info locals' -ex finish -ex 'watch v' -ex continue \
		-ex 'delete' -ex 'break handler' -ex continue -ex 'set var v = 77' -ex 'info registers rip' -ex continue -ex backtrace -ex continue -ex backtrace ./a)
	works_natively '^\$1 = 42' 'New value = 18' 'received signal SIGSEGV'
	replays "${command[@]}"
	# Libraries may be mapped elsewhere.
	same_but 's/0x[0-9a-f]*/P/g'
	grep -q '^\$1 = 42' record.out
	grep -q 'New value = 18' record.out
	grep -q 'received signal SIGSEGV' record.out
}

@test "a recorded gdb uses hardware watchpoints and breakpoints" {
	needs_machine ptrace_watches
	cat > a.c <<-'EOF'
		#include <stdio.h>
		static int v;
		static long a[8];
		static void set(int x) { v = x; }
		int main(void)
		{
			for (int i = 0; i < 5; i++) { set(i * i); a[i] = i; }
			for (volatile int i = 0; i < 1000; i++) if (i == 500) v += 7;
			printf("%d %ld\n", v, a[3]); fflush(stdout);
			set(1);
		}
	EOF
	gcc -g -O0 -o start/a a.c
	command=(gdb -nx -batch -ex 'set startup-with-shell off' -ex 'break main' -ex run -ex 'watch v' -ex continue -ex continue -ex 'rwatch a[3]' \
		-ex continue -ex continue -ex continue -ex 'delete' -ex 'hbreak set' -ex continue -ex 'info locals' -ex finish -ex continue ./a)
	works_natively '^Hardware watchpoint 2: v' 'New value = 23' '^Hardware read watchpoint' '^Breakpoint 4, set'
	replays "${command[@]}"
	same_but 's/process [0-9]*/process N/'
	grep -q '^Hardware watchpoint 2: v' record.out
	grep -q 'New value = 23' record.out
	grep -q '^Hardware read watchpoint' record.out
	grep -q '^Breakpoint 4, set' record.out
}

@test "a 4 GiB sparse mapping costs neither time nor space" {
	cat > start/p.py <<-'EOF'
		import mmap
		m = mmap.mmap(-1, 4 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)  # MAP_NORESERVE
		for i in range(0, 4 << 30, 64 << 20): m[i + 5] = i >> 26
		print(sum(m[i + 5] for i in range(0, 4 << 30, 64 << 20)), m[1 << 31])
		open('sparse', 'wb').truncate(4 << 30)
		with open('sparse', 'r+b') as f:
		    s = mmap.mmap(f.fileno(), 4 << 30)
		    s[3 << 30] = 7; f.seek(3 << 30); print(f.read(2))
	EOF
	exact /usr/bin/python3 p.py
	[ "$(du -sm "$trace" | cut -f 1)" -lt 20 ]
}
