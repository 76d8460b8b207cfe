# The counters: counted code, single-stepping as its oracle, and the hardware counter where there is one.

bats_require_minimum_version 1.5.0
load common

setup() {
	common_setup
	programs=$tests/../build/tests/programs
}

# events_of TRACE: prints kinds, calls and signals
events_of() {
	rr-dump "$1" | cut -f 5- | sed 's/[({=].*//'
}

# stepped COMMAND...: records with --counter=step and replays once, which takes a thousand times as long as with counted code
stepped() {
	RECORD_OPTIONS=--counter=step recorded "$@"
	step verify rr-verify --memory=none "$trace"
	[ "$step_status" = 0 ]
}

# counts_alike PROGRAM...: must have the same events and output with both counters
counts_alike() {
	exact "$@"
	cp record.out soft.out
	events_of trace > soft.events
	rr-dump trace | cut -f 4,5 > soft.ticks
	stepped "$@"
	same soft.out record.out
	events_of trace > step.events
	rr-dump trace | cut -f 4,5 > step.ticks
	diff soft.events step.events
}

@test "single-stepping and counted code count the same ticks at each event" {
	counts_alike "$programs/count_edges"
	[ "$(wc -l < soft.ticks)" -gt 60 ]
	[ "$(tail -n 1 soft.ticks | cut -f 1)" -gt 500 ]
	cmp soft.ticks step.ticks
}

@test "a program with signal handlers has the same events under both counters" {
	counts_alike setarch -R "$programs/raise_in_handler"
}

@test "a shell has the same events under both counters" {
	[ -z "$SLOW" ] || skip "no machine that steps a million instructions in ten seconds"
	counts_alike setarch -R dash -c 'for i in 1 2 3; do echo $((i * i)); done; trap "echo caught" USR1; kill -USR1 $$'
	grep -q caught soft.out
}

@test "several processes can be recorded with the step counter" {
	stepped dash -c 'echo a | cat; (exit 3); echo $?'
	[ "$(cat record.out)" = $'a\n3' ]
}

@test "emulated tracers and ignored signals work with the step counter" {
	stepped "$programs/ptrace_stops"
	stepped "$programs/signal_ignored_read"
}

@test "the step counter finds each position even when it stops late" {
	RECORD_OPTIONS="--counter=step -c 1" recorded "$programs/pre_few_steps"
	for skid in 0 30 200; do
		RR_STEP_SKID=$skid replayed
	done
}

@test "without a hardware counter, --counter=hpc fails in one line and the program does not run" {
	if rr-record --counter=hpc -o "$trace" true 2> err; then
		skip "this machine has a hardware counter"
	fi
	run -125 --separate-stderr rr-record --counter=hpc -o other touch ran
	[ "$output" = "" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "rr-record: --counter=hpc: there is no usable hardware counter: "* ]]
	[ ! -e ran ]
	[ ! -e other ]
}

@test "programs recorded with the hardware counter replay" {
	if ! rr-record --counter=hpc -o "$trace" true 2> err; then
		skip "$(cat err)"
	fi
	RECORD_OPTIONS=--counter=hpc
	for p in count_edges pre_in_registers pre_spinlock pre_seqlock pre_profiler; do
		replays "$programs/$p"
	done
}

# With an event that never occurs instead of the hardware's, only registers identify positions.
@test "the hardware counter's code paths work with an event that never counts" {
	needs_machine prctl_tsc
	export RR_HPC_DUMMY=1
	RECORD_OPTIONS=--counter=hpc
	recorded "$programs/pre_in_registers"
	[ "$(rr-dump -k signal trace | wc -l)" -ge 20 ]
	replayed
	verified
	recorded "$programs/pre_shape_xlatb" # preempted right before a popf
}

@test "a trace that needs another machine's counter is refused in one line" {
	needs_machine prctl_tsc
	RR_HPC_DUMMY=1 rr-record --counter=hpc -o "$trace" true
	run -2 --separate-stderr rr-replay "$trace"
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "rr-replay: $trace: was recorded with a hardware counter"* ]]
}
