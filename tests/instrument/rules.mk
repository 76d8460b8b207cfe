# `make build/tests/rr-sites`: a program for developers that prints how ELF files are rewritten.
build/tests/rr-sites: build/tests/instrument/rr-sites.o build/librr.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)
