# Programs that put themselves or others under seccomp filters: each recorded, replayed with the same output, and verified.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=600
}

setup() {
	common_setup
}

# installs N: the trace shows at least N filters installed
installs() {
	rr-dump trace > dump.out
	[ "$(grep -cE '(SECCOMP_SET_MODE_FILTER|PR_SET_SECCOMP, 2), .* = [0-9]+$' dump.out)" -ge "$1" ]
}

# denies ERRNO CALL...: writes a filter as bubblewrap takes it: these calls, by number, fail with that error
denies() {
	python3 - "$@" <<-'EOF' > filter
		import struct, sys
		error, calls = int(sys.argv[1]), [int(a) for a in sys.argv[2:]]
		insns = [(0x20, 0, 0, 0)]
		for i, nr in enumerate(calls):
		    insns.append((0x15, len(calls) - i, 0, nr))
		insns += [(6, 0, 0, 0x7fff0000), (6, 0, 0, 0x50000 | error)]
		for insn in insns:
		    sys.stdout.buffer.write(struct.pack("<HBBI", *insn))
	EOF
}

@test "bubblewrap runs a program under a filter" {
	needs bwrap python3
	timeout 20 bwrap --ro-bind / / true || skip "bubblewrap does not work here"
	denies 38 83 258
	# shellcheck disable=SC2016
	exact sh -c 'exec bwrap --ro-bind / / --bind . /mnt --seccomp 9 sh -c "mkdir /mnt/d; echo \$?; cat /mnt/no; uname" 9< ../filter'
	grep 'Function not implemented' record.err
	installs 1
}

@test "bubblewrap runs a program in namespaces" {
	needs bwrap
	timeout 20 bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev true || skip "bubblewrap does not work here"
	# shellcheck disable=SC2016
	exact bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev sh -c 'echo $$; grep -E "Seccomp|NoNew" /proc/self/status'
}

@test "firejail denies calls" {
	needs firejail
	timeout 20 firejail --quiet --noprofile --seccomp true || skip "firejail does not work here"
	exact firejail --quiet --noprofile --seccomp sh -c 'id -u; ls /proc/self/fd | wc -l; grep -E "^Seccomp:" /proc/self/status'
	installs 1
}

@test "firejail kills what makes a denied call" {
	needs firejail
	timeout 20 firejail --quiet --noprofile --seccomp true || skip "firejail does not work here"
	replays firejail --quiet --noprofile --seccomp.drop=chmod,fchmod,fchmodat --seccomp-error-action=kill \
		sh -c 'chmod 600 /tmp; echo status $?'
	[ "$(cat record.out)" = 'status 159' ]
	replays firejail --quiet --noprofile --seccomp.drop=chmod,fchmod,fchmodat --seccomp-error-action=EBUSY \
		sh -c 'chmod 600 /tmp; echo status $?'
	[ "$(cat record.out)" = 'status 1' ]
	grep 'Device or resource busy' record.err
}

@test "sshd and ssh: the part of the server that talks to the network is under a filter" {
	needs ssh sshd ssh-keygen
	[ "$(id -u)" = 0 ] || skip "sshd has to be root to change its user"
	mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f key
	ssh-keygen -q -t ed25519 -N '' -f host
	local port=$((20000 + $$ % 10000))
	cat > start/script <<-EOF
		sshd=\$(command -v sshd)
		\$sshd -D -e -p $port -f /dev/null -h $PWD/host -o ListenAddress=127.0.0.1 -o AuthorizedKeysFile=$PWD/key.pub \
			-o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes 2> log &
		pid=\$!
		until grep -q listening log; do :; done
		ssh -F /dev/null -p $port -i $PWD/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
			root@127.0.0.1 echo hello from the other side
		kill \$pid
		wait \$pid
	EOF
	exact sh script
	[ "$(cat record.out)" = 'hello from the other side' ]
	installs 1
}

@test "man filters its helpers" {
	needs man
	printf '.TH A 1\n.SH NAME\na \\- does nothing\n' > start/a.1
	MANPAGER='cat' exact man -l a.1
	installs 1
}

@test "tor runs in its sandbox" {
	needs tor
	touch start/empty
	# shellcheck disable=SC2016
	replays sh -c 'tor -f empty --defaults-torrc empty --Sandbox 1 --DisableNetwork 1 --SocksPort 0 --DataDirectory d > log & pid=$!
		until grep -q Bootstrapped log; do :; done; kill -INT $pid; wait $pid; echo status $?'
	[ "$(cat record.out)" = 'status 0' ]
	installs 1
}

@test "strace --seccomp-bpf" {
	needs strace
	exact strace -f --seccomp-bpf -e trace=openat,chdir -e status=failed -o log sh -c 'cd /no/such; cat nothing; true'
	# shellcheck disable=SC2016
	exact sh -c 'strace -f --seccomp-bpf -e signal=none -e trace=getppid,chdir -o log sh -c "cd /; sh -c \"cd /usr\""; sed "s/[0-9][0-9]*/N/g" log'
	installs 1
}

# Such calls are not recorded, so the trace does not replay; what the program sees is right.
@test "a call through the vsyscall page is filtered" {
	needs gcc
	grep -q vsyscall /proc/self/maps || skip "no vsyscall page"
	cat > v.c <<-'EOF'
		#include <linux/filter.h>
		#include <linux/seccomp.h>
		#include <signal.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <sys/prctl.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		static void on_sigsys(int sig, siginfo_t *info, void *context)
		{
			(void)sig, (void)context;
			printf("call %d, data %d at %p\n", info->si_syscall, info->si_errno, info->si_call_addr);
			exit(0);
		}
		int main(int argc, char **argv)
		{
			long (*old_time)(long *) = (void *)0xffffffffff600400;
			struct sock_filter f[] = {
				BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
				BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_time, 0, 1),
				BPF_STMT(BPF_RET | BPF_K, (unsigned)strtoul(argv[argc - 1], NULL, 0)),
				BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
			struct sock_fprog p = {4, f};
			struct sigaction a = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO};
			setvbuf(stdout, NULL, _IONBF, 0);
			sigaction(SIGSYS, &a, NULL);
			syscall(SYS_getpid);
			prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
			prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p);
			printf("%ld\n", old_time(NULL));
			return 0;
		}
	EOF
	gcc -o start/v v.c
	ulimit -c 0
	for verdict in 0x50007 0x30009 0x7ff00000 0x7fc00000; do
		natively ./v $verdict
		recorded ./v $verdict
		same native.out record.out
	done
	for verdict in 0 0x80000000; do
		expected=159 natively ./v $verdict
		expected=159 recorded ./v $verdict
	done
}

# as_user COMMAND...: without privilege, if we have any
as_user() {
	if [ "$(id -u)" = 0 ]; then
		chmod -R a+rwX .
		setpriv --reuid=12345 --regid=12345 --clear-groups "$@"
	else
		"$@"
	fi
}

@test "chromium in its own sandbox shows a page" {
	[ -n "$LONG" ] || skip "takes minutes: set LONG"
	needs chromium setpriv
	page='data:text/html,<p>hi</p><script>document.write(6*7)</script>'
	as_user timeout 60 chromium --headless --disable-gpu --dump-dom "$page" > native.out 2> native.err || skip "chromium does not work here"
	as_user timeout 550 rr-record -o trace chromium --headless --disable-gpu --dump-dom "$page" > record.out
	same native.out record.out
	as_user timeout 550 rr-replay trace > replay.out
	same record.out replay.out
}
