# The program that tests/fuzz/random-calls.py records. It is no fuzzing target.
build/tests/fuzz/random_calls: tests/fuzz/random_calls.c tests/fuzz/random_actor.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -o $@ $< -lpthread -lrt

check-programs: build/tests/fuzz/random_calls
