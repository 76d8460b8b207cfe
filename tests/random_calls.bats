# Random system calls of threads and processes. `make nightly` tries more seeds.

bats_require_minimum_version 1.5.0
load common

setup() {
	common_setup
}

@test "a program that makes random calls in threads replays exactly" {
	run -0 "$tests/fuzz/random-calls.py" -s 60 1 3
	echo "$output"
	[ "${lines[-1]}" = "3 ok, 0 native, 0 record, 0 replay, 0 verify" ]
}
