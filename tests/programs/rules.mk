# Tracees: every tests/programs/*.c and *.cc becomes build/tests/programs/*, with the flags its first line
# asks for, /* cflags: -static */, or the compiler and flags: /* cc: musl-gcc -static */
TRACEE_SRC = $(wildcard tests/programs/*.c tests/programs/*.cc)
TRACEES = $(addprefix build/,$(basename $(TRACEE_SRC)))
TRACEE_CFLAGS = -O1 -g -Wall -Wextra -Werror

tests-programs: $(TRACEES)

# $(call tracee,COMPILER): how it is called for $<. What its first line says is found for all of them at once, in a file of make's.
tracee = $(or $(TRACEE_CC),$(1)) $(TRACEE_CFLAGS) $(TRACEE_FLAGS) -o $@ $< -lpthread -lrt

build/tracees.mk: $(wildcard tests/programs/*.c tests/programs/*.cc tests/programs/*/*.c tests/programs/*/*.cc)
	@mkdir -p $(@D)
	@awk 'FNR > 1 { nextfile } \
		/^\/\* c(flags|c): / { name = FILENAME; sub(/\.[a-z]+$$/, "", name); flags = $$0; sub(/ \*\/$$/, "", flags); \
			if ($$2 == "cc:") print "build/" name ": TRACEE_CC = " $$3; \
			sub(/^\/\* (cflags:|cc: [^ ]*) ?/, "", flags); print "build/" name ": TRACEE_FLAGS = " flags }' $^ >$@

-include build/tracees.mk

build/tests/programs/%: tests/programs/%.c $(wildcard tests/programs/*.h)
	@mkdir -p $(@D)
	$(call tracee,$(CC) -std=gnu17)

build/tests/programs/%: tests/programs/%.cc $(wildcard tests/programs/*.h)
	@mkdir -p $(@D)
	$(call tracee,$(CXX) -std=gnu++17)

# Programs that fail now and then, for who looks for bugs; not among the tracees, which must not.
BUGS = $(patsubst %.c,build/%,$(wildcard tests/programs/bugs/*.c))

check-programs: $(BUGS)

$(BUGS): $(wildcard tests/programs/bugs/*.h)

# Programs to debug, as they are when one debugs.
DEBUGGED = $(addprefix build/,$(basename $(wildcard tests/programs/gdb/*.c tests/programs/gdb/*.cc)))

check-programs: $(DEBUGGED)

$(DEBUGGED): TRACEE_CFLAGS = -O0 -g -Wall -Wextra -Werror

.PHONY: tests-programs
