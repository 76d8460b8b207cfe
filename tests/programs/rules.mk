# Tracees: every tests/programs/*.c becomes build/tests/programs/*, with the flags its first line
# asks for: /* cflags: -static */
TRACEE_SRC = $(wildcard tests/programs/*.c)
TRACEES = $(TRACEE_SRC:tests/programs/%.c=build/tests/programs/%)
TRACEE_CFLAGS = -O1 -g -std=gnu17 -Wall -Wextra -Werror

tests-programs: $(TRACEES)

build/tests/programs/%: tests/programs/%.c $(wildcard tests/programs/*.h)
	@mkdir -p $(@D)
	$(CC) $(TRACEE_CFLAGS) $$(sed -n '1s|^/\* cflags: \(.*\) \*/$$|\1|p' $<) -o $@ $< -lpthread -lrt

# Their bats file: one test a tracee.
build/tests/programs.bats: tests/gen-programs-bats.sh $(TRACEE_SRC)
	@mkdir -p $(@D)
	@sh tests/gen-programs-bats.sh $(TRACEE_SRC) >$@

.PHONY: tests-programs
