# rr-pack: packed traces replay anywhere, and a failure leaves a trace as it was.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=300 sample=$BATS_FILE_TMPDIR/sample
	PATH=$BATS_TEST_DIRNAME/../bin:$PATH
	mkdir "$sample"
	cd "$sample"
	rr-record -o t sh -c 'ls / | sort > f; sort -r f; (exit 3); cat f' > out < /dev/null 3>&-
	cp -a t packed
	rr-pack packed
}

setup() {
	common_setup
	cp -a "$sample/t" t
	cp "$sample/out" record.out
	trace=$here/t
}

teardown() {
	[ -z "$recorder" ] || kill -9 "$recorder" 2> kill.err || :
	[ -z "$mounted" ] || umount "$mounted"
}

# packs ARG...: rr-pack must succeed and print nothing on stderr
packs() {
	step pack rr-pack "$@"
	[ "$step_status" = 0 ]
	[ ! -s pack.out ]
	[ ! -s pack.err ]
}

# refuses WORD ARG...: rr-pack must end with status 2 and print only one line with that word, on stderr
refuses() {
	local word=$1
	shift
	step pack rr-pack "$@"
	[ "$step_status" = 2 ]
	[ "$(wc -l < pack.err)" = 1 ]
	grep -q -- "^rr-pack: .*$word" pack.err
	[ ! -s pack.out ]
}

# killed SECONDS ARG...: kills rr-pack after that time unless it has ended, and waits until it is gone
killed() {
	local after=$1 pid
	shift
	rr-pack "$@" > kill.out 2>&1 3>&- &
	pid=$!
	read -r -t "$after" <> <(:) || :
	kill -KILL "$pid" 2> kill.err || :
	wait "$pid" 2> kill.err || :
}

# sums DIR: prints names, modes and checksums of all files
sums() {
	(cd "$1" && find . -type f -printf '%m %p\n' | sort && find . -type f | sort | xargs cksum)
}

nothing_left() {
	[ -z "$(find . -name '.rr-pack-*' -o -name '*.new' -o -name 'new.*' -o -name '*.tar.????????')" ]
}

# Every mapping must come from the trace.
self_contained() {
	[ -z "$(rr-dump -M "$1" | awk -F'\t' '$6 == "file"')" ]
}

# elsewhere COMMAND...: runs it where /usr/bin/sort is another program, as root of a new user namespace
elsewhere() {
	unshare -rm true 2> unshare.err || skip "no namespaces here"
	cat /bin/true > other
	chmod 755 other
	step elsewhere unshare -rm sh -c 'mount --bind "$0" /usr/bin/sort && exec "$@"' "$here/other" "$@"
}

# --- in place

@test "a packed trace replays exactly without any other file" {
	not self_contained t
	packs t
	self_contained t
	replayed
	verified
	nothing_left
}

@test "after a program has changed, only a trace packed before replays, and packing is refused" {
	elsewhere rr-replay t
	[ "$step_status" = 2 ]
	grep -q '/usr/bin/sort' elsewhere.err
	sums t > before
	elsewhere rr-pack t
	[ "$step_status" = 2 ]
	[ "$(cat elsewhere.err)" = "rr-pack: /usr/bin/sort: has changed since it was recorded" ]
	sums t > after
	same before after
	elsewhere rr-replay "$sample/packed"
	[ "$step_status" = 0 ]
	same record.out elsewhere.out
}

@test "packing twice changes nothing" {
	packs t
	sums t > once
	packs t
	sums t > twice
	same once twice
}

@test "the same recording packs to the same bytes" {
	packs t
	sums t > one
	sums "$sample/packed" > other
	same one other
}

@test "packed files are named by their contents and stored once" {
	packs t
	[ -z "$(ls t/files | grep -vE '^[0-9a-f]{32}$')" ]
	[ -z "$(cksum t/files/* | awk '{ print $1, $2 }' | sort | uniq -d)" ]
}

@test "a file that many processes map is packed once" {
	packs t
	copies=$(rr-dump -M t | awk -F'\t' '$6 == "copy" && $7 ~ /libc\.so/ { print $7 }' | sort | uniq -c)
	[ "$(wc -l <<< "$copies")" = 1 ]
	[ "$(awk '{ print $1 }' <<< "$copies")" -gt 4 ]
}

@test "packing does not change the events" {
	rr-dump -m t > before
	packs t
	rr-dump -m t > after
	same before after
}

@test "traces of bash, python3, sqlite3 and gcc can be packed" {
	needs bash python3 sqlite3 gcc
	printf 'int main(void) { return 0; }\n' > start/a.c
	for command in "bash -c 'for i in 1 2 3; do (echo \$i); done'" "/usr/bin/python3 -c 'import json; print(json.dumps([1, 2]))'" \
		"sqlite3 :memory: 'select 6 * 7'" "gcc -O -o a a.c"; do
		trace=$here/trace
		rm -rf "$trace"
		fresh record rr-record -o "$trace" bash -c "$command"
		[ "$step_status" = 0 ]
		packs "$trace"
		self_contained "$trace"
		rm -rf work
		elsewhere rr-replay "$trace"
		[ "$step_status" = 0 ]
		same record.out elsewhere.out
		verified
	done
}

@test "-n shows what would be added, and changes nothing" {
	sums t > before
	step plan rr-pack -n t
	[ "$step_status" = 0 ]
	sums t > after
	same before after
	grep -qP '^add\t[0-9]+\t[0-9a-f]{32}\t/usr/bin/sort$' plan.out
	grep -qP '^have\t[0-9]+\t[0-9a-f]{32}\t/' plan.out
	[ "$(tail -n 1 plan.out | cut -f 2)" = "$(awk -F'\t' '$1 == "add" { n += $2 } END { print n }' plan.out)" ]
	packs t
	step again rr-pack -n t
	[ "$(tail -n 1 again.out | cut -f 2)" = 0 ]
	not grep -v -e ^have -e ^total again.out
}

@test "-n shows what is missing or has changed" {
	elsewhere rr-pack -n t
	[ "$step_status" = 2 ]
	grep -qP '^changed\t[0-9]+\t-\t/usr/bin/sort$' elsewhere.out
	[ "$(wc -l < elsewhere.err)" = 1 ]
}

@test "a trace that is being recorded is refused" {
	mkfifo gate
	rr-record -o live cat gate > record.out 2> record.err 3>&- < /dev/null &
	recorder=$!
	until_true test -s live/events
	refuses "being written to" live
	refuses "being written to" -o live.tar live
	kill "$recorder"
	wait "$recorder" || :
	recorder=
	packs live
	nothing_left
}

@test "a trace that was cut short is packed to its end" {
	rm t/version
	step pack rr-pack t
	[ "$step_status" = 0 ]
	grep -q 'cut short at event' pack.err
	self_contained t
	elsewhere rr-replay t
	[ "$step_status" = 0 ]
	grep -q 'last that is whole' elsewhere.err
	same record.out elsewhere.out
	refuses "cut short" --strip-env t
}

@test "a damaged copy is reported" {
	packs t
	name=$(ls t/files | head -n 1)
	chmod 600 "t/files/$name"
	printf x | dd of="t/files/$name" bs=1 conv=notrunc 2> dd.err
	refuses "$name: damaged" t
}

@test "holes in files stay holes when packed, archived and unpacked" {
	truncate -s 300M start/hole
	printf middle | dd of=start/hole bs=1 seek=100M conv=notrunc 2> dd.err
	truncate -s 200M start/empty
	trace=$here/trace
	recorded /usr/bin/python3 -c '
import mmap, sys
for name in "hole", "empty":
	with open(name, "rb") as f:
		m = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ, flags=mmap.MAP_PRIVATE)
		print(len(m), m.find(b"middle"), m[-1])'
	packs trace
	[ "$(find trace/files -size +150M | wc -l)" = 2 ]
	[ "$(du -sk trace | cut -f 1)" -lt 60000 ]
	rm -rf work
	replayed
	packs -o t.tar trace
	[ "$(stat -c %s t.tar)" -lt 60000000 ]
	packs -x t.tar unpacked
	mkdir plain
	tar -C plain -xf t.tar
	for dir in unpacked plain/trace; do
		diff -r trace $dir
		[ "$(du -sk $dir | cut -f 1)" -lt 60000 ]
	done
}

# --- archives

@test "making an archive leaves the trace unchanged, and the archive equals packing in place" {
	sums t > before
	packs -o t.tar t
	sums t > after
	same before after
	packs -x t.tar new
	diff -r new "$sample/packed"
	trace=$here/new
	replayed
	verified
	nothing_left
}

@test "plain tar unpacks an archive" {
	rr-pack -o - t | tar x -C start
	diff -r start/t "$sample/packed"
}

@test "the same recording gives the same archive, packed or not, at any time" {
	packs -o one.tar t
	packs t
	find t -exec touch -d 2001-01-01 {} +
	packs -o two.tar t
	cmp one.tar two.tar
}

@test "-x without a directory makes the one named in the archive, once" {
	packs -o t.tar t
	mv t old
	packs -x t.tar
	diff -r t "$sample/packed"
	refuses exists -x t.tar
	refuses exists -x t.tar old
	rr-pack -o - old | (mkdir in && cd in && rr-pack -x -)
	diff -r in/old "$sample/packed"
	nothing_left
}

@test "modes and times in an archive reveal nothing about its maker" {
	packs -o t.tar t
	[ "$(tar -tvf t.tar | awk '{ print $2, $4 }' | sort -u)" = "0/0 2000-01-01" ]
	[ "$(stat -c %a t.tar)" = 600 ]
}

@test "an archive is not written to a terminal or over a directory" {
	mkdir dir
	refuses "is a directory" -o dir t
	refuses "No such file" -o nowhere/t.tar t
	script -qec 'rr-pack -o - t' /dev/null < /dev/null > script.out 2>&1 || :
	grep -q terminal script.out
}

@test "an archive that is cut short anywhere is refused" {
	packs -o t.tar t
	size=$(stat -c %s t.tar)
	for part in 0 1 300 511 512 1000 1536 5000 100000 $((size / 2)) $((size - 20000)) $((size - 3000)); do
		head -c "$part" t.tar > cut.tar
		refuses cut.tar -x cut.tar new
		[ ! -e new ]
		nothing_left
	done
}

# archive ENTRY...: makes bad.tar of good files and these entries. An entry is Python: keyword arguments of TarInfo, or nothing
archive() {
	/usr/bin/python3 - "$sample/packed" "$@" <<-'EOF'
	import io, sys, tarfile
	good, entries = sys.argv[1], sys.argv[2:]
	tar = tarfile.open('bad.tar', 'w', format=tarfile.PAX_FORMAT)
	def put(name, body=b'', **more):
	    t = tarfile.TarInfo(name)
	    t.size = len(body)
	    for k, v in more.items():
	        setattr(t, k, v)
	    tar.addfile(t, io.BytesIO(body))
	put('t/', type=tarfile.DIRTYPE)
	for name in 'args_env', 'events', 'mmaps', 'data', 'version':
	    put('t/' + name, open(good + '/' + name, 'rb').read())
	for e in entries:
	    exec(e)
	tar.close()
	EOF
}

# hostile WORD ENTRY: the archive must be refused with that word, and nothing may be left
hostile() {
	mkdir -p in
	archive "$2"
	(cd in; refuses "$1" -x ../bad.tar && [ -z "$(ls -A)" ]) || { echo "$2"; return 1; }
	[ ! -e outside ] && [ ! -e in/outside ] && [ ! -e /tmp/rr-outside ]
}

@test "an archive of only good files is accepted" {
	archive
	packs -x bad.tar new
	rr-dump new > dump
}

@test "archives that would write outside the directory are refused" {
	hostile "absolute path" "put('/tmp/rr-outside', b'x')"
	hostile "not in the one directory" "put('../outside', b'x')"
	hostile "not a file of a trace" "put('t/../outside', b'x')"
	hostile "not a file of a trace" "put('t/../../outside', b'x')"
	hostile "not a file of a trace" "put('t/files/../../outside', b'x')"
	hostile "not a file of a trace" "put('t/files/..', b'x')"
	hostile "not a file of a trace" "put('t/files/a/b', b'x')"
	hostile "not a file of a trace" "put('t/outside', b'x')"
	hostile "not in the one directory" "put('u/data', b'x')"
	hostile "not in the one directory" "put('outside', b'x')"
	hostile "not a directory of a trace" "put('t/other/', type=tarfile.DIRTYPE)"
	hostile "not a directory of a trace" "put('t/files/more/', type=tarfile.DIRTYPE)"
	hostile "not a directory of a trace" "put('t/events', type=tarfile.DIRTYPE)"
}

@test "archives with links and devices are refused" {
	hostile "a link" "put('t/files/a', type=tarfile.SYMTYPE, linkname='/etc/passwd')"
	hostile "a link" "put('t/files', type=tarfile.SYMTYPE, linkname='..'); put('t/files/outside', b'x')"
	hostile "a link" "put('t/files/a', type=tarfile.LNKTYPE, linkname='/etc/passwd')"
	hostile "a link" "put('t/files/a', type=tarfile.LNKTYPE, linkname='t/events')"
	hostile "not a file" "put('t/files/a', type=tarfile.CHRTYPE, devmajor=1, devminor=5)"
	hostile "not a file" "put('t/files/a', type=tarfile.BLKTYPE, devmajor=8)"
	hostile "not a file" "put('t/files/a', type=tarfile.FIFOTYPE)"
}

@test "archives with duplicate, too large or too many files are refused" {
	hostile "is in it twice" "put('t/events', b'x')"
	hostile "is in it twice" "put('t/files/a', b'x'); put('t/files/a', b'x')"
	hostile "is in it twice" "put('./t/data', b'x')"
	hostile "max-size" "put('t/files/a', b'', pax_headers={'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 't/files/a', 'GNU.sparse.realsize': str(1 << 50)})"
	hostile "max-size" "t = tarfile.TarInfo('t/files/a'); t.size = 1 << 36; tar.addfile(t)"
	archive "[put('t/files/%d' % i) for i in range(30)]"
	refuses max-files --max-files 20 -x bad.tar new
	refuses max-size --max-size 1K -x bad.tar new
	packs --max-files 40 --max-size 1M -x bad.tar new
	nothing_left
}

@test "archives that are not traces are refused" {
	/usr/bin/python3 -c 'import tarfile; tarfile.open("empty.tar", "w").close()'
	refuses "nothing in it" -x empty.tar new
	for name in random text; do
		[ $name = text ] && echo text > $name || head -c 100000 /dev/urandom > $name
		refuses $name -x $name new
		[ ! -e new ]
	done
	: > nothing
	refuses "nothing" -x nothing new
	(mkdir some && cd some && echo x > args_env && tar cf ../some.tar -C .. some)
	refuses "args_env" -x some.tar new
	mv t .hidden
	packs -o hidden.tar .hidden
	refuses "no name for a trace" -x hidden.tar
	packs -x hidden.tar shown
	tar czf t.tar.gz shown
	refuses t.tar.gz -x t.tar.gz new
	nothing_left
}

# --- many in one directory

@test "traces in one directory share equal files" {
	rr-record -q -o u sh -c 'ls / | sort' > /dev/null < /dev/null 3>&-
	packs --into all t u
	libc=$(rr-dump -M all/t | sed -n 's|.*/libc\.so.* (files/\(.*\))|\1|p' | head -n 1)
	[ "$(stat -c %i "all/t/files/$libc")" = "$(stat -c %i "all/u/files/$libc")" ]
	[ "$(du -sk all | cut -f 1)" -lt $(($(du -skl all/t | cut -f 1) + 3000)) ]
	diff -r all/t "$sample/packed"
	rm -rf all/t
	rr-verify all/u
	refuses exists --into all u
	[ "$(ls -A all)" = u ]
}

@test "a file with a right name and wrong contents is not shared" {
	packs --into all t
	name=$(ls all/t/files | head -n 1)
	chmod 600 "all/t/files/$name"
	printf x | dd of="all/t/files/$name" bs=1 conv=notrunc 2> dd.err
	cp -a "$sample/t" u
	packs --into all u
	cmp "all/u/files/$name" "$sample/packed/files/$name"
	rr-verify all/u
}

@test "two packers can share one directory at once" {
	cp -a t u
	rr-pack --into all t 2> one.err 3>&- &
	rr-pack --into all u 2> two.err
	wait $!
	diff -r all/t "$sample/packed"
	diff -r all/u "$sample/packed"
	[ "$(find all -type f -links 2 | wc -l)" -ge "$(ls all/t/files | wc -l)" ]
	[ "$(ls -A all)" = "t
u" ]
}

# --- changed traces

@test "--events makes a complete trace of the first events" {
	n=$(rr-dump t | wc -l)
	for last in 1 2 10 $((n / 3)) $((n / 2)) $((n - 1)); do
		rm -rf all
		packs --events 1-$last --into all t
		[ "$(rr-dump all/t | wc -l)" = $last ]
		[ -z "$(rr-dump -m all/t | cmp - <(rr-dump -m -e 1-$last t))" ]
		step replay rr-replay all/t
		[ "$step_status" = 0 ]
		[ ! -s replay.err ]
		cmp -n "$(stat -c %s replay.out)" replay.out record.out
		step verify rr-verify --memory=100 all/t
		[ "$step_status" = 0 ]
	done
	# It differs from the original trace, but it is whole.
	not grep -q "$(cut -d ' ' -f 3 t/version)" all/t/version
	packs --events 1-$((n + 100)) -o whole.tar t
	packs -o t.tar t
	cmp whole.tar t.tar
}

@test "--events of a trace that was cut short makes a complete trace" {
	rm t/version
	step pack rr-pack --events 1-50 --into all t
	[ "$step_status" = 0 ]
	rr-verify all/t
}

@test "--events refuses invalid numbers" {
	for range in 5-10 0-5 1-0 1- 5 x 1-x 1-5x -5; do
		refuses "" --events $range -o t.tar t
	done
	refuses "would be lost" --events 1-5 t
}

@test "--recompress accepts only existing levels" {
	for level in 0 13 x 1x -1 ''; do
		refuses "--recompress" --recompress=$level t
	done
}

@test "--recompress makes the trace smaller and changes nothing else" {
	rr-dump -m t > before
	packs t
	cp -a t u
	packs --recompress=12 t
	size() { cat "$1"/events "$1"/data "$1"/mmaps | wc -c; }
	[ "$(size t)" -lt "$(size u)" ]
	rr-dump -m t > after
	same before after
	verified
	sums t > once
	packs --recompress=12 t
	sums t > twice
	same once twice
	diff -r t/files u/files
}

@test "--redact and --strip-env remove secrets from output, and report what remains" {
	trace=$here/trace
	fresh record env TOKEN=hunter2 rr-record -o "$trace" bash -c 'echo start; /bin/echo pass=hunter2 > f; read -r line < f; echo "$line"' hunter2
	rr-dump -x "$trace" > /dev/null
	[ "$(rr-dump "$trace" | grep -c hunter2)" -gt 1 ]
	rr-dump -a "$trace" | grep -q TOKEN=hunter2
	step pack rr-pack --redact 'hunter[0-9]+' "$trace"
	[ "$step_status" = 0 ]
	grep -q 'stays.*matches in memory, the first at event 1' pack.err
	[ -z "$(rr-dump -a "$trace" | grep hunter2)" ]
	rr-dump -a "$trace" | grep -q 'TOKEN=\*\*\*\*\*\*\*$'
	rr-dump "$trace" | grep -q 'execve.*pass=\*\*\*\*\*\*\*'
	# Data that the program read cannot be changed.
	rr-dump -s read "$trace" | grep -q 'pass=hunter2'
	replayed
	verified
	step pack rr-pack --strip-env "$trace"
	[ "$step_status" = 0 ]
	grep -q 'stays.*environment' pack.err
	[ -z "$(rr-dump -a "$trace" | grep ^environ)" ]
	replayed
	verified
	refuses "--redact: (" --redact '(' "$trace"
}

@test "--debug packs debug information, and --sources names the sources" {
	needs gcc objcopy
	printf 'int main(void) { return 0; }\n' > start/prog.c
	cd start
	gcc -g -Wl,--build-id=0x0123456789abcdef -o prog prog.c
	mkdir -p "$here/dbg/.build-id/01"
	objcopy --only-keep-debug prog "$here/dbg/.build-id/01/23456789abcdef.debug"
	cp prog linked
	objcopy --only-keep-debug linked linked.debug
	strip linked && objcopy --remove-section=.note.gnu.build-id --add-gnu-debuglink=linked.debug linked
	strip prog
	cd "$here"
	for prog in prog linked; do
		rr-record -f -o trace start/$prog 3>&-
		packs --debug="$here/dbg" trace
		elf=$(rr-dump -M trace | sed -n "s|.*\t[^\t]*/start/$prog (files/\(.*\))|\1|p" | grep . | sort -u |
			while read -r f; do head -c 4 trace/files/$f | grep -q ELF && echo $f; done || :)
		[ -n "$elf" ]
		cmp start/$prog "trace/files/$elf"
		readelf -S "trace/files/$elf.debug" | grep -q debug_info
		[ "$(rr-pack --sources --debug=/nowhere trace | grep prog.c)" = "$here/start/prog.c" ]
		sums trace > once
		packs trace
		sums trace > twice
		same once twice
		packs -o $prog.tar trace
		tar tf $prog.tar | grep -q "$elf.debug"
	done
	verified
}

# --- killed and failing rr-pack

@test "after rr-pack is killed at any moment, the trace is complete and the next run packs it" {
	for ((i = 0; i < 50; i++)); do
		rm -rf k
		cp -al t k
		# At moments from before its first step to after its last one.
		killed 0.0$(printf %02d $((i % 50)))$((RANDOM % 10)) k
		rr-verify --quick k
		[ "$(rr-replay k | cksum)" = "$(cksum < record.out)" ]
		if ((i % 5 == 0)); then
			packs k
			diff -r k "$sample/packed"
		fi
	done
}

@test "-x and -o killed at any moment leave no partial trace or archive" {
	packs -o t.tar t
	for ((i = 0; i < 30; i++)); do
		killed 0.0$(printf %02d $i) -x t.tar new
		[ ! -e new ] || diff -r new "$sample/packed"
		killed 0.0$(printf %02d $i) -o k.tar t
		[ ! -e k.tar ] || cmp k.tar t.tar
		for left in .rr-pack-*; do
			! rr-dump "$left" 2> dump.err || { [ -e "$left/args_env" ] && diff -r "$left" "$sample/packed"; }
		done
		rm -rf new k.tar
	done
	packs -x t.tar new
	[ -z "$(ls -d .rr-pack-* 2> ls.err)" ]
}

@test "a trace can be read while it is packed, and packed while it is read" {
	packs t
	(for level in 1 9 1 9 1 9 1 9 1 9; do rr-pack --recompress=$level t || echo failed; done > loop.out 2>&1 3>&-) &
	recorder=$!
	while ! gone $recorder; do
		rr-dump t > dump 2> dump.err || { cat dump.err; return 1; }
		[ ! -s dump.err ]
	done
	wait $recorder
	recorder=
	[ ! -s loop.out ]
	verified
}

@test "a replay goes on when its trace is packed midway and copies get new names" {
	cp /usr/bin/sort /usr/bin/uniq .
	step record rr-record -o late bash -c 'seq 30000; ./sort -n "$0"; exec ./uniq -c "$0"' <(seq 3) </dev/null
	mkfifo out
	rr-replay late > out 2> replay.err 3>&- &
	recorder=$!
	{
		read -r first
		packs late > packed.out
		echo "$first"
		cat
	} < out > replay.out
	wait "$recorder"
	recorder=
	cmp replay.out record.out
	[ ! -s replay.err ]
}

@test "two packers of one trace complete each other's work" {
	rr-pack t 2> one.err 3>&- &
	step two rr-pack t
	wait $! || grep -q "being written to" one.err
	[ "$step_status" = 0 ] || grep -q "being written to" two.err
	packs t
	diff -r t "$sample/packed"
}

@test "a file size limit fails packing in one line and leaves the trace unchanged" {
	sums t > before
	(ulimit -f 700; refuses "File too large" t)
	sums t > after
	same before after
	(ulimit -f 700; refuses "File too large" -o t.tar t)
	(ulimit -f 700; refuses "File too large" --into all t)
	[ ! -e t.tar ]
	[ -z "$(ls -A all)" ]
	packs -o t.tar t
	(ulimit -f 700; refuses "File too large" -x t.tar new)
	[ ! -e new ]
	nothing_left
	replayed
}

@test "a full disk fails packing in one line and leaves the trace unchanged" {
	[ "$(id -u)" = 0 ] || skip "only root can mount a small file system"
	mkdir disk
	size=$(($(du -sk t | cut -f 1) + 1000))
	mount -t tmpfs -o size=${size}k tmpfs disk 2> mount.err || skip "mount is not permitted"
	mounted=$here/disk
	cp -a t disk/t
	sums disk/t > before
	refuses "No space left" disk/t
	sums disk/t > after
	same before after
	refuses "No space left" -o disk/t.tar t
	refuses "No space left" --into disk/all t
	packs -o t.tar t
	refuses "No space left" -x t.tar disk/new
	[ "$(ls -A disk)" = "all
t" ]
	[ -z "$(ls -A disk/all)" ]
	step replay rr-replay disk/t
	[ "$step_status" = 0 ]
	umount "$mounted"
	mounted=
}

@test "packing in a read-only directory is refused" {
	[ "$(id -u)" != 0 ] || skip "root may write everywhere"
	chmod 500 t t/files
	refuses "Permission denied" t
	chmod 700 t t/files
}

@test "temporary files of a killed rr-pack do no harm, and the next run removes them" {
	echo garbage > t/mmaps.new
	echo garbage > t/mmaps.00000000
	echo garbage > t/version.new
	echo garbage > t/files/new.pack
	echo garbage > t/files/0123456789abcdef0123456789abcdef
	echo garbage > t/files/99-left
	verified
	packs t
	diff -r t "$sample/packed"
}

# --- elsewhere

@test "a packed trace replays with only the programs, without privilege or network" {
	needs ldd
	packs t
	unshare -rmpn --fork --mount-proc true 2> unshare.err || skip "no namespaces here"
	mkdir -p root/bin root/proc root/tmp root/dev
	: > root/dev/null
	for program in rr-replay rr-verify rr-dump; do
		cp "$(type -P $program)" root/bin
		cp -L --parents $(ldd "root/bin/$program" | grep -o '/[^ ]*') root
	done
	mv t root/tmp/elsewhere
	cat > enter <<-'EOF'
		mount --bind /dev/null root/dev/null
		mount -t proc proc root/proc
		export TZ=Pacific/Auckland HOME=/nowhere
		exec chroot root "$@"
	EOF
	step replay unshare -rmpn --fork --kill-child sh enter /bin/rr-replay /tmp/elsewhere
	[ "$step_status" = 0 ]
	same record.out replay.out
	step verify unshare -rmpn --fork --kill-child sh enter /bin/rr-verify /tmp/elsewhere
	[ "$step_status" = 0 ]
}
