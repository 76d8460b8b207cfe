# rr-tools: `make deps demo`, `make deps check`, `make bench`, `make install`.
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= gcc
AWK ?= awk
CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Werror -Wvla -Wmissing-prototypes
CPPFLAGS += -D_GNU_SOURCE -Ilib -Ibuild
ALL_CFLAGS = -std=gnu17 $(WARN) $(CFLAGS)
LIBS = -lz -lbsd -lelf -lpthread

PROGRAMS = $(patsubst cmd/%.c,bin/%,$(wildcard cmd/rr-*.c))
# lib/agent/stub.c is freestanding: built by rules of its own.
LIB_SRC = $(filter-out lib/agent/stub.c,$(wildcard lib/*/*.c))
LIB_OBJ = $(LIB_SRC:%.c=build/%.o) build/gen/systab.o
GEN = build/gen/syshandlers.h build/gen/systab.c

all: $(PROGRAMS)

build/gen/syshandlers.h build/gen/systab.c &: formats/gen.awk formats/syscalls formats/flags formats/structs
	@mkdir -p build/gen
	$(AWK) -v out=build/gen -f formats/gen.awk formats/structs formats/flags formats/syscalls

build/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

build/gen/systab.o: build/gen/systab.c
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

build/librr.a: $(LIB_OBJ)
	rm -f $@
	$(AR) rcs $@ $^

bin/%: build/cmd/%.o build/librr.a
	@mkdir -p bin
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

clean:
	rm -rf bin build

-include tests/programs/rules.mk
-include $(shell find build -name '*.d' 2>/dev/null)
.PHONY: all clean
.SECONDARY:
.DELETE_ON_ERROR:
