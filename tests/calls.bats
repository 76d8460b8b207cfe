# Compares the table of system calls with the tracees.

bats_require_minimum_version 1.5.0
load common

setup() {
	common_setup
}

@test "every system call that writes memory is made by some tracee" {
	"$tests/uncovered-calls.py"
}

@test "a code that no table knows is named in one warning" {
	rr-record -o "$trace" perl -e 'socket S, 2, 2, 0;
		$words = pack "Q3", 0, 0, 0;
		print ioctl(S, 0x8940, $words), "\n" for 1..3' 2> record.err
	cat record.err
	[ "$(cat record.err)" = "rr-record: ioctl 0x8940: unknown: what it writes to memory is guessed" ]
	rr-verify "$trace"
}

@test "no warning for a code that the kernel does not know either" {
	rr-record -o "$trace" perl -e 'socket S, 2, 2, 0;
		$words = pack "Q3", 0, 0, 0;
		print ioctl(S, 0x5a01, $words) // "none", syscall(157, 0x5a5a5a5a, $words)' 2> record.err
	cat record.err
	[ ! -s record.err ]
	rr-verify "$trace"
}
