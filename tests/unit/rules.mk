# Tests in C of the lower floors: `make unit`, and `make unit-asan` with sanitizers. Every program prints lines
# "ok NAME" and "not ok NAME".
UNIT_SRC = $(wildcard lib/util/*.c lib/arch/*.c lib/arch/$(ARCH)/*.c lib/trace/*.c lib/print/*.c lib/pack/*.c lib/tracee/*.c lib/counter/*.c lib/counter/$(ARCH)/*.c lib/kernel/*.c) $(REWRITER_SRC) $(GDB_SRC)
REWRITER_SRC = $(wildcard lib/instrument/*.c lib/instrument/$(ARCH)/*.c)
# The server for debuggers, over a fake replay.
GDB_SRC = $(wildcard lib/gdb/*.c) tests/unit/debug_fake.c
# Fuzzing targets with the main() of fuzz_main.c. replay_fuzz has its own.
FUZZERS = $(patsubst tests/fuzz/%_fuzz.c,%,$(filter-out %/replay_fuzz.c,$(wildcard tests/fuzz/*_fuzz.c)))
UNIT_TESTS = $(patsubst tests/%.c,%,$(wildcard tests/unit/*_test.c tests/fuzz/*_fuzz.c))
ASAN = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

build/tests/floors.a: $(UNIT_SRC:%.c=build/%.o) build/gen/systab.o build/gen/subcodes.o build/gen/handlers.o
build-asan/floors.a: $(UNIT_SRC:%.c=build-asan/%.o) build-asan/gen/systab.o build-asan/gen/subcodes.o build-asan/gen/handlers.o
build/tests/floors.a build-asan/floors.a:
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $^

build/tests/unit/% build/tests/fuzz/%: CPPFLAGS += -Itests/unit
build/tests/unit/%: tests/unit/%.c build/tests/floors.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -o $@ $< build/tests/floors.a $(LIBS)
build/tests/fuzz/replay_fuzz: tests/fuzz/replay_fuzz.c build/tests/floors.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -o $@ $< build/tests/floors.a $(LIBS)
build/tests/fuzz/%: tests/fuzz/%.c build/tests/fuzz/fuzz_main.o build/tests/floors.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -o $@ $(filter-out %.h,$^) $(LIBS)
build/tests/fuzz/fuzz_main.o: tests/fuzz/fuzz_main.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

build-asan/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ASAN) -MMD -MP -c -o $@ $<
build-asan/gen/%.o: build/gen/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ASAN) -c -o $@ $<
build-asan/unit/% build-asan/fuzz/% build-asan/tests/fuzz/% build-fuzz/%: CPPFLAGS += -Itests/unit
build-asan/fuzz/%: tests/fuzz/%.c build-asan/tests/fuzz/fuzz_main.o build-asan/floors.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ASAN) -MMD -MP -o $@ $(filter-out %.h,$^) $(LIBS)
build-asan/fuzz/replay_fuzz: tests/fuzz/replay_fuzz.c build-asan/floors.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ASAN) -MMD -MP -o $@ $< build-asan/floors.a $(LIBS)
build-asan/unit/%: tests/unit/%.c build-asan/floors.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ASAN) -MMD -MP -o $@ $< build-asan/floors.a $(LIBS)

# The same targets, driven by libFuzzer (libclang-rt-14-dev), FUZZ_TIME seconds each; FUZZERS="gdb print" selects some. New inputs
# are in FUZZ_DIR; `make fuzz-keep` keeps them. For whole programs: build/tests/fuzz/replay_fuzz SEED COUNT.
FUZZ_TIME ?= 60
FUZZ_DIR ?= build-fuzz/inputs
fuzz: $(FUZZERS:%=build-fuzz/%_fuzzer) $(FUZZERS:%=build/tests/fuzz/%_fuzz)
	@tests/fuzz/run.sh $(FUZZ_TIME) $(FUZZ_DIR) $(FUZZERS)
fuzz-keep: $(FUZZERS:%=build-fuzz/%_fuzzer)
	@tests/fuzz/keep.sh $(FUZZ_DIR) $(FUZZERS)

build-fuzz/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	clang $(CPPFLAGS) $(ALL_CFLAGS) $(ASAN) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
build-fuzz/floors.a: $(UNIT_SRC:%.c=build-fuzz/%.o) build-fuzz/build/gen/systab.o build-fuzz/build/gen/subcodes.o build-fuzz/build/gen/handlers.o
	rm -f $@
	$(AR) rcs $@ $^
build-fuzz/%_fuzzer: tests/fuzz/%_fuzz.c build-fuzz/floors.a
	clang $(CPPFLAGS) $(ALL_CFLAGS) $(ASAN) -fsanitize=fuzzer -MMD -MP -o $@ $< build-fuzz/floors.a $(LIBS)

# All of them run, even if some fail.
unit: all tests-programs $(UNIT_TESTS:%=build/tests/%)
	@failed=0; for t in $(UNIT_TESTS:%=build/tests/%); do $$t || failed=1; done; exit $$failed
unit-asan: all tests-programs $(UNIT_TESTS:%=build-asan/%)
	@failed=0; for t in $(UNIT_TESTS:%=build-asan/%); do $$t || failed=1; done; exit $$failed

-include $(shell find build-asan build-fuzz -name '*.d' 2>/dev/null)
.PHONY: unit unit-asan fuzz fuzz-keep
