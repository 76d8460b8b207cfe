# What `make install` installs where, and that manuals and programs agree.

bats_require_minimum_version 1.5.0

setup() {
	top=$BATS_TEST_DIRNAME/..
	PATH=$top/bin:$PATH
	programs="$(cd "$top/cmd" && basename -s .c rr-*.c) rr-hunt"
	share=$BATS_TEST_TMPDIR/usr/share
}

make_to_tmp() {
	make -s -C "$top" PREFIX=/usr DESTDIR="$BATS_TEST_TMPDIR" "$@"
}

# options_of PROGRAM: the options that its -h names, one on each line; -fnq is three
options_of() {
	"$1" -h | grep -oE -- '(^|[^A-Za-z0-9-])--?[A-Za-z][A-Za-z-]*' | sed 's/^[^-]*//' |
		sed -E '/^-[^-]/ { s/^-//; s/./-&\n/g; s/\n$// }' | sort -u
}

@test "make install installs programs, manuals, completions and documents" {
	make_to_tmp install
	for p in $programs; do
		[ -x "$BATS_TEST_TMPDIR/usr/bin/$p" ]
		[ -s "$share/man/man1/$p.1" ]
		[ -s "$share/bash-completion/completions/$p" ]
	done
	[ -s "$share/man/man5/rr-trace.5" ]
	[ -s "$share/man/man7/rr.7" ]
	[ -s "$share/doc/rr-tools/README.md" ]
	[ -s "$share/doc/rr-tools/COPYING" ]
}

@test "make uninstall removes all that make install installed" {
	make_to_tmp install
	make_to_tmp uninstall
	run find "$BATS_TEST_TMPDIR/usr" -type f -o -type l
	[ "$output" = "" ]
}

@test "an installed program runs from where it is, without the source" {
	make_to_tmp install
	cd /
	PATH=$BATS_TEST_TMPDIR/usr/bin:/usr/bin:/bin
	rr-record -o "$BATS_TEST_TMPDIR/t" true
	rr-replay "$BATS_TEST_TMPDIR/t"
}

@test "each program prints help for -h to standard output, status 0" {
	for p in $programs; do
		run -0 --separate-stderr "$p" -h
		[[ $output == *"usage: $p"* ]]
		[ "$stderr" = "" ]
	done
}

@test "each program prints one line for --version" {
	for p in $programs; do
		run -0 --separate-stderr "$p" --version
		[ "${#lines[@]}" -eq 1 ]
		[[ $output == *[0-9].[0-9]* ]]
	done
}

@test "each manual describes every option that -h names" {
	for p in $programs; do
		page=$(mandoc -Tascii "$top/build/man/$p.1" | col -bx)
		options=$(options_of "$p")
		[ "$options" != "" ]
		for o in $options; do
			if ! grep -qE -- "^ +(.*, )?$o([ =[,]|$)" <<< "$page"; then
				echo "$p.1 does not tell of $o"
				return 1
			fi
		done
	done
}

@test "each -h names every option that the manual describes" {
	for p in $programs; do
		for o in $(sed -n 's/^\.It Fl \([^ ]*\).*/-\1/p' "$top/build/man/$p.1"); do
			if ! options_of "$p" | grep -qxF -- "$o"; then
				echo "$p -h does not name $o"
				return 1
			fi
		done
	done
}

@test "mandoc finds no faults in the manuals" {
	for page in "$top"/build/man/*.[157]; do
		run mandoc -Tlint -W warning "$page"
		echo "$output"
		[ "$output" = "" ]
	done
}

@test "the manual lists every system call of the table" {
	page=$(mandoc -Tascii "$top/build/man/rr.7" | col -bx)
	for call in $(awk '/^[a-z_]/ { print $1 }' "$top/formats/syscalls"); do
		grep -qw -- "$call" <<< "$page" || { echo "no $call"; return 1; }
	done
}

@test "completion offers the options that -h names, and directories as traces" {
	mkdir "$BATS_TEST_TMPDIR/a-trace"
	cd "$BATS_TEST_TMPDIR"
	run -0 bash -c '
		. "$1/contrib/completion.bash"
		_rr_trace rr-replay --un rr-replay
		echo "${COMPREPLY[@]}"
		_rr_trace rr-replay a-tr rr-replay
		echo "${COMPREPLY[@]}"
		COMP_WORDS=(rr-record --ch) COMP_CWORD=1
		_rr_record rr-record --chd rr-record
		echo "${COMPREPLY[@]}"
		COMP_WORDS=(rr-hunt -n 5 rr-reco) COMP_CWORD=3
		_rr_record rr-hunt rr-reco 5
		echo "${COMPREPLY[@]}"' - "$top"
	[ "${lines[0]}" = --until ]
	[ "${lines[1]}" = a-trace ]
	[ "${lines[2]}" = --chdir ]
	[ "${lines[3]}" = rr-record ]
}

@test "the build fails for a call without a number, a row or a handler" {
	cd "$BATS_TEST_TMPDIR"
	mkdir one two
	numbers=$top/formats/x86_64/numbers tables=("$top"/formats/{structs,flags})
	grep -v ' bpf$' "$numbers" > one/numbers
	run -1 awk -v out=. -f "$top/formats/subcodes.awk" -f "$top/formats/gen.awk" \
		"${tables[@]}" one/numbers "$top"/formats/{syscalls,subcodes}
	[[ $output == *"call bpf has no number" ]]
	{ cat "$numbers"; echo "500 nonesuch"; } > two/numbers
	run -1 awk -v out=. -f "$top/formats/subcodes.awk" -f "$top/formats/gen.awk" \
		"${tables[@]}" two/numbers "$top"/formats/{syscalls,subcodes}
	[[ $output == *"call nonesuch has no row"* ]]
	sed 's/handler=brk/handler=sbrk/' "$top/formats/syscalls" > syscalls
	run -1 awk -f "$top/formats/handlers.awk" syscalls "$top"/lib/kernel/*.c
	[[ $output == *"no row of formats/syscalls has handler=brk"* ]]
	[[ $output == *"handler=sbrk: no SYSCALL_HANDLER(sbrk, ...) in lib/kernel"* ]]
}
