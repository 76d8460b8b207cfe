# Language runtimes and sanitizers: each runs a program of its own threads, timers, garbage and exceptions, which is
# recorded, replayed and verified. What takes long to install or to run is tested with LONG=1, and then each program is
# recorded with time slices of 1 ms, too, and under --chaos.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	[ -z "$LONG" ] || export BATS_TEST_TIMEOUT=$((1000 * ${REPEAT:-1})) LIMIT=${LIMIT:-200}
}

setup() {
	common_setup
}

# program FILE: copies it to start
program() {
	cp "$tests/runtimes/$1" start/
}

long() {
	[ -n "$LONG" ] || skip "takes long: set LONG"
}

# runs LINE COMMAND...: the command must print that line
runs() {
	local line=$1 options
	shift
	replays "$@"
	grep -qx -e "$line" record.out
	for options in ${LONG:+'-c 1' --chaos}; do
		RECORD_OPTIONS=$options recorded "$@"
		replayed
		verified
	done
}

@test "mono binds code that was compiled ahead of time, and runs threads" {
	needs mono mcs
	program threads.cs
	mcs -out:start/threads.exe start/threads.cs > mcs.out
	runs 4000 mono threads.exe
	[ "$(grep -c '^div$' record.out)" = 3 ]
	grep -qx null record.out
}

@test "perl runs threads, a queue and timers" {
	needs perl
	perl -Mthreads -e 1 2> needs.out || skip "perl has no threads"
	program threads.pl
	runs '3000 10 4' perl threads.pl
}

@test "php runs processes, timers, fibers and its collector" {
	needs php
	php -r 'exit(!function_exists("pcntl_fork"));' || skip "php has no pcntl"
	program threads.php
	runs 'with this' php threads.php
}

@test "ruby runs threads, a ractor, signals and time limits" {
	needs ruby
	program threads.rb
	runs timeout ruby threads.rb
}

@test "lua runs coroutines and its collector" {
	needs lua5.4
	program coroutines.lua
	runs false lua5.4 coroutines.lua
}

@test "luajit runs coroutines and compiled loops" {
	needs luajit
	program coroutines.lua
	runs false luajit coroutines.lua
}

@test "tcl runs threads and timers" {
	long
	needs tclsh
	echo 'package require Thread' | tclsh > needs.out 2>&1 && ! grep -q "can't find" needs.out || skip "tcl has no threads"
	program threads.tcl
	runs 'divide by zero' tclsh threads.tcl
}

@test "erlang runs processes, timers and ports, compiled at run time" {
	long
	needs erl erlc
	program threads.erl
	erlc -o start start/threads.erl
	runs 'tick 2584' erl -noshell -s threads main
}

@test "ocaml runs threads and timers, as bytecode and native" {
	long
	needs ocamlopt ocamlc
	program threads.ml
	ocamlopt -I +threads unix.cmxa threads.cmxa start/threads.ml -o start/native
	ocamlc -I +threads unix.cma threads.cma start/threads.ml -o start/bytecode
	runs 6000 ./native
	runs 6000 ./bytecode
}

@test "guile runs threads and timers" {
	long
	needs guile
	program threads.scm
	runs 3000 guile --no-auto-compile threads.scm
}

@test "sbcl runs threads and timers" {
	long
	needs sbcl
	program threads.lisp
	runs 'DIV ' sbcl --script threads.lisp
}

@test "go runs goroutines, tickers, panics and a preempted loop" {
	long
	needs go
	program threads.go
	(cd start && GOCACHE=$HOME/go go build threads.go)
	runs 'user defined signal 1' ./threads
}

@test "ghc runs threads and time limits, with and without -threaded, and by runghc" {
	long
	needs ghc runghc
	program threads.hs
	(cd start && ghc -v0 threads.hs -o single && ghc -v0 -fforce-recomp -threaded -rtsopts threads.hs -o threaded)
	runs 'Left divide by zero' ./single
	runs 'Left divide by zero' ./threaded +RTS -N2
	runs 'Left divide by zero' runghc threads.hs
}

@test "racket runs threads and alarms" {
	long
	needs racket
	program threads.rkt
	runs 1800 racket threads.rkt
}

@test "R runs processes, its collector and time limits" {
	long
	needs Rscript
	program processes.R
	runs '\[1\] "deep"' Rscript processes.R
}

@test "octave runs loops and linear algebra" {
	long
	needs octave-cli
	program numbers.m
	runs 'raised' octave-cli numbers.m
}

@test "swipl runs threads with queues" {
	long
	needs swipl
	program threads.pro
	runs '\[1,4,9,16\]' swipl threads.pro
}

@test "gforth runs, also with pieces of its machine code copied" {
	long
	needs gforth gforth-fast
	program signals.fs
	runs sub gforth signals.fs
	runs sub gforth-fast signals.fs
}

@test "gnat runs tasks and exceptions" {
	long
	needs gnatmake
	program tasks.adb
	(cd start && gnatmake -q tasks.adb)
	runs timeout ./tasks
}

@test "fpc runs threads and exceptions" {
	long
	needs fpc
	program threads.pas
	(cd start && fpc -v0 threads.pas) > fpc.out
	runs 2002000 ./threads
}

@test "rust runs threads, channels and panics" {
	long
	cc=$(command -v rustc || echo /root/.cargo/bin/rustc)
	[ -x "$cc" ] || skip "no rustc"
	program threads.rs
	(cd start && HOME=/root "$cc" -O threads.rs)
	runs '1998000 6000' ./threads
}

java_runs() {
	needs java javac
	program Threads.java
	javac -d start start/Threads.java
	for options; do
		java $options -version > needs.out 2>&1 || { echo "# this java has no $options" >&3; continue; }
		runs '49990000 30000' java $options -Xmx256m -cp . Threads
	done
}

@test "java interprets and compiles, with the serial collector" {
	long
	java_runs '-Xint -XX:+UseSerialGC' -XX:+UseSerialGC
}

@test "java runs with the collectors Parallel, G1 and Epsilon" {
	long
	java_runs -XX:+UseParallelGC -XX:+UseG1GC '-XX:+UnlockExperimentalVMOptions -XX:+UseEpsilonGC'
}

@test "java runs with the collectors Z and Shenandoah" {
	long
	java_runs -XX:+UseZGC -XX:+UseShenandoahGC
}

# sanitizer NAME STATUS REPORT COMPILER...: the program runs without an error, and with one that is reported
sanitizer() {
	local name=$1 status=$2 report=$3 compiler
	shift 3
	for compiler; do
		command -v "$compiler" > needs.out || continue
		"$compiler" -g -O1 -fsanitize="$name" -o "start/$compiler-$name" "$tests/runtimes/sanitized.c" -lpthread || skip "$compiler has no sanitizer of that kind"
		exact "./$compiler-$name"
		[ ! -s record.err ]
		expected=$status recorded "./$compiler-$name" "$name"
		grep -q "$report" record.err
		replayed
		verified
	done
}

@test "the address sanitizer reports a use after free" {
	sanitizer address 1 'heap-use-after-free' gcc ${LONG:+clang}
}

@test "the leak sanitizer, which traces its own program, reports a leak" {
	sanitizer leak 23 '100 byte.* leaked in 1 allocation' gcc ${LONG:+clang}
}

@test "the thread sanitizer reports a race" {
	sanitizer thread 66 'data race' gcc ${LONG:+clang}
}

@test "the undefined behaviour sanitizer reports an overflow" {
	sanitizer undefined 0 'signed integer overflow' gcc ${LONG:+clang}
}

@test "the memory sanitizer reports an uninitialized value" {
	long
	needs clang
	sanitizer memory 1 'use-of-uninitialized-value' clang
}
