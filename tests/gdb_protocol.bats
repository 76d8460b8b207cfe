# rr-gdb -s, packet by packet, on real traces: every packet, malformed ones, and clients that disconnect. The scripts use
# tests/gdb_client.py. tests/unit/gdb_test.c tests details, on a made-up run.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=200
}

setup() {
	common_setup
	programs=$(cd "$tests/../build/tests/programs/gdb" && pwd)
	export PYTHONPATH=$tests PYTHONDONTWRITEBYTECODE=1
	server=
}

teardown() {
	[ -z "$server" ] || kill -KILL "$server" || :
}

# serve PROGRAM [ARG...]: records one of tests/programs/gdb and serves the trace
serve() {
	export PROGRAM=$programs/$1
	shift
	step record rr-record -o "$trace" "$PROGRAM" "$@"
	serve_again
}

# serve_again [OPTION...]
serve_again() {
	rr-gdb "$@" -s "$PWD/server" "$trace" > server.out 2> server.err 3>&- &
	server=$!
	echo "$server" > server.pid
	until_true grep -q "target extended-remote $PWD/server" server.out
}

# client: runs a script from standard input. Then the server must still answer, and end when it is asked to.
client() {
	{ echo 'from gdb_client import *'; cat; } > script.py
	timeout -k 5 150 /usr/bin/python3 script.py > client.out 2>&1 3>&- || { tail -n 30 client.out server.err; return 1; }
	server_ends_well
}

server_ends_well() {
	timeout 60 /usr/bin/python3 -c 'from gdb_client import *
c = Client()
c.has("?", "^[TW]")
c.close()
tasks = tasks_of(server)
check(tasks, "no tasks")
print(*tasks)' > tasks
	kill "$server"
	wait "$server"
	server=
	[ ! -s server.err ]
	[ ! -e server ]
	local task
	for task in $(cat tasks); do
		until_true gone "$task"
	done
}

# --- every packet ---

@test "qSupported lists the server's features" {
	serve hello
	client <<-'END'
		c = Client()
		for feature in ('PacketSize=20000', 'QStartNoAckMode+', 'multiprocess+', 'vContSupported+', 'swbreak+', 'hwbreak+',
		                'ReverseContinue+', 'ReverseStep+', 'qXfer:features:read+', 'qXfer:auxv:read+', 'qXfer:exec-file:read+',
		                'qXfer:siginfo:read+', 'qXfer:threads:read+', 'qXfer:libraries-svr4:read+', 'qXfer:memory-map:read+', 'QPassSignals+',
		                'QCatchSyscalls+', 'ConditionalBreakpoints+', 'fork-events+', 'vfork-events+', 'exec-events+',
		                'QThreadEvents+', 'binary-upload+'):
		    check(feature in c.features, feature)
		c.equals('vCont?', 'vCont;c;C;s;S;t;r')
		c.equals('!', 'OK')
		c.has('?', '^T05.*thread:p')
		c.equals('qSymbol::', 'OK')
		c.equals('QNonStop:0', 'OK')
		c.error('QNonStop:1')
		c.equals('vCtrlC', 'OK')
		c.has('qHostInfo', 'ptrsize:8')
		c.has('qProcessInfo', '^pid:')
		for unknown in ('vMustReplyEmpty', 'qTStatus', 'jThreadsInfo', 'QNothing', 'A', 'qXfer:osdata:read::0,100', 'vFile:unlink:00'):
		    c.equals(unknown, '')
	END
}

@test "threads are listed, chosen and described" {
	serve threads
	client <<-'END'
		c = Client()
		meet = c.run_to('meet')
		ids = c.text('qfThreadInfo')[1:].split(',')
		check(len(ids) == 4 and len(set(ids)) == 4, ids)
		c.equals('qsThreadInfo', 'l')
		for id in ids:
		    c.equals('T' + id, 'OK')
		    c.equals('Hg' + id, 'OK')
		    c.equals('Hc' + id, 'OK')
		    c.equals('qC', 'QC' + id)
		    c.has('qThreadExtraInfo,' + id, '^74687265616473') # threads
		    pid = id[1:].split('.')[0]
		    c.equals('qAttached:' + pid, '1')
		c.equals('Hc-1', 'OK')
		c.equals('Hg0', 'OK')
		for wrong in ('p1.1', 'p%s.1' % pid, '1', 'p7fffffff.-1'):
		    c.error('T' + wrong)
		    c.error('Hg' + wrong)
		    c.error('qThreadExtraInfo,' + wrong)
		check(c.document('threads:read:').count(b'<thread id="p') == 4)
		# each has its own `number`, the argument of meet
		seen = set()
		for i in range(3):
		    c.equals('Hgp%s.%s' % (pid, re.search(r'thread:p\w+\.(\w+)', c.text('?'))[1]), 'OK')
		    seen.add(c.register(5)) # rdi
		    c.text('vCont;c')
		check(seen == {1, 2, 3}, seen)
	END
}

@test "g, G, p and P read and write registers of all kinds" {
	serve hello
	client <<-'END'
		c = Client()
		c.equals('Z0,%x,1' % c.address('add'), 'OK')
		c.has('vCont;c', '10:')
		features = c.document('features:read:target.xml').decode()
		names = re.findall('<reg name="([^"]+)" bitsize="([0-9]+)"', features)
		check([n for n, _ in names[:9]] == ['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8'], names)
		check(('fs_base', '64') in names and ('xmm15', '128') in names)
		all = c.text('g')
		check(len(all) == sum(int(bits) // 4 for _, bits in names))
		at = 0
		for number, (name, bits) in enumerate(names):
		    n = int(bits) // 4
		    check(c.text('p%x' % number) == all[at:at + n], name)
		    at += n
		c.error('p%x' % len(names))
		# written registers can be read back, in a diversion that is discarded later
		c.equals('P3=8877665544332211', 'OK')
		check(c.register(3) == 0x1122334455667788)
		c.monitor('info', 'diversion yes')
		changed = c.text('g')
		c.equals('G' + all, 'OK')
		check(c.text('g') == all)
		c.equals('G' + changed, 'OK')
		xmm = [n for n, _ in names].index('xmm3')
		c.equals('P%x=%s' % (xmm, '5a' * 16), 'OK')
		c.equals('p%x' % xmm, '5a' * 16)
		c.has('vCont;s', '^T05')
		check(c.register(3) != 0x1122334455667788)
		check(c.text('p%x' % xmm) != '5a' * 16)
		c.monitor('info', 'diversion no')
		c.has('bs', '^T05')
		check(c.text('g') == all)
		for wrong in ('P3', 'P3=', 'P3=00', 'P999=00', 'G00', 'pz', 'p', 'P3=zz77665544332211'):
		    c.error(wrong)
	END
}

@test "m, x, M and X access memory, and code reads as in its file" {
	serve hello
	client <<-'END'
		c = Client()
		add = c.run_to('add')
		start = c.address('_start')
		first = open(os.environ['PROGRAM'], 'rb').read()
		bias = c.auxv()[9] - struct.unpack('<Q', first[24:32])[0]
		# the text in memory is that of the file, without breakpoints and counting code
		code = c.memory(start & ~0xfff, 0x400)
		offset = (start & ~0xfff) - bias
		check(code == first[offset:offset + 0x400], 'code is not as the file has it')
		check(c.ask('x%x,40' % add) == b'b' + c.memory(add, 64))
		sp = c.register(RSP)
		c.equals('m%x,0' % sp, '')
		c.error('m10,4')
		c.error('x10,4')
		c.equals('M%x,4:c0ffee11' % sp, 'OK')
		c.equals('m%x,4' % sp, 'c0ffee11')
		c.equals(b'X%x,5:#$*}\0' % sp, 'OK')
		c.equals('m%x,5' % sp, '23242a7d00')
		c.equals('X%x,0:' % sp, 'OK')
		c.error('M10,1:00')
		c.error(b'X10,1:a')
		at = int(c.text(b'qSearch:memory:%x;100;#$*}' % sp).split(',')[1], 16)
		check(at == sp)
		c.equals('qSearch:memory:%x;10;nothere' % sp, '0')
		c.equals('M%x,9:313233343536373839' % sp, 'OK')
		c.equals('qCRC:%x,9' % sp, 'C376e6e7')
		c.error('qCRC:10,9')
		c.has('vCont;s', '^T05')
		check(c.memory(sp, 4) != b'1234')
		# a request for far more than a packet is cut, not refused
		check(0 < len(c.memory(start & ~0xfff, 0x7fffffffffffffff)) <= 65536)
	END
}

@test "code reads as in its file even after the file is removed" {
	cp "$programs/hello" "$programs/static_hello" .
	programs=$PWD
	for program in hello static_hello; do
		serve "$program"
		mv "$program" was
		client <<-'END'
			c = Client()
			file = open('was', 'rb').read()
			os.environ['PROGRAM'] = 'was'
			start = c.address('_start')
			at = file.find(c.memory(start, 64))
			check(at > 0)
			check(c.memory(start, 0x200) == file[at:at + 0x200])
			add = c.address('add')
			check(c.memory(add, 0x80) == file[at + add - start:at + add - start + 0x80])
		END
		rm -r trace
	done
}

@test "qXfer sends auxv, exec-file, libraries and documents in pieces of any size" {
	serve hello
	client <<-'END'
		c = Client()
		check(c.auxv()[6] == 4096)
		pid = re.match(r'QCp(\w+)', c.text('qC'))[1]
		check(c.document('exec-file:read:' + pid).decode() == os.environ['PROGRAM'])
		check(c.document('exec-file:read:').decode() == os.environ['PROGRAM'])
		c.error('qXfer:exec-file:read:1:0,100')
		c.run_to('main')
		check(b'libc.so.6"' in c.document('libraries-svr4:read:'))
		for name in ('features:read:target.xml', 'libraries-svr4:read:', 'threads:read:', 'auxv:read:', 'memory-map:read:'):
		    whole = c.document(name)
		    for piece in (1, 7, 0x40, 0xfff, 0x7fffffff):
		        if piece > 1 or len(whole) < 1000:
		            check(c.document(name, piece) == whole, name, piece)
		    c.error('qXfer:%s:%x,10' % (name, len(whole) + 1))
		    c.equals('qXfer:%s:%x,10' % (name, len(whole)), 'l')
		c.error('qXfer:features:read:other.xml:0,100')
		c.error('qXfer:siginfo:read::0,80')
	END
}

@test "at a crash, qXfer sends siginfo, and the run ends there" {
	serve crash
	client <<-'END'
		c = Client()
		c.has('vCont;c', '^T0b')
		info = c.document('siginfo:read:')
		check(len(info) == 128 and info[:4] == struct.pack('<i', 11), info)
		check(struct.unpack('<Q', info[16:24])[0] == 8) # n->next->value of a null pointer
		c.has('vCont;C0b', 'replaylog:end|^X0b')
		c.has('bc', '^T0b')
		c.equals('QPassSignals:b', 'OK')
		c.has('bc', 'replaylog:begin')
	END
}

@test "qGetTLSAddr finds thread-locals" {
	serve hello
	client <<-'END'
		c = Client()
		c.run_to('twice')
		thread = c.text('qC')[2:]
		lm = re.search(r'main-lm="(\w+)"', c.document('libraries-svr4:read:').decode())[1]
		at = int(c.text('qGetTLSAddr:%s,0,%x' % (thread, int(lm, 16))), 16)
		check(struct.unpack('<q', c.memory(at, 8))[0] == 40)
		c.error('qGetTLSAddr:%s,0' % thread)
		c.error('qGetTLSAddr:p1.1,0,0')
		c.error('qGetTLSAddr:%s,0,123456' % thread)
	END
}

@test "Z and z set and clear breakpoints and watchpoints of all kinds, both ways" {
	serve hello
	client <<-'END'
		c = Client()
		add, total, main = c.address('add'), c.address('total'), c.address('main')
		c.equals('Z0,%x,1' % add, 'OK')
		c.equals('Z0,%x,1' % add, 'OK')
		places = []
		for i in range(6):
		    c.has('vCont;c', 'swbreak:;')
		    check(c.register(RIP) == add)
		    places.append(c.monitor('when'))
		check(len(set(places)) == 6)
		for i in range(5):
		    c.has('bc', 'swbreak:;')
		    check(c.monitor('when') == places[4 - i])
		c.equals('z0,%x,1' % add, 'OK')
		c.equals('Z1,%x,1' % add, 'OK')
		c.has('vCont;c', 'hwbreak:;')
		check(c.monitor('when') == places[1])
		c.equals('z1,%x,1' % add, 'OK')
		c.equals('z1,%x,1' % add, 'OK')
		c.equals('Z2,%x,4' % total, 'OK')
		before = c.memory(total, 4)
		c.has('vCont;c', ';watch:%x;' % total)
		after = c.memory(total, 4)
		check(before != after)
		c.has('bc', ';watch:%x;' % total)
		check(c.memory(total, 4) == before)
		c.equals('z2,%x,4' % total, 'OK')
		c.equals('Z4,%x,4' % total, 'OK')
		c.has('vCont;c', ';awatch:%x;' % total)
		c.equals('z4,%x,4' % total, 'OK')
		c.equals('Z3,%x,4' % total, 'OK')
		c.has('vCont;c', ';rwatch:%x;|;awatch:%x;' % (total, total))
		c.equals('z3,%x,4' % total, 'OK')
		# conditions: esi, add's n, is 1 or more
		c.monitor('seek 1')
		c.equals('Z0,%x,1;X6,2600042200' % add, 'E16') # shorter than its length field
		c.equals('Z0,%x,1;X3,220027' % add, 'OK') # never
		c.has('vCont;c', 'replaylog:end')
		c.monitor('seek 1')
		c.equals('Z0,%x,1;X7,26000422011327' % add, 'OK') # esi == 1
		c.has('vCont;c', 'swbreak')
		check(c.register(4) == 1 and c.monitor('when') == places[1])
		for wrong in ('Z', 'Z0', 'Z0,', 'Z7,%x,1' % add, 'Z0,%x' % add, 'Z2,%x,0' % total, 'z9,0,0', 'Z0,%x,1;Y' % add):
		    c.error(wrong)
	END
}

@test "vCont, s, c, bs and bc step and run both ways, to both ends" {
	serve hello
	client <<-'END'
		c = Client()
		main = c.run_to('main')
		thread = c.text('qC')[2:]
		pcs = [c.register(RIP)]
		for step in ('vCont;s:%s;c' % thread, 's', 'vCont;S05:' + thread, 'S05', 'vCont;s', 'vCont;t:1;s:' + thread):
		    c.has(step, '^T05')
		    pcs.append(c.register(RIP))
		check(len(set(pcs)) == 7 and main == pcs[0], pcs)
		for pc in reversed(pcs[:-1]):
		    c.has('bs', '^T05')
		    check(c.register(RIP) == pc)
		# a range ends at the first instruction outside of it
		c.has('vCont;r%x,%x:%s' % (main, main + 12, thread), '^T05')
		check(not main <= c.register(RIP) < main + 12)
		for go in ('c', 'C05', 'vCont;c', 'vCont;C05:%s' % thread, 'vCont;c:p%s.-1' % thread[1:].split('.')[0]):
		    c.has(go, 'replaylog:end')
		check(c.console == b'')
		c.has('bc', 'swbreak')
		c.equals('z0,%x,1' % main, 'OK')
		c.has('bc', 'replaylog:begin')
		c.has('bs', 'replaylog:begin')
		c.has('bc', 'replaylog:begin')
		c.has('vCont;t', 'replaylog:begin|^T05')
		for wrong in ('vCont;', 'vCont;q', 'vCont;s:p1.1', 'vCont;r', 'vCont;r1,', 'vCont;C', 'vCont;c:zz'):
		    c.error(wrong)
	END
}

@test "program output is sent while it runs, once" {
	serve hello
	client <<-'END'
		c = Client()
		c.has('vCont;c', 'replaylog:end')
		check(c.console == b'7 15 43 first\n', c.console)
		c.has('bc', 'replaylog:begin')
		c.has('vCont;c', 'replaylog:end')
		check(c.console == b'', c.console)
	END
}

@test "QPassSignals, QCatchSyscalls and QThreadEvents select the stops" {
	serve threads
	client <<-'END'
		c = Client()
		c.equals('QCatchSyscalls:1;1', 'OK')
		c.has('vCont;c', 'syscall_entry:1;')
		c.has('vCont;c', 'syscall_return:1;')
		c.has('bc', 'syscall_entry:1;')
		c.has('bc', 'replaylog:begin')
		c.monitor('seek 1')
		c.equals('QCatchSyscalls:1', 'OK')
		c.has('vCont;c', 'syscall_')
		c.equals('QCatchSyscalls:0', 'OK')
		c.equals('QThreadEvents:1', 'OK')
		made = {re.search(r'thread:(\S+?);', c.has('vCont;c', 'create:;'))[1] for i in range(3)}
		check(len(made) == 3)
		ended = {c.has('vCont;c', '^w0;').split(';')[1] for i in range(3)}
		check(made == ended, made, ended)
		c.equals('QThreadEvents:0', 'OK')
		c.has('bc', 'replaylog:begin')
		c.equals('QPassSignals:e;14;17', 'OK')
		c.equals('QPassSignals:', 'OK')
		for wrong in ('QPassSignals:x', 'QCatchSyscalls:2', 'QCatchSyscalls:1;zz', 'QThreadEvents:2'):
		    c.error(wrong)
	END
}

@test "fork and exec are reported, and D, k, vKill, vAttach, vRun and R handle processes" {
	serve family
	client <<-'END'
		c = Client()
		first = c.text('qC')[3:].split('.')[0]
		child = re.search(r';v?fork:p(\w+)\.', c.has('vCont;c', 'fork:'))[1]
		c.equals('Hgp%s.0' % child, 'OK')
		c.has('qXfer:exec-file:read:%s:0,1000' % child, 'family')
		c.equals('D;' + first, 'OK')
		c.error('D;' + first)
		c.has('vCont;c', ';exec:')
		c.has('vCont;c', 'replaylog:end')
		c.has('bc', ';exec:|replaylog:begin')
		c.equals('vKill;' + child, 'OK')
		c.equals('?', 'W00')
		c.error('vCont;c')
		c.error('g')
		c.error('bc')
		c.equals('qfThreadInfo', 'l')
		c.has('vAttach;' + child, '^T')
		c.equals('D', 'OK')
		c.error('vAttach;1')
		c.has('vRun;', '^T05')
		c.has('qC', '^QCp' + first)
		c.has('vRun;;' + b'5'.hex(), '^T')
		c.monitor('when', '^5')
		c.equals('vRun;;' + b'nowhere'.hex(), 'E.run: takes a position, EVENT[:TICKS[+INSNS]]')
		c.send('R00')
		c.monitor('when', '^1')
		c.send('k')
		c.equals('?', 'W00')
		c.close()
		# the next client finds everything once more
		c = Client()
		c.has('?', '^T05')
		for wrong in ('D;zz', 'vKill;', 'vKill;0', 'vAttach;', 'vAttach;zz', 'vRun', 'vRun;;3:x'):
		    c.error(wrong)
	END
}

@test "vFile packets read the program's mapped files, and no others" {
	serve hello
	client <<-'END'
		def name(text):
		    return text.encode().hex()
		c = Client()
		c.equals('vFile:setfs:0', 'F0')
		program = os.environ['PROGRAM']
		fd = c.has('vFile:open:%s,0,0' % name(program), '^F[0-9a-f]+$')[1:]
		whole, at = b'', 0
		while True:
		    got = c.ask('vFile:pread:%s,3fff,%x' % (fd, at))
		    n, _, body = got[1:].partition(b';')
		    check(len(body) == int(n, 16), n)
		    if not body:
		        break
		    whole, at = whole + body, at + len(body)
		check(whole == open(program, 'rb').read(), 'not the file')
		stat = c.ask('vFile:fstat:' + fd)
		check(int.from_bytes(stat[4 + 28:4 + 36], 'big') == len(whole))
		c.equals('vFile:close:' + fd, 'F0')
		c.error('vFile:close:' + fd)
		c.error('vFile:pread:%s,10,0' % fd)
		pid = int(c.text('qC')[3:].split('.')[0], 16)
		c.has('vFile:readlink:' + name('/proc/%d/exe' % pid), ';' + re.escape(program) + '$')
		fd = c.has('vFile:open:%s,0,0' % name('/proc/%d/maps' % pid), '^F[0-9a-f]+$')[1:]
		c.has('vFile:pread:%s,4000,0' % fd, re.escape(program))
		for other in ('/etc/passwd', '/proc/self/maps', '/proc/1/maps', '/proc/%d/environ' % pid, '', '../../../etc/passwd', program + '/../hello'):
		    c.error('vFile:open:%s,0,0' % name(other))
		c.error('vFile:open:%s,1,0' % name(program)) # for writing
		c.error('vFile:open:%s,601,1ff' % name('/tmp/gdb_client'))
		for wrong in ('vFile:open:', 'vFile:open:zz,0,0', 'vFile:open:00,0,0', 'vFile:pread:', 'vFile:close:', 'vFile:fstat:99',
		              'vFile:readlink:', 'vFile:setfs:x'):
		    c.error(wrong)
	END
}

@test "monitor commands work" {
	serve hello
	client <<-'END'
		c = Client()
		listed = c.monitor('help')
		for command in ('help', 'when', 'when-ticks', 'elapsed', 'seek', 'run', 'checkpoint', 'restart', 'delete', 'info', 'dump'):
		    check(re.search('^%s ' % command, listed, re.M), command)
		c.monitor('when', r'^1\n$')
		c.monitor('when-ticks', r'^[0-9]+\n$')
		c.monitor('elapsed', r'^0\.[0-9]{9}\n$')
		c.run_to('add')
		here = c.monitor('when').strip()
		c.monitor('checkpoint', '^checkpoint 1 at ' + re.escape(here))
		c.has('vCont;c', 'swbreak')
		c.monitor('restart 1', '^' + re.escape(here))
		c.monitor('restart', r'^1\n')
		c.monitor('seek ' + here, '^' + re.escape(here))
		c.monitor('run 3', '^3')
		c.monitor('info', '(?s)position 3.*checkpoint 1')
		c.monitor('delete 1')
		c.monitor('restart 1', 'no such checkpoint')
		c.monitor('dump 1-3', r'(?s)1 .*execve.*\n3 ')
		c.monitor('seek 99999999', r'^[0-9]')
		for command, answer in (('seek', 'where'), ('seek x', 'not a position'), ('dump x', 'not a range'), ('nonsense', 'no such command'),
		                        ('delete', 'no such'), ('delete 0', 'no such'), ('seek 1:2:3', 'not a position')):
		    c.monitor(command, answer)
		for wrong in ('qRcmd', 'qRcmd,', 'qRcmd,6', 'qRcmd,zz', 'qRcmd,00'):
		    check(c.text(wrong) in ('', 'OK') or c.error(wrong) is None)
	END
}

@test "functions are called in a diversion, which the next resume discards" {
	serve hello
	client <<-'END'
		c = Client()
		add, total = c.address('add'), c.address('total')
		c.equals('Z0,%x,1' % add, 'OK')
		c.has('vCont;c', 'swbreak')
		here, all, sp = c.monitor('when'), c.text('g'), c.register(RSP)
		point = c.register(5)
		c.equals('z0,%x,1' % add, 'OK')
		# add(p, 100), called by hand
		back = struct.unpack('<Q', c.memory(sp, 8))[0]
		low = (sp - 1024) & ~15
		low -= 8
		c.equals('M%x,8:%s' % (low, struct.pack('<Q', back).hex()), 'OK')
		for number, value in ((RSP, low), (4, 100), (5, point), (RIP, add)):
		    c.equals('P%x=%s' % (number, struct.pack('<Q', value).hex()), 'OK')
		c.equals('Z0,%x,1' % back, 'OK')
		c.has('vCont;c', 'swbreak')
		check(c.register(RIP) == back and c.register(RAX) & 0xffffffff == 101, c.register(RAX))
		check(c.memory(total, 4) == struct.pack('<i', 101))
		c.equals('z0,%x,1' % back, 'OK')
		c.equals('G' + all, 'OK')
		c.has('vCont;s', '^T05')
		check(c.memory(total, 4) == bytes(4))
		c.has('bs', '^T05')
		check(c.monitor('when') == here and c.text('g') == all)
	END
}

# --- malformed packets ---

@test "packets with bad checksums are requested again, and refused replies sent again" {
	serve hello
	client <<-'END'
		c = Client(hello=False)
		for wrong in (b'$qC#00', b'$qC#zz', b'$qC#b5', b'$#01', b'$?#3e'):
		    c.raw(wrong)
		    check(c.bytes(1) == b'-', wrong)
		c.raw(b'$qC#b4')
		check(c.bytes(1) == b'+')
		one = c.packet()
		check(one.startswith(b'QC'))
		for i in range(5):
		    c.socket.sendall(b'-')
		    check(c.packet() == one)
		c.raw(b'+++++')
		check(c.ask('qC') == one)
	END
}

@test "noise between packets and partial packets are ignored" {
	serve hello
	client <<-'END'
		c = Client()
		one = c.ask('qC')
		for noise in (b'+', b'-' * 0, b'xyz', b'\0' * 5000, b'#', b'#00', b'\3', b'\3' * 50, bytes(range(0x25, 0x100)), b'$', b'$qAtt', b'$}'):
		    c.raw(noise.replace(b'-', b''))
		    c.raw(b' ' if noise.endswith(b'}') else b'')
		    check(c.ask('qC') == one, noise)
	END
}

@test "packets that are too long are an error, and the next one is read" {
	serve hello
	client <<-'END'
		c = Client()
		one = c.ask('qC')
		for n in (0x20000 + 1, 0x100000, 0x1000000):
		    check(c.ask(b'm' * n)[:1] == b'E', n)
		    check(c.ask('qC') == one)
		check(c.ask(b'm' * 0x20000)[:1] == b'E')
		check(c.ask(b'M' + b'0' * 0x1fff0)[:1] == b'E')
		check(c.ask(b'qXfer:' + b':' * 0x1f000)[:1] in (b'E', b''))
		check(c.ask(b'vCont' + b';c' * 0xf000)[:1] in (b'T', b'E', b'W'))
		check(c.ask(b'vFile:open:' + b'2f' * 0xf000 + b',0,0') == b'F-1,2')
		c.equals(b'qRcmd,' + b'20' * 0xf000, 'OK')
		c.monitor('seek 1')
		check(c.ask('qC') == one)
	END
}

@test "malformed packets get an error or an empty reply, and change nothing" {
	serve hello
	client <<-'END'
		import random
		c = Client()
		c.has('vCont;s', '^T05')
		here, all = c.monitor('when'), c.ask('g')
		# each packet, cut at each byte, and with a byte or two changed; but none that has no reply or resumes
		packets = [b'm%x,20' % c.register(RSP), b'x%x,20' % c.register(RSP), b'p10', b'Hg-1', b'Tp1.1', b'qC', b'qCRC:1000,10',
		           b'qSearch:memory:1000;10;abc', b'qGetTLSAddr:p1.1,10,20', b'qXfer:features:read:target.xml:0,100',
		           b'qXfer:auxv:read::0,100', b'qXfer:exec-file:read:1:0,100', b'qXfer:threads:read::0,100', b'qXfer:siginfo:read::0,80',
		           b'qXfer:libraries-svr4:read::0,100', b'qThreadExtraInfo,p1.1', b'QPassSignals:e;14', b'QCatchSyscalls:0',
		           b'QThreadEvents:0', b'vFile:open:2f,0,0', b'vFile:pread:1,10,0', b'vFile:fstat:1', b'vFile:readlink:2f',
		           b'vFile:setfs:0', b'vCont?', b'qSupported:multiprocess+;swbreak+', b'z0,1000,1', b'Z0,1000,1;X3,220027', b'qRcmd,77',
		           b'qAttached:1', b'qSymbol::', b'vMustReplyEmpty']
		dice = random.Random(1)
		sent = 0
		for packet in packets:
		    wrong = [packet[:n] for n in range(1, len(packet))]
		    for i in range(40):
		        p = bytearray(packet)
		        for j in range(dice.randint(1, 3)):
		            p[dice.randrange(1, len(p))] = dice.choice(b'\0\1,;:.-+=0fz9XpQ\xff')
		        wrong.append(bytes(p))
		    for w in wrong:
		        c.ask(w)
		        sent += 1
		c.ask('qSupported:multiprocess+;swbreak+;hwbreak+')
		check(c.monitor('when') == here and c.ask('g') == all)
		print(sent)
	END
}

@test "each packet of random bytes gets a reply" {
	serve family
	client <<-'END'
		import random
		dice = random.Random(2)
		c = Client()
		firsts = b'?!DGHMPTXZzgmpxcsSCqQvb'
		names = (b'vCont;', b'qXfer:', b'vFile:', b'qRcmd,', b'vRun;', b'vKill;', b'vAttach;', b'QPassSignals:', b'QCatchSyscalls:1;',
		         b'Z0,', b'Z2,', b'M', b'P', b'G', b'bc', b'bs', b's', b'D;', b'vCont;s:p', b'vCont;r0,')
		for i in range(1500):
		    head = dice.choice(names) if i % 2 else bytes([dice.choice(firsts)])
		    alphabet = bytes(range(256)) if i % 3 else b'0123456789abcdef,;:.p-'
		    c.ask(head + bytes(dice.choice(alphabet) for j in range(dice.randrange(24))))
		    if i % 100 == 99: # it may have detached from all processes
		        c.close()
		        c = Client()
	END
}

# --- at the wrong time ---

@test "packets sent together are answered in order, those sent during a run after its stop" {
	serve heap 2000000000
	client <<-'END'
		c = Client()
		one = c.ask('qC')
		c.raw(b''.join(frame(p) for p in (b'qC', b'?', b'qC', b'vCont?', b'qC')))
		check(c.answer() == one and c.answer()[:1] == b'T' and c.answer() == one)
		check(c.answer()[:5] == b'vCont' and c.answer() == one)
		work = c.run_to('work')
		c.send('vCont;c')
		for i in range(300):
		    c.send('qC')
		c.raw(b'\3')
		check(re.match(rb'T02', c.answer()))
		for i in range(300):
		    check(c.answer() == one)
		# an interrupt that comes too late is ignored
		c.raw(b'\3')
		check(c.ask('qC') == one)
		# one that comes too early: right after the packet
		c.raw(frame(b'vCont;c') + b'\3')
		check(c.answer()[:1] == b'T')
	END
}

@test "^C stops a run backwards" {
	serve heap 200000000
	client <<-'END'
		c = Client()
		c.equals('QPassSignals:b', 'OK')
		c.has('vCont;c', 'replaylog:end')
		c.equals('Z0,%x,1;X3,220027' % c.address('main'), 'OK')
		c.send('bc')
		time.sleep(0.05)
		c.raw(b'\3')
		check(re.match(rb'T02|T05.*replaylog:begin', c.answer()))
		c.has('?', '^T')
	END
}

# --- clients that disconnect ---

@test "a client may disconnect after any byte" {
	serve hello
	client <<-'END'
		c = Client()
		add = c.address('add')
		c.close()
		talk = b''.join(frame(p) for p in (
		    b'qSupported:multiprocess+;swbreak+', b'?', b'qXfer:features:read:target.xml:0,1000', b'Z0,%x,1' % add, b'vCont;c', b'P0=1122334455667788',
		    b'vFile:open:' + os.environ['PROGRAM'].encode().hex().encode() + b',0,0', b'vCont;s', b'bs', b'bc', b'm%x,10' % add, b'k'))
		before = len(tasks_of(server))
		for n in range(0, len(talk), 3):
		    c = Client(hello=False)
		    c.raw(talk[:n])
		    c.close()
		c = Client()
		check(len(tasks_of(server)) <= before + 20, tasks_of(server))
		files = len(os.listdir('/proc/%d/fd' % server))
		check(files < 60, files)
		# breakpoints of the previous clients are gone
		c.monitor('seek 1')
		c.has('vCont;c', 'replaylog:end')
	END
}

@test "a client may disconnect during a run, and the next one is served at once" {
	serve heap 1000000000
	client <<-'END'
		for how in ('close', 'reset', 'half', 'full'):
		    c = Client()
		    c.monitor('seek 1')
		    c.send('vCont;c')
		    time.sleep(0.3)
		    if how == 'half':
		        c.raw(b'$vCont;')
		    elif how == 'full':
		        c.socket.setblocking(False)
		        try:
		            for i in range(20000):
		                c.raw(frame(b'qC'))
		        except BlockingIOError:
		            pass
		    elif how == 'reset':
		        c.raw(b'\3' + frame(b'g'))
		    c.close()
		    before = time.time()
		    c = Client()
		    c.has('?', '^T')
		    took = time.time() - before
		    check(took < 5, how, took)
		    c.close()
	END
}

@test "a client that read no replies blocks nobody after it disconnects" {
	serve hello
	client <<-'END'
		c = Client()
		sp = c.register(RSP)
		c.socket.setblocking(False)
		try:
		    for i in range(5000):
		        c.raw(frame(b'qXfer:features:read:target.xml:0,1000'))
		except BlockingIOError:
		    pass
		time.sleep(0.2)
		c.close()
		c = Client()
		check(c.register(RSP) == sp)
	END
}

@test "one client is served at a time, the next one after it has gone" {
	serve hello
	client <<-'END'
		c = Client()
		second = Client(hello=False)
		second.send('qC')
		c.run_to('add')
		one = c.ask('qC')
		second.socket.settimeout(0.3)
		try:
		    second.socket.recv(1)
		    fail('answered')
		except socket.timeout:
		    pass
		second.socket.settimeout(LIMIT)
		here = c.monitor('when')
		c.close()
		check(second.answer().startswith(b'QC'))
		check(second.monitor('when') == here)
	END
}

@test "the server ends on SIGTERM, whatever its client is doing" {
	step record rr-record -o "$trace" "$programs/heap" 1000000000
	for doing in 'c = Client()' 'c = Client(); c.send("vCont;c")' 'c = Client(); c.raw(b"$vCont;")' \
		'c = Client(); [c.send("qXfer:features:read:target.xml:0,1000") for i in range(20)]'; do
		serve_again
		/usr/bin/python3 -c "from gdb_client import *
$doing
time.sleep(0.2)
print(*tasks_of(server), flush=True)
c.socket.settimeout(100)
while c.socket.recv(4096): pass" > tasks 3>&- &
		busy=$!
		until_true [ -s tasks ]
		kill "$server"
		wait "$server"
		server=
		wait "$busy"
		[ ! -s server.err ]
		[ ! -e server ]
		for task in $(cat tasks); do
			until_true gone "$task"
		done
		rm tasks
	done
}
