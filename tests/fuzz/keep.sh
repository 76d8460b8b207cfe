#!/bin/bash
# keep.sh DIR TARGET...: replaces the kept inputs by a minimal set of those in DIR/TARGET that covers the same code.
dir=$1
shift
kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT
export TMPDIR=$kept/tmp
for t; do
	rm -rf "$kept"/*
	mkdir "$TMPDIR" "$kept/inputs"
	"build-fuzz/${t}_fuzzer" -set_cover_merge=1 -use_counters=0 -timeout=20 -rss_limit_mb=3000 -close_fd_mask=1 \
		"$kept/inputs" "$dir/$t" > "$dir/$t.log" 2>&1 < /dev/null || { echo "not ok $t: $dir/$t.log"; exit 1; }
	tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cJf "tests/fuzz/corpus/$t.tar.xz" -C "$kept/inputs" .
	echo "ok $t: $(ls "$kept/inputs" | wc -l) inputs kept"
done
