# Compares the table of system calls with the tracees.

bats_require_minimum_version 1.5.0
load common

setup() {
	common_setup
}

@test "every system call that writes memory is made by some tracee" {
	"$tests/uncovered-calls.py"
}
