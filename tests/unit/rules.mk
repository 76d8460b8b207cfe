# Tests in C of the lower floors: `make unit`, and `make unit-asan` with sanitizers. Every program prints lines
# "ok NAME" and "not ok NAME". `make build-asan/trace_fuzzer build-asan/unpack_fuzzer build-asan/gdb_fuzzer` makes some that
# libFuzzer drives without end.
UNIT_SRC = $(wildcard lib/util/*.c lib/trace/*.c lib/pack/*.c) lib/arch/xstate.c $(REWRITER_SRC) $(GDB_SRC)
REWRITER_SRC = $(filter-out lib/instrument/cache.c lib/instrument/image.c,$(wildcard lib/instrument/*.c))
# The server for debuggers, over a replay that is not one.
GDB_SRC = $(wildcard lib/gdb/*.c) lib/arch/registers.c tests/unit/debug_fake.c
UNIT_TESTS = $(patsubst tests/%.c,%,$(wildcard tests/unit/*_test.c tests/fuzz/*_fuzz.c))
ASAN = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

build/tests/floors.a: $(UNIT_SRC:%.c=build/%.o) build/gen/systab.o
build-asan/floors.a: $(UNIT_SRC:%.c=build-asan/%.o) build-asan/gen/systab.o
build/tests/floors.a build-asan/floors.a:
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $^

build/tests/unit/% build/tests/fuzz/%: CPPFLAGS += -Itests/unit
build/tests/unit/%: tests/unit/%.c build/tests/floors.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -o $@ $< build/tests/floors.a $(LIBS)
build/tests/fuzz/%: tests/fuzz/%.c build/tests/floors.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -o $@ $< build/tests/floors.a $(LIBS)

build-asan/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ASAN) -MMD -MP -c -o $@ $<
build-asan/gen/systab.o: build/gen/systab.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ASAN) -c -o $@ $<
build-asan/unit/% build-asan/fuzz/%: CPPFLAGS += -Itests/unit
build-asan/%: tests/%.c build-asan/floors.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ASAN) -MMD -MP -o $@ $< build-asan/floors.a $(LIBS)

build-asan/trace_fuzzer: tests/fuzz/trace_fuzz.c $(wildcard lib/trace/*.h) | $(GEN)
	@mkdir -p $(@D)
	clang $(CPPFLAGS) -Itests/unit $(ALL_CFLAGS) $(ASAN) -fsanitize=fuzzer -DLIBFUZZER -o $@ $< \
		$(filter-out lib/trace/print% lib/trace/systab.c lib/pack/% lib/arch/% $(REWRITER_SRC) $(GDB_SRC),$(UNIT_SRC)) -lz -lpthread

build-asan/gdb_fuzzer: tests/fuzz/gdb_fuzz.c tests/unit/debug_fake.c $(wildcard lib/gdb/*.[ch]) build/gen/systab.c | $(GEN)
	@mkdir -p $(@D)
	clang $(CPPFLAGS) -Itests/unit $(ALL_CFLAGS) $(ASAN) -fsanitize=fuzzer -DLIBFUZZER -o $@ $< \
		$(filter-out $(REWRITER_SRC),$(UNIT_SRC)) build/gen/systab.c $(LIBS)

build-asan/unpack_fuzzer: tests/fuzz/unpack_fuzz.c $(wildcard lib/trace/*.h lib/pack/*.[ch]) | $(GEN)
	@mkdir -p $(@D)
	clang $(CPPFLAGS) -Itests/unit $(ALL_CFLAGS) $(ASAN) -fsanitize=fuzzer -DLIBFUZZER -o $@ $< \
		$(filter-out lib/trace/print% lib/trace/systab.c $(REWRITER_SRC) $(GDB_SRC),$(UNIT_SRC)) $(LIBS)

# All of them run, whatever fails.
unit: all tests-programs $(UNIT_TESTS:%=build/tests/%)
	@failed=0; for t in $(UNIT_TESTS:%=build/tests/%); do $$t || failed=1; done; exit $$failed
unit-asan: all tests-programs $(UNIT_TESTS:%=build-asan/%)
	@failed=0; for t in $(UNIT_TESTS:%=build-asan/%); do $$t || failed=1; done; exit $$failed

-include $(shell find build-asan -name '*.d' 2>/dev/null)
.PHONY: unit unit-asan
