# The cache of rewritten code: it may be missing, damaged, too large, or in use by others.

bats_require_minimum_version 1.5.0
load common

setup() {
	common_setup
	export XDG_CACHE_HOME=$PWD/cache
	mkdir cache
}

# counted_echo: records a program with counted code, replays and verifies it
counted_echo() {
	exact echo hello
	[ "$(rr-dump trace | tail -n 1 | cut -f 4)" -gt 100 ]
	[ ! -s record.err ]
}

kept() {
	stat -c '%i %Y %s %n' cache/rr/* | sort
}

@test "code is rewritten once and reused" {
	counted_echo
	kept > first
	[ -s first ]
	counted_echo
	kept > second
	cmp first second
}

@test "a notice says, once, that rewriting a large program takes time" {
	printf 'char large[40 << 20] = {1};\nint main(void) { return large[1]; }\n' > large.c
	gcc -o start/large large.c
	recorded ./large
	[[ $(cat record.err) == "rr-record: "*"/large: is being rewritten for counting; "* ]]
	[ "$(wc -l < record.err)" = 1 ]
	recorded ./large
	[ ! -s record.err ]
	verified
}

@test "a trace replays without the cache" {
	recorded echo hello
	rm -rf cache
	replayed
	verified
	[ ! -e cache ]
}

@test "only its owner can read the cache" {
	recorded echo hello
	[ "$(stat -c %a cache/rr)" = 700 ]
	[ -z "$(find cache/rr -type f -perm /077)" ]
}

@test "damaged files in the cache are rewritten" {
	recorded echo hello
	for file in cache/rr/*; do
		chmod u+w "$file"
		case $((n = ${n:-0} + 1)) in
		1) truncate -s 100 "$file" ;;
		2) truncate -s -4096 "$file" ;;
		3) printf 'x' | dd of="$file" bs=1 seek=40 conv=notrunc 2> dd.err ;;
		*) : > "$file" ;;
		esac
	done
	[ "$n" -ge 3 ]
	counted_echo
}

@test "a file that a power cut has damaged is rewritten" {
	recorded echo hello
	sha256sum cache/rr/* > whole
	for file in cache/rr/*; do
		chmod u+w "$file"
		printf '\0\0\0\0' | dd of="$file" bs=1 seek=5000 conv=notrunc 2> dd.err
		chmod 400 "$file"
		touch -d '2001-01-01' "$file"
	done
	counted_echo
	sha256sum -c --quiet whole
}

@test "a file from before the last boot is checked once" {
	recorded echo hello
	touch -d '2001-01-01' cache/rr/*
	kept | cut -d ' ' -f 1 > before
	counted_echo
	cmp before <(kept | cut -d ' ' -f 1)
	[ -z "$(find cache/rr -type f ! -perm 500)" ]
}

@test "--prepare fills the cache, so that a recording rewrites nothing" {
	mkdir libs
	cp -L "$(type -P echo)" libs
	ldd libs/echo | grep -o '/[^ ]*' | xargs -I{} cp -L {} libs
	echo text > libs/text
	ln -s echo libs/link
	rr-record --prepare -v libs > out 2> err
	[ ! -s err ]
	[ "$(wc -l < out)" = "$(ls libs | grep -vcx 'text\|link')" ]
	[[ $(grep ^libs/echo: out) == "libs/echo: "*" sites rewritten, "*" left alone, "*" system calls" ]]
	kept > first
	[ "$(wc -l < first)" = "$(wc -l < out)" ]
	rr-record --prepare libs/echo $(ldd libs/echo | grep -o '/[^ ]*') > out
	[ ! -s out ]
	kept > first
	exact "$PWD/libs/echo" hello
	cmp first <(kept)
}

@test "--prepare reports what it cannot read, and goes on" {
	status=0
	rr-record --prepare -v missing "$(type -P echo)" > out 2> err || status=$?
	[ "$status" = 125 ]
	[ "$(cat err)" = "rr-record: missing: No such file or directory" ]
	[ "$(wc -l < out)" = 1 ]
	mkdir closed && cp "$(type -P echo)" closed
	[ "$(id -u)" = 0 ] || {
		chmod 0 closed/echo
		run -125 --separate-stderr rr-record --prepare closed
		[ "$stderr" = "rr-record: closed/echo: Permission denied" ]
	}
	XDG_CACHE_HOME=$PWD/out run -125 --separate-stderr rr-record --prepare closed
	[[ $stderr == "rr-record: there is no directory for rewritten code "* ]]
}

@test "the number of CPUs does not change rewritten code" {
	libc=$(ldd "$(type -P echo)" | grep -o '/[^ ]*/libc[.][^ ]*')
	rr-record --prepare "$libc"
	XDG_CACHE_HOME=$PWD/one taskset -c "$(taskset -cp $$ | grep -o '[0-9]*$')" rr-record --prepare "$libc"
	cmp cache/rr/* one/rr/*
}

@test "several recorders fill an empty cache at the same time" {
	for i in 1 2 3 4; do
		rr-record -q -o "t$i" bash -c 'echo {1..20}; ls /' > "out$i" &
		recorders+=" $!"
	done
	wait $recorders
	for i in 1 2 3 4; do
		rr-replay "t$i" | cmp - "out$i"
		rr-verify "t$i"
	done
	[ -z "$(ls cache/rr | grep '^new')" ]
}

@test "the cache is bounded: the least recently used file is removed" {
	recorded echo hello
	touch -d '10 days ago' cache/rr/*
	kept > old
	RR_CACHE_MAX=4096 recorded bash -c :
	verified
	[ "$(ls cache/rr | wc -l)" -lt "$(wc -l < old)" ]
}

@test "partial files of a killed recorder are eventually removed" {
	mkdir -m 700 cache/rr
	echo rubbish > cache/rr/new.1.0
	touch -d '1 day ago' cache/rr/new.1.0
	recorded echo hello
	[ ! -e cache/rr/new.1.0 ]
}

@test "code is counted even without a place for the cache" {
	touch file
	XDG_CACHE_HOME=$PWD/file counted_echo
	(unset XDG_CACHE_HOME HOME; counted_echo)
}

@test "a directory that others may write to is not used as cache" {
	mkdir -m 777 cache/rr
	chmod 777 cache/rr
	counted_echo
	[ -z "$(ls cache/rr)" ]
}

@test "a program that changes is rewritten again" {
	printf 'int puts(const char *); int main(void) { for (int i = 0; i < 3; i++) puts("one"); return 0; }' > p.c
	gcc -O1 -o start/p p.c
	exact ./p
	sed -i 's/one/two/; s/i < 3/i < 5/' p.c
	gcc -O1 -o start/p p.c
	exact ./p
	[ "$(grep -c two record.out)" = 5 ]
}
