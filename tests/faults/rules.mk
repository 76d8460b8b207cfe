# The library that injects faults into the programs (tests/faults/faults.py).
build/tests/faults/fault.so: tests/faults/fault.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=gnu17 $(WARN) $(CFLAGS) -fno-builtin -fPIC -shared -o $@ $<

tests-programs: build/tests/faults/fault.so
