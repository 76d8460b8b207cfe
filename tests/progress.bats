# Programs that compute without calls block neither other tasks nor the recorder.
bats_require_minimum_version 1.5.0
load common

setup() {
	common_setup
	printf '#include <unistd.h>\nvolatile long x;\nint main(void) { if (write(1, "spins\\n", 6) != 6) return 1; for (;;) x++; }\n' > spin.c
	cc -O1 -o spin spin.c
}

@test "another process is scheduled while one computes for ever" {
	run -124 timeout 60 rr-record -o t timeout 0.3 ./spin
	[ "$output" = spins ]
	run -0 timeout 60 rr-replay t
	[ "$output" = spins ]
	timeout 60 rr-verify --memory=10 t
}

@test "a signal's default action ends a program that makes no calls" {
	rr-record -o t ./spin > out &
	recorder=$!
	until_true test -s out
	kill -TERM "$recorder"
	status=0
	wait "$recorder" || status=$?
	[ "$status" -eq 143 ]
	timeout 60 rr-dump -k signal t | grep -q 'SIGTERM .*fatal$'
	timeout 60 rr-replay t | cmp - out
	timeout 60 rr-verify t
}

@test "background jobs that compute are recorded concurrently" {
	echo 'for i in 1 2 3; do (n=0; while [ $n -lt 20000 ]; do n=$((n + 1)); done; echo $i $n) & done; wait' > jobs.sh
	timeout 60 rr-record -o t bash jobs.sh > out
	[ "$(sort out)" = "$(printf '%s\n' '1 20000' '2 20000' '3 20000')" ]
	timeout 60 rr-replay t | cmp - out
	timeout 60 rr-verify t
}
