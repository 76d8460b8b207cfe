# A developer's program: what the rewriter makes of ELF files. `make build/tests/rr-sites`
build/tests/rr-sites: build/tests/instrument/rr-sites.o build/librr.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)
