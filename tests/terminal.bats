# Recorded programs at a terminal: ^C, ^Z, job control, properties of the terminal. tests/terminal.py types and reads.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=120
}

setup() {
	common_setup
	export TERM=dumb PS1='ready> ' INPUTRC=/dev/null
	unset HISTFILE PROMPT_COMMAND
	# Input that is typed before the shell hands the terminal over is lost, so the program says when it is ready.
	printf '#!/bin/sh\necho begun\nexec cat\n' > cats
	chmod +x cats
}

# terminal ARG...: runs COMMAND at a terminal, types what standard input says, and puts what the terminal shows into seen.out
terminal() {
	step_status=0
	timeout -k 5 "$LIMIT" /usr/bin/python3 "$tests/terminal.py" "$@" > seen.out 2> seen.err 3>&- || step_status=$?
	cat seen.out seen.err
	[ "$step_status" = 0 ]
}

shell() {
	terminal bash --norc -i
}

# exactly: the trace must verify; the output of its replay is in replay.out
exactly() {
	step replay rr-replay "$trace"
	[ "$step_status" = 0 ]
	[ ! -s replay.err ] || [ -n "$1" ]
	verified
}

@test "^C ends a recorded cat, and the shell sees status 130" {
	shell <<-'EOS'
		expect ready>
		send rr-record -o trace ./cats\n
		expect begun\r\n
		send hello\n
		expect hello\r\nhello\r\n
		send \x03
		expect ready>
		send echo status=$?\n
		expect status=130\r\n
		expect ready>
		send exit 0\n
		status 0
	EOS
	exactly
	printf 'begun\nhello\n' | cmp - replay.out
	rr-dump trace | grep -q 'SIGINT.* fatal$'
	[ -z "$(rr-dump -k signal trace | grep SIGTERM)" ]
}

@test "^C raises KeyboardInterrupt in a recorded python loop, which goes on" {
	cat > loop.py <<-'EOF'
		import time
		try:
		    print('looping', flush=True)
		    while True: time.sleep(0.001)
		except KeyboardInterrupt:
		    print('interrupted', input(), flush=True)
	EOF
	shell <<-'EOS'
		expect ready>
		send rr-record -o trace /usr/bin/python3 loop.py\n
		expect looping\r\n
		send \x03
		send once\n
		expect interrupted once
		expect ready>
		send echo status=$?\n
		expect status=0\r\n
		send exit 0\n
		status 0
	EOS
	exactly
	printf 'looping\ninterrupted once\n' | cmp - replay.out
}

@test "^C interrupts an interactive python's statement, not python" {
	shell <<-'EOS'
		expect ready>
		send rr-record -o trace /usr/bin/python3 -q -i\n
		expect >>>
		send import time\n
		expect >>>
		send while 1: print("going", flush=True) or time.sleep(0.001)\n\n
		expect going\r\n
		send \x03
		expect KeyboardInterrupt
		expect >>>
		send print(6 * 7)\n
		expect 42\r\n
		expect >>>
		send \x04
		expect ready>
		send exit 0\n
		status 0
	EOS
	exactly yes
	grep -q '^42$' replay.out
}

@test "^\\ kills a recorded program, and the shell sees status 131" {
	shell <<-'EOS'
		expect ready>
		send ulimit -c 0; rr-record -o trace ./cats\n
		expect begun\r\n
		send hello\n
		expect hello\r\nhello\r\n
		send \x1c
		expect Quit
		expect ready>
		send echo status=$?\n
		expect status=131\r\n
		send exit 0\n
		status 0
	EOS
	exactly
}

@test "^Z stops a recorded cat, and fg continues it" {
	shell <<-'EOS'
		expect ready>
		send rr-record -o trace ./cats\n
		expect begun\r\n
		send hello\n
		expect hello\r\nhello\r\n
		send \x1a
		expect Stopped +rr-record -o trace ./cats
		expect ready>
		send echo in the shell: $?\n
		expect in the shell: 148\r\n
		expect ready>
		send jobs\n
		expect Stopped
		expect ready>
		send fg\n
		expect rr-record -o trace ./cats\r\n
		send again\n
		expect again\r\nagain\r\n
		send \x1a
		expect Stopped
		expect ready>
		send fg\n
		expect rr-record -o trace ./cats\r\n
		send third\n
		expect third\r\nthird\r\n
		send \x04
		expect ready>
		send echo status=$?\n
		expect status=0\r\n
		send exit 0\n
		status 0
	EOS
	exactly
	printf 'begun\nhello\nagain\nthird\n' | cmp - replay.out
	[ "$(rr-dump trace | grep -c 'SIGTSTP.* stop$')" = 2 ]
}

@test "the trace of a stopped program can be read, and the program killed" {
	shell <<-'EOS'
		expect ready>
		send rr-record -o trace ./cats\n
		expect begun\r\n
		send hello\n
		expect hello\r\nhello\r\n
		send \x1a
		expect Stopped
		expect ready>
		send rr-dump trace | grep -c 'write(1, "hello.n"'\n
		expect 1\r\n
		expect ready>
		send kill %1; while kill -0 $(jobs -p) 2> kill.err; do read -r -t 0.05 <> <(:); done; echo 'gone'\n
		expect \ngone\r\n
		expect ready>
		send exit 0\n
		status 0
	EOS
	exactly
	printf 'begun\nhello\n' | cmp - replay.out
	rr-dump -k signal trace | grep -q 'SIGTERM.* fatal$'
}

@test "after ^Z and bg, the background job stops when it reads" {
	shell <<-'EOS'
		expect ready>
		send rr-record -o trace sh -c 'echo begun; read a; echo "got $a"; read b; echo "got $b"'\n
		expect begun\r\n
		send first\n
		expect got first\r\n
		send \x1a
		expect Stopped
		expect ready>
		send bg; wait\n
		expect Stopped
		expect ready>
		send fg\n
		expect read b
		send second\n
		expect got second\r\n
		expect ready>
		send exit 0\n
		status 0
	EOS
	exactly
	printf 'begun\ngot first\ngot second\n' | cmp - replay.out
	rr-dump trace | grep -q 'SIGTTIN.* stop$'
}

@test "a handler of SIGCONT runs once for each fg" {
	printf '#!/bin/bash\ntrap "echo continued" CONT\necho begun\nwhile read -r x; do echo "got $x"; done\n' > p
	chmod +x p
	shell <<-'EOS'
		expect ready>
		send rr-record -o trace ./p\n
		expect begun\r\n
		send \x1a
		expect Stopped
		expect ready>
		send fg\n
		expect rr-record -o trace ./p\r\n
		send one\n
		expect got one\r\n
		send two\n
		expect got two\r\n
		send \x04
		expect ready>
		send exit 0\n
		status 0
	EOS
	exactly
	[ "$(grep -c continued replay.out)" = 1 ]
}

@test "a program that stops itself by SIGSTOP is shown as stopped" {
	shell <<-'EOS'
		expect ready>
		send rr-record -o trace sh -c 'echo before; kill -STOP $$; echo after'\n
		expect before\r\n
		expect Stopped
		expect ready>
		send fg\n
		expect \r\nafter\r\n
		expect ready>
		send exit 0\n
		status 0
	EOS
	exactly
	printf 'before\nafter\n' | cmp - replay.out
}

@test "a recorded interactive bash has job control" {
	mkfifo fifo
	shell <<-'EOS'
		expect ready>
		send PS1='in''ner> ' rr-record -o trace bash --norc -i\n
		expect inner>
		send ./cats\n
		expect begun\r\n
		send hello\n
		expect hello\r\nhello\r\n
		send \x1a
		expect Stopped +./cats
		expect inner>
		send cat fifo & jobs\n
		expect Stopped +./cats
		expect Running +cat fifo
		expect inner>
		send kill %2; wait %2\n
		expect inner>
		send fg %1\n
		expect /cats\r\n
		send again\n
		expect again\r\nagain\r\n
		send \x03
		expect inner>
		send echo status=$?\n
		expect status=130\r\n
		expect inner>
		send exit 7\n
		expect exit\r\n
		expect ready>
		send echo status=$?\n
		expect status=7\r\n
		send ./cats\n
		expect begun\r\n
		send outer\n
		expect outer\r\nouter\r\n
		send \x03
		expect ready>
		send exit 0\n
		status 0
	EOS
	exactly yes
	grep -q '^again$' replay.out
}

@test "a recorded bash can be suspended and continued by fg" {
	shell <<-'EOS'
		expect ready>
		send PS1='in''ner> ' rr-record -o trace bash --norc -i\n
		expect inner>
		send suspend\n
		expect Stopped
		expect ready>
		send fg\n
		expect rr-record
		send echo back again | tr a-z A-Z\n
		expect BACK AGAIN\r\n
		send exit 3\n
		expect ready>
		send echo status=$?\n
		expect status=3\r\n
		send exit 0\n
		status 0
	EOS
	exactly yes
	grep -q '^BACK AGAIN$' replay.out
}

@test "the program sees the terminal's name and size" {
	cat > look.py <<-'EOF'
		import os, select, signal, sys
		signal.signal(signal.SIGWINCH, lambda *_: print('changed', tuple(os.get_terminal_size()), flush=True))
		print([os.isatty(fd) for fd in range(3)], tuple(os.get_terminal_size()))
		print(os.ttyname(0) == os.ctermid() or os.ttyname(0).startswith('/dev/pts/'), os.tcgetpgrp(0) == os.getpgrp())
		print(os.getsid(0) != os.getpid(), os.open('/dev/tty', os.O_RDWR) > 2, flush=True)
		# A signal just before a blocking call is noticed only after the call, so no call blocks for long.
		while True:
		    if select.select([0], [], [], 0.05)[0]:
		        line = os.read(0, 99)
		        if not line: break
		        print('got', line.decode().strip(), flush=True)
	EOF
	for what in '' 'rr-record -o trace'; do
		terminal -s 31,77 $what /usr/bin/python3 look.py <<-'EOS' || return
			expect \[True, True, True\] \(77, 31\)\r\nTrue True\r\n(False|True) True\r\n
			size 40,101
			expect changed \(101, 40\)\r\n
			send a line\n
			expect got a line\r\n
			send \x04
			status 0
		EOS
	done
	exactly
	grep -q '^\[True, True, True\] (77, 31)$' replay.out
	grep -q '^changed (101, 40)$' replay.out
}

@test "a program can ask for a password without echo" {
	cat > ask.py <<-'EOF'
		import getpass
		print('length', len(getpass.getpass('secret: ')), flush=True)
	EOF
	shell <<-'EOS'
		expect ready>
		send stty -g > before; rr-record -o trace /usr/bin/python3 ask.py; stty -g > after\n
		expect secret:
		send swordfish\n
		expect length 9\r\n
		expect ready>
		send exit 0\n
		status 0
	EOS
	not grep -q swordfish seen.out
	same before after
	exactly
	[ "$(cat replay.out)" = 'length 9' ]
}

@test "terminal settings stay as the program left them" {
	shell <<-'EOS'
		expect ready>
		send stty -g > before; rr-record -o one ./cats; stty -g > after; cmp before after && echo the 'same'\n
		expect begun\r\n
		send \x04
		expect the same\r\n
		expect ready>
		send rr-record -o trace stty -echo susp ^Y; stty -a | grep -c -e ' -echo ' -e 'susp = .Y'; stty sane\n
		expect \n2\r\n
		expect ready>
		send exit 0\n
		status 0
	EOS
	exactly
}

@test "a replay at a terminal only prints there" {
	terminal rr-record -o trace sh -c 'stty -echo; read a; echo "got $a"; stty echo; tty' <<-'EOS'
		send typed\n
		expect got typed\r\n/dev/pts/
		status 0
	EOS
	tty=$(tail -n 1 seen.out | tr -d '\r')
	shell <<-'EOS'
		expect ready>
		send stty -g > before; rr-replay trace; stty -g > after; cmp before after && echo the 'same'\n
		expect got typed\r\n/dev/pts/[0-9]+\r\n
		expect the same\r\n
		expect ready>
		send exit 0\n
		status 0
	EOS
	exactly
	[ "$(tail -n 1 replay.out)" = "$tty" ]
}

@test "^C ends a replay" {
	rr-record -o trace bash -c 'for ((i = 0; i < 20000; i++)); do echo $i; done' > record.out 3>&-
	shell <<-'EOS'
		expect ready>
		send rr-replay trace\n
		expect 1000\r\n
		send \x03
		expect ready>
		send echo status=$?\n
		expect status=(130|0)\r\n
		send exit 0\n
		status 0
	EOS
}

@test "when the terminal hangs up, the program gets SIGHUP and the trace is complete" {
	terminal rr-record --print-trace-dir 5 -o trace sh -c 'trap "exit 5" HUP; echo begun; while :; do read a; done' 5> dir.out <<-'EOS'
		expect begun\r\n
	EOS
	until_true test -s trace/version
	exactly
	[ "$(cat replay.out)" = begun ]
	rr-dump trace | grep -q SIGHUP
}

@test "rr-record names what it waits for after the end of the program" {
	printf '#!/bin/sh\nhead -n 1 < /dev/tty > line.out &\nexit 4\n' > leaves
	chmod +x leaves
	shell <<-'EOS'
		expect ready>
		send rr-record -o trace ./leaves\n
		expect what it left running: head .[0-9]
		send enough\n
		expect ready>
		send echo status=$?\n
		expect status=4\r\n
		expect ready>
		send exit 0\n
		status 0
	EOS
	exactly
}

@test "script(1) is recorded with its pseudoterminal" {
	needs script
	recorded script -qec 'tty > name; stty size; echo inside' typescript
	grep -q inside record.out
	replayed
	verified
}

@test "a recorded program can drive a shell in a pseudoterminal" {
	cat > start/p.py <<-'EOF'
		import os, pty, re
		pid, fd = pty.fork()
		if pid == 0:
		    os.environ['PS1'] = 'prompt> '
		    os.execvp('bash', ['bash', '--norc', '-i'])
		def until(text, got=b''):
		    while text not in got: got += os.read(fd, 4096)
		    print(got)
		until(b'prompt> '); os.write(fd, b'echo beg""un; cat\n'); until(b'begun'); os.write(fd, b'hello\n'); until(b'hello\r\nhello\r\n')
		os.write(fd, b'\x1a'); until(b'prompt> '); os.write(fd, b'fg\n'); until(b'cat\r\n')
		os.write(fd, b'again\n'); until(b'again\r\nagain\r\n'); os.write(fd, b'\x03'); until(b'prompt> ')
		os.write(fd, b'exit 4\n'); print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	EOF
	replays /usr/bin/python3 p.py
	[ "$(tail -n 1 record.out)" = 4 ]
}
