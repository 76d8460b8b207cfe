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
	rr-record -o "$trace" /usr/bin/python3 -c 'import ctypes, socket
s = socket.socket()
words = (ctypes.c_ulong * 3)(0)
for i in range(3):
    print(ctypes.CDLL(None).ioctl(s.fileno(), 0x8940, words))' 2> record.err
	[ "$(cat record.err)" = "rr-record: ioctl 0x8940: unknown: what it writes to memory is guessed" ]
	rr-verify "$trace"
}

@test "no warning for a code that the kernel does not know either" {
	rr-record -o "$trace" /usr/bin/python3 -c 'import ctypes, socket
s = socket.socket()
libc = ctypes.CDLL(None)
words = (ctypes.c_ulong * 3)(0)
print(libc.ioctl(s.fileno(), 0x5a01, words), libc.prctl(0x5a5a5a5a, words))' 2> record.err
	[ ! -s record.err ]
	rr-verify "$trace"
}
