# rr-tools: `make deps demo`, `make deps check`, `make bench`, `make install`.
PREFIX ?= /usr/local
DESTDIR ?=
BINDIR = $(DESTDIR)$(PREFIX)/bin
MANDIR = $(DESTDIR)$(PREFIX)/share/man
COMPDIR = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
DOCDIR = $(DESTDIR)$(PREFIX)/share/doc/rr-tools
CC ?= gcc
AWK ?= awk
CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Werror -Wvla -Wmissing-prototypes
CPPFLAGS += -D_GNU_SOURCE -Ilib -Ibuild
ALL_CFLAGS = -std=gnu17 $(WARN) $(CFLAGS)
# Each program loads only what it uses of these.
LIBS = -Wl,--as-needed -larchive -lxxhash $(CODEC_LIB) -lbsd -ldw -lelf -lZydis -lpthread

# The library that compresses blocks: libdeflate if it is installed, else zlib. `make CODEC=zlib` uses zlib anyway.
ifndef CODEC
HASH := \#
CODEC := $(shell echo '$(HASH)include <libdeflate.h>' | $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 && echo libdeflate || echo zlib)
endif
CODEC_LIB_libdeflate = -ldeflate
CODEC_LIB_zlib = -lz
CODEC_LIB = $(or $(CODEC_LIB_$(CODEC)),$(error CODEC is libdeflate or zlib))

CMD_SRC = $(wildcard cmd/rr-*.c)
PROGRAMS = $(CMD_SRC:cmd/%.c=bin/%) bin/rr-hunt
# Folders named after a machine have the code for it.
ARCH ?= $(shell uname -m)
LIB_SRC = $(wildcard lib/*/*.c lib/*/$(ARCH)/*.c)
LIB_OBJ = $(LIB_SRC:%.c=build/%.o) build/gen/systab.o build/gen/subcodes.o build/gen/handlers.o build/lib/agent/empty_program_bytes.o
GEN = build/gen/codec.h build/gen/syshandlers.h build/gen/systab.c build/gen/subcode_groups.h build/gen/subcodes.c build/gen/trace_format.h build/gen/gdb_commands.h

# Debian 12 packages for building. Those for the tests are in tests/deps.txt, one on each line.
BUILD_DEPS = gcc clang make zlib1g-dev libdeflate-dev libelf-dev libdw-dev libbsd-dev libzydis-dev libarchive-dev libxxhash-dev bats mandoc clang-format
DEPS = $(BUILD_DEPS) $(shell sed 's/\#.*//' tests/deps.txt)
MAN = $(patsubst man/%,%,$(wildcard man/*.[157])) $(patsubst man/%.in,%,$(wildcard man/*.in))
INSTALLED_MAN = $(foreach m,$(MAN),$(MANDIR)/man$(subst .,,$(suffix $m))/$m)
BENCH_PROGRAMS = build/tests/bench/timer build/tests/bench/calls build/tests/bench/mutex build/tests/bench/checkpoint

all: $(PROGRAMS) $(MAN:%=build/man/%)

include $(wildcard tests/*/rules.mk)

TABLES = formats/structs formats/flags formats/$(ARCH)/numbers formats/syscalls formats/subcodes
build/gen/syshandlers.h build/gen/systab.c build/gen/subcode_groups.h build/gen/subcodes.c &: formats/gen.awk formats/subcodes.awk $(TABLES)
	@mkdir -p build/gen
	$(AWK) -v out=build/gen -f formats/subcodes.awk -f formats/gen.awk $(TABLES)

build/gen/handlers.c: formats/handlers.awk formats/syscalls $(wildcard lib/kernel/*.c lib/kernel/$(ARCH)/*.c)
	@mkdir -p $(@D)
	$(AWK) -f formats/handlers.awk formats/syscalls $(wildcard lib/kernel/*.c lib/kernel/$(ARCH)/*.c) > $@

build/gen/trace_format.h: formats/trace.awk formats/trace
	@mkdir -p $(@D)
	$(AWK) -f formats/trace.awk formats/trace > $@

build/gen/codec.h: FORCE
	@mkdir -p $(@D)
	@echo '#define CODEC_$(if $(filter zlib,$(CODEC)),ZLIB,LIBDEFLATE)' | cmp -s - $@ || \
		echo '#define CODEC_$(if $(filter zlib,$(CODEC)),ZLIB,LIBDEFLATE)' > $@

# The commands for gdb, as a string for rr-gdb.
build/gen/gdb_commands.h: contrib/rr.gdb
	@mkdir -p $(@D)
	$(AWK) 'BEGIN { print "static const char gdb_commands[] =" } \
		{ gsub(/[\\"]/, "\\\\&"); print "\t\"" $$0 "\\n\"" } \
		END { print "\t;" }' $< > $@

build/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

build/gen/%.o: build/gen/%.c | $(GEN)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The program as which tasks of a replay start: no C library, one fixed address.
build/agent/empty_program: lib/agent/$(ARCH)/empty_program.S lib/agent/empty_program.lds
	@mkdir -p $(@D)
	$(CC) -nostdlib -static -Wl,-T,lib/agent/empty_program.lds -Wl,--build-id=none -Wl,-z,max-page-size=4096 -o $@ $<

build/lib/agent/empty_program_bytes.o: lib/agent/empty_program_bytes.S build/agent/empty_program
	@mkdir -p $(@D)
	$(CC) -DPROGRAM='"build/agent/empty_program"' -c -o $@ $<

build/librr.a: $(LIB_OBJ)
	rm -f $@
	$(AR) rcs $@ $^

bin/%: build/cmd/%.o build/librr.a
	@mkdir -p bin
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

bin/rr-replay bin/rr-verify: build/cmd/divergence.o

bin/rr-hunt: contrib/rr-hunt
	@mkdir -p bin
	install $< $@

build/man/%: man/%
	@mkdir -p $(@D)
	cp $< $@

# Pages with tables generated from those under formats/.
build/man/rr.7: man/rr.7.in man/splice.awk formats/codelist.awk formats/subcodes formats/manlist.awk formats/syscalls
	@mkdir -p $(@D)
	$(AWK) -f formats/codelist.awk formats/subcodes > $@.tables
	$(AWK) -f formats/manlist.awk formats/syscalls >> $@.tables
	$(AWK) -f man/splice.awk $@.tables $< > $@

build/man/rr-trace.5: man/rr-trace.5.in man/splice.awk formats/trace.awk formats/trace
	@mkdir -p $(@D)
	$(AWK) -v mode=man -f formats/trace.awk formats/trace > $@.tables
	$(AWK) -f man/splice.awk $@.tables $< > $@

# Libraries for programs that are linked with build/librr.a.
libs:
	@echo '$(LIBS)'

# Installs missing packages.
deps:
	@missing=; for p in $(DEPS); do \
		dpkg-query -W -f '$${db:Status-Abbrev}\n' $$p 2>/dev/null | grep -q '^.i' || missing="$$missing $$p"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	echo "installing$$missing"; \
	as=; [ "$$(id -u)" = 0 ] || as=sudo; \
	$$as apt-get update -qq </dev/null && \
	$$as env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends $$missing </dev/null >/dev/null

# For `make -j2 deps demo`: nothing is built before the packages are installed.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

demo: all
	@contrib/demo.sh

# All tests, or those in TESTS="unit tests/cli.bats".
check: check-programs
	@tests/run-all.sh $(TESTS)

check-programs: all tests-programs $(UNIT_TESTS:%=build/tests/%)

build/tests/bench/checkpoint: tests/bench/checkpoint.c build/librr.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -o $@ $^ $(LIBS)

build/tests/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -o $@ $< -lpthread

# Tests that must always pass, REPEAT=n times each (100), all others, and programs that others wrote (tests/outside).
nightly: check-programs
	@tests/nightly.sh

# All figures, or those in BENCH="true getppid"; RUNS=n rounds.
bench: all $(BENCH_PROGRAMS)
	@tests/bench/run.sh

FORMATTED = $(wildcard $(addsuffix /*.[ch],cmd lib/* lib/*/* tests/*) tests/programs/*/*.[ch] tests/programs/*.cc tests/programs/*/*.cc)

lint: $(GEN) $(MAN:%=build/man/%)
	clang $(CPPFLAGS) $(ALL_CFLAGS) -fsyntax-only $(LIB_SRC) $(wildcard cmd/*.c tests/bench/*.c)
	@clang-format -n -Werror $(FORMATTED)
	@tests/lint-arch.sh
	if command -v mandoc; then mandoc -Tlint -W warning $(MAN:%=build/man/%); fi

install: all
	install -d $(BINDIR) $(COMPDIR) $(DOCDIR) $(sort $(dir $(INSTALLED_MAN)))
	install $(PROGRAMS) $(BINDIR)
	for m in $(MAN); do install -m 644 build/man/$$m $(MANDIR)/man$${m##*.}/$$m || exit; done
	for p in $(PROGRAMS:bin/%=%); do install -m 644 contrib/completion.bash $(COMPDIR)/$$p || exit; done
	install -m 644 README.md COPYING contrib/rr.gdb $(DOCDIR)

uninstall:
	rm -f $(PROGRAMS:bin/%=$(BINDIR)/%) $(PROGRAMS:bin/%=$(COMPDIR)/%) $(INSTALLED_MAN)
	rm -rf $(DOCDIR)

clean:
	rm -rf bin build build-asan build-fuzz

-include $(shell find build -name '*.d' 2>/dev/null)
.PHONY: FORCE libs all deps demo check check-programs nightly bench lint install uninstall clean
.SECONDARY:
.DELETE_ON_ERROR:
