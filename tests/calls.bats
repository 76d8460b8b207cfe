# The table of system calls against the tracees.

bats_require_minimum_version 1.5.0
load common

setup() {
	common_setup
}

@test "each system call that writes memory is made by a tracee" {
	"$tests/uncovered-calls.py"
}
