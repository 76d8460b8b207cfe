# Programs that trace others: recorded, replayed and verified. rr-record is such a program, too.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=600
}

setup() {
	common_setup
}

# makes start/threads: two threads compute, and one waits for input
threads() {
	[ -n "$LONG" ] || skip "takes long: set LONG"
	needs gcc
	cat > threads.c <<-'END'
		#include <pthread.h>
		#include <stdio.h>
		#include <unistd.h>
		static volatile long n;
		static volatile int done;
		__attribute__((noinline)) long work(long x)
		{
			n += x;
			return n;
		}
		static void *computes(void *arg)
		{
			while (!done)
				work(1);
			return arg;
		}
		static void *waits(void *arg)
		{
			char c;
			return read(0, &c, 1) == 1 ? arg : NULL;
		}
		int main(void)
		{
			pthread_t t[3];
			for (int i = 0; i < 3; i++)
				pthread_create(&t[i], NULL, i < 2 ? computes : waits, NULL);
			puts("ready");
			fflush(stdout);
			pthread_join(t[2], NULL);
			done = 1;
			pthread_join(t[0], NULL);
			pthread_join(t[1], NULL);
			puts("done");
			return 0;
		}
	END
	gcc -g -O1 -o start/threads threads.c -lpthread
}

# script: start/script from standard input, after the program has been started and is ready. Its id is in $!. A line to
# descriptor 3 ends it.
script() {
	{
		cat <<-'END'
			mkfifo in
			./threads < in > out &
			exec 3> in
			until grep -q ready out; do :; done
		END
		cat
	} > start/script
}

@test "gcore dumps the threads of a running process" {
	needs gcore
	threads
	script <<-'END'
		gcore -o core $! > log 2>&1 || cat log
		echo >&3
		wait
		cat out
		gdb -nx -batch -ex 'info threads' threads core.* 2>&1 | grep -c 'Thread.*LWP'
	END
	replays bash script
	grep -q 'done' record.out
	grep -qx 5 record.out # the current one twice
}

# gdb would put copies of instructions over the first instructions of the program, and run them there.
@test "gdb attaches to a process with threads, steps, calls a function and detaches" {
	needs gdb
	threads
	script <<-'END'
		gdb -nx -batch -p $! -ex 'set displaced-stepping off' -ex 'info threads' -ex 'break work' -ex continue -ex next \
			-ex stepi -ex delete -ex 'print work(3) > 0' -ex detach > log 2>&1 || cat log
		grep -c -e '^[$]1 = 1' -e detached log
		echo >&3
		wait
		cat out
	END
	exact bash script
}

@test "gdb runs a program with threads to a breakpoint, and steps" {
	needs gdb
	threads
	exact sh -c 'echo | gdb -nx -batch -ex "break work" -ex run -ex "print x" -ex next -ex delete -ex continue ./threads 2>&1 |
		grep -x -e "[$]1 = 1" -e done'
}

@test "strace attaches to the threads of a process" {
	needs strace
	threads
	script <<-'END'
		strace -f -o log -p $! 2> err &
		until grep -q 'read(0' log 2> /dev/null; do :; done
		echo >&3
		wait
		cat out
		grep -c exit_group log
	END
	exact bash script
}

@test "strace -c counts calls, and strace -k shows their callers" {
	needs strace
	replays sh -c 'strace -c -o counts true && grep -c execve counts && strace -k -o calls true && grep -c " > .*_start" calls'
}

@test "ltrace shows the library calls of a program" {
	needs ltrace
	replays sh -c 'ltrace -o log ls / > list && grep -c strcoll log; tail -n 1 log'
	grep -qF '+++ exited (status 0) +++' record.out
}

@test "the watchdog of a replay does not end the steps of a tracer" {
	needs ltrace
	recorded sh -c 'ltrace -o log ls / > list && tail -n 1 log'
	RR_PATIENCE=0 replayed # it looks every 10 ms
	RR_PATIENCE=0 replayed
}

@test "proot gives a program another file and another user" {
	needs proot
	echo text > start/file
	exact proot -0 -b ./file:/tmp/other sh -c 'cat /tmp/other; id -u; (echo a; echo b) | sort -r'
}

@test "rr-record and rr-replay inside a recording are refused in one line" {
	recorded true
	mv "$trace" inner
	for command in "rr-record -o new true" "rr-replay $PWD/inner" "rr-verify $PWD/inner"; do
		expected=125
		[ "${command%% *}" = rr-record ] || expected=2
		recorded $command
		[ "$(wc -l < record.err)" = 1 ]
		grep -q 'inside a recording$' record.err
		replayed
	done
}

@test "rr-record is refused in one line under strace, which traces its program" {
	needs strace
	expected=125
	natively strace -f -o log rr-record -o new true
	[ "$(wc -l < native.err)" = 1 ]
	grep -q '^rr-record: ptrace: ' native.err
}

@test "rr-record and rr-replay run under gdb" {
	needs gdb
	natively gdb -nx -batch -ex run --args rr-record -o new true
	grep -q "exited normally" native.out native.err
	recorded true
	step replay gdb -nx -batch -ex run --args rr-replay "$trace"
	grep -q "exited normally" replay.out replay.err
}
