# rr-record --cpu-features: a program that sees a smaller processor uses only the features of that one.

bats_require_minimum_version 1.5.0
load common

setup() {
	common_setup
	cat > f.c <<-'END'
		#define _GNU_SOURCE
		#include <cpuid.h>
		#include <dlfcn.h>
		#include <stdio.h>
		#include <string.h>
		int main(void)
		{
			unsigned a, b = 0, c = 0, d, top = __get_cpuid_max(0, NULL);
			Dl_info i;
			void *f = dlsym(RTLD_DEFAULT, "memcpy");
			dladdr(f, &i);
			printf("memcpy %lx\n", (long)((char *)f - (char *)i.dli_fbase));
			__cpuid(1, a, b, c, d);
			printf("avx %u xsave %u sse42 %u\n", c >> 28 & 1, c >> 26 & 1, c >> 20 & 1);
			b = 0;
			if (top >= 7)
				__cpuid_count(7, 0, a, b, c, d);
			printf("avx2 %u avx512f %u erms %u\n", b >> 5 & 1, b >> 16 & 1, b >> 9 & 1);
			return 0;
		}
	END
	gcc -O1 -o start/f f.c
}

# with_features LIST: records with these features, replays and verifies; the output is in record.out
with_features() {
	recorded --cpu-features="$1" ./f
	replayed
	verified
}

has() {
	grep -qw "$1" /proc/cpuinfo || skip "this processor has no $1"
}

@test "the C library chooses another memcpy on a smaller processor" {
	has avx2
	replays ./f
	same native.out record.out
	with_features x86-64-v2
	[ "$(grep memcpy record.out)" != "$(grep memcpy native.out)" ]
}

@test "x86-64-v2 has no AVX and no XSAVE" {
	with_features x86-64-v2
	grep -q '^avx 0 xsave 0 sse42 1$' record.out
	grep -q '^avx2 0 avx512f 0 erms 0$' record.out
}

@test "x86-64-v3 has AVX2 and no AVX-512" {
	has avx2
	with_features x86-64-v3
	grep -q '^avx 1 xsave 1 sse42 1$' record.out
	grep -q '^avx2 1 avx512f 0 ' record.out
}

@test "a removed feature takes those that need it along" {
	has avx2
	with_features -avx2
	grep -q '^avx 1 ' record.out
	grep -q '^avx2 0 ' record.out
	with_features -avx,-erms
	grep -q '^avx 0 ' record.out
	grep -q '^avx2 0 avx512f 0 erms 0$' record.out
}

@test "the trace records the processor that the program saw" {
	has avx2
	leaf() { tr '\0' '\n' < trace/args_env | grep '^leaf=1 '; }
	with_features x86-64-v2
	leaf > small
	recorded ./f
	leaf > whole
	[ -s small ]
	not cmp -s small whole
}

@test "an invalid feature list is refused in one line" {
	for list in x86-64-v9 avx2 -nonsense x86-64-v2,, ,; do
		step refused rr-record --cpu-features="$list" -o none true
		[ "$step_status" = 125 ]
		[ "$(wc -l < refused.err)" = 1 ]
		[ ! -e none ]
	done
}

@test "python3 and openssl run on an x86-64-v2 processor" {
	recorded --cpu-features=x86-64-v2 /usr/bin/python3 -c 'import hashlib, zlib; print(hashlib.sha256(b"x" * 100000).hexdigest(), zlib.crc32(b"y" * 100000))'
	replayed
	verified
	[ "$(cat record.out)" = "$(/usr/bin/python3 -c 'import hashlib, zlib; print(hashlib.sha256(b"x" * 100000).hexdigest(), zlib.crc32(b"y" * 100000))')" ]
}
