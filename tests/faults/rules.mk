# What makes programs of the toolkit fail (tests/faults/faults.py).
build/tests/faults/fault.so: tests/faults/fault.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=gnu17 $(WARN) $(CFLAGS) -fno-builtin -fPIC -shared -o $@ $<

tests-programs: build/tests/faults/fault.so
