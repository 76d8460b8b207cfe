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

@test "codes of devices are printed by name, whatever size they contain" {
	rr-record -o "$trace" perl -e 'open N, "/dev/null";
		$b = "\0" x 200;
		ioctl(N, $_, $b) for 0x80604506, 0x80604521, 0x80184541, 0x80685600, 0x80044100, 0xae00, 0x80045707, 0x4600' > /dev/null
	rr-dump -s ioctl "$trace" | sed -n 's/.*ioctl([0-9]*, \([A-Z0-9_]*\).* = -1 ENOTTY.*/\1/p' > names
	cat names
	[ "$(tail -n 8 names | paste -sd ' ')" = "EVIOCGNAME EVIOCGBIT EVIOCGABS VIDIOC_QUERYCAP SNDRV_PCM_IOCTL_PVERSION KVM_GET_API_VERSION WDIOC_GETTIMEOUT FBIOGET_VSCREENINFO" ]
	rr-verify "$trace"
}
