# Copies of files in a trace: rr-verify --quick tells whether they are whole.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	export BATS_TEST_TIMEOUT=300
}

setup() {
	common_setup
	cp /bin/bash shell # not a file of the system, so it is copied
	rr-record -o "$trace" ./shell -c 'exit 0'
	rr-dump -jM "$trace" | grep -q '"backing":"copy"'
}

# all_found FIRST LAST: each of these seeds is
all_found() {
	rr-verify --quick "$trace"
	/usr/bin/python3 "$tests/damage_copies.py" "$trace" "$1" "$2"
	rr-verify --quick "$trace"
}

@test "--quick finds whatever is wrong with a copy" {
	all_found 1 60
}

@test "--quick finds whatever is wrong with a copy of a packed trace" {
	rr-pack "$trace"
	all_found 61 120
}

@test "--quick finds a copy of the wrong contents under a name made from contents" {
	rr-pack "$trace"
	set -- "$trace"/files/*
	cp "$1" aside
	rm -f "$2"
	cp aside "$2"
	step verify rr-verify --quick "$trace"
	[ "$step_status" = 2 ]
	grep -q "files/$(basename "$2"): damaged: " verify.err
}

@test "copies that are links are checked too" {
	mkdir traces
	rr-pack --into traces "$trace"
	set -- traces/*
	rr-verify --quick "$1"
	trace=$1
	/usr/bin/python3 "$tests/damage_copies.py" "$1" 1 10
}

@test "a file that no record names is passed over" {
	echo more > "$trace/files/more"
	rr-verify --quick "$trace"
}

@test "a damaged copy is not packed" {
	copy=$(rr-dump -jM "$trace" | sed -n 's/.*"backing":"copy".*"copy":"\([^"]*\)".*/\1/p' | head -n 1)
	chmod u+w "$trace/files/$copy"
	printf x | dd of="$trace/files/$copy" bs=1 seek=70000 conv=notrunc status=none
	step pack rr-pack "$trace"
	[ "$step_status" = 2 ]
	grep -q "files/$copy: damaged: " pack.err
}

@test "rr-dump shows the size and the checksum of a copy" {
	size=$(stat -c %s shell)
	rr-dump -jM "$trace" | grep -Eq "\"copy_size\":$size,\"copy_sum\":\"(0x)?[0-9a-f]+\""
	before=$(rr-dump -jM "$trace" | sed -n 's/.*"backing":"copy".*"copy_sum":"\([^"]*\)".*/\1/p')
	rr-pack "$trace"
	rr-dump -jM "$trace" > packed
	for sum in $before; do
		grep -q "\"copy_sum\":\"$sum\"" packed
	done
}
