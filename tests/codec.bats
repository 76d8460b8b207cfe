# Blocks are zlib streams, whichever library writes them. The programs are built with the other one, too.

bats_require_minimum_version 1.5.0
load common

# A second build tree, which differs only in the codec.
setup_file() {
	local top other=zlib
	top=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	export BATS_TEST_TIMEOUT=120 there=$BATS_FILE_TMPDIR/other
	grep -q ZLIB "$top/build/gen/codec.h" && other=libdeflate
	echo '#include <libdeflate.h>' | ${CC:-cc} -E - > /dev/null 2>&1 || export SKIP_CODEC="no libdeflate"
	[ -z "${SKIP_CODEC:-}" ] || return 0
	mkdir -p "$there/build/tests"
	ln -s "$top"/{lib,cmd,formats,man,contrib,tests,Makefile} "$there"
	cp -a "$top"/build/{lib,gen,cmd,agent,librr.a} "$there/build"
	cp -a "$top"/build/tests/{unit,floors.a} "$there/build/tests"
	cp -a "$top/bin" "$there"
	env -u MAKEFLAGS -u MFLAGS make -s -C "$there" CODEC=$other bin/rr-record bin/rr-replay bin/rr-verify bin/rr-pack \
		build/tests/unit/trace_test 3>&-
	grep -qi "$other" "$there/build/gen/codec.h"
}

setup() {
	common_setup
	[ -z "${SKIP_CODEC:-}" ] || skip "$SKIP_CODEC"
}

@test "the tests of traces pass with the other compression library" {
	run -0 "$there/build/tests/unit/trace_test"
	[[ $output != *"not ok"* ]]
}

# Parameters: the directory of the recording programs, and that of the replaying ones
exchange() {
	"$1/rr-record" -q -o t sh -c 'seq 3000; date +%s' > recorded
	"$2/rr-verify" t
	"$2/rr-replay" t > replayed
	cmp recorded replayed
	"$2/rr-pack" t
	"$1/rr-verify" t
}

@test "each compression library reads what the other has written" {
	exchange "$BATS_TEST_DIRNAME/../bin" "$there/bin"
	rm -r t
	exchange "$there/bin" "$BATS_TEST_DIRNAME/../bin"
}
