# Tracees: every tests/programs/*.c and *.cc becomes build/tests/programs/*, with the flags its first line
# asks for, /* cflags: -static */, or the compiler and flags: /* cc: musl-gcc -static */
TRACEE_SRC = $(wildcard tests/programs/*.c tests/programs/*.cc)
TRACEES = $(addprefix build/,$(basename $(TRACEE_SRC)))
TRACEE_CFLAGS = -O1 -g -Wall -Wextra -Werror

tests-programs: $(TRACEES)

# $(call tracee,COMPILER): how it is called for $<
tracee = $$(sed -n '1s|^/\* cc: \([^ ]*\) .*|\1|p;1!q' $< | grep . || echo '$(1)') $(TRACEE_CFLAGS) \
	$$(sed -n '1s,^/\* \(cflags:\|cc: [^ ]*\) \(.*\) \*/$$,\2,p;1!q' $<) -o $@ $< -lpthread -lrt

build/tests/programs/%: tests/programs/%.c $(wildcard tests/programs/*.h)
	@mkdir -p $(@D)
	$(call tracee,$(CC) -std=gnu17)

build/tests/programs/%: tests/programs/%.cc $(wildcard tests/programs/*.h)
	@mkdir -p $(@D)
	$(call tracee,$(CXX) -std=gnu++17)

# Their bats files: one test a tracee; those that are interrupted while they compute are many, and have their own.
PREEMPTED_SRC = $(filter tests/programs/pre_%,$(TRACEE_SRC))

check-programs: build/tests/preempted.bats

build/tests/programs.bats: tests/gen-programs-bats.sh $(TRACEE_SRC)
	@mkdir -p $(@D)
	@sh tests/gen-programs-bats.sh $(filter-out $(PREEMPTED_SRC),$(TRACEE_SRC)) >$@

build/tests/preempted.bats: tests/gen-programs-bats.sh $(TRACEE_SRC)
	@mkdir -p $(@D)
	@sh tests/gen-programs-bats.sh $(PREEMPTED_SRC) >$@

# Programs that fail now and then, for who looks for bugs; not among the tracees, which must not.
BUGS = $(patsubst %.c,build/%,$(wildcard tests/programs/bugs/*.c))

check-programs: $(BUGS)

$(BUGS): $(wildcard tests/programs/bugs/*.h)

# Programs to debug, as they are when one debugs.
DEBUGGED = $(addprefix build/,$(basename $(wildcard tests/programs/gdb/*.c tests/programs/gdb/*.cc)))

check-programs: $(DEBUGGED)

$(DEBUGGED): TRACEE_CFLAGS = -O0 -g -Wall -Wextra -Werror

.PHONY: tests-programs
