#!/bin/sh
# gen-programs-bats.sh SOURCE...: a bats file on stdout, one test for each tracee, named after its comment.
cat <<'END'
# Made by tests/gen-programs-bats.sh.
# One test a tracee: built, run natively, recorded, replayed with the same output, verified.
# REPEAT: how often; one that is interrupted where chance wills shows less in one run: PREEMPTED.
tracee() {
	case $1 in pre_*) times=${REPEAT:-${PREEMPTED:-5}} ;; *) times=${REPEAT:-1} ;; esac
	run "$RR_TOP/tests/run-programs.sh" -r "$times" "$1"
	echo "$output"
	case $output in skip*) skip "${output#*: }" ;; esac
	[ "$status" -eq 0 ]
}

setup() {
	RR_TOP=${RR_TOP:-$BATS_TEST_DIRNAME/../..}
}
END
for source; do
	name=${source##*/}
	name=${name%.*}
	# The opening comment (after the one for flags), up to its end or its first full stop.
	says=$(awk '/^\/\* cflags:/ { next }
		/^\/\* cc:/ { next }
		/^\/\// { if (!block) { sub(/^\/\/ */, ""); print; next } }
		/^\/\*/ { block = 1 }
		!block { exit }
		{ end = sub(/ *\*\/.*/, ""); sub(/^(\/| )\* */, ""); print }
		end { exit }' "$source" | tr -s ' \t\n' ' ' | sed 's/\. .*//; s/[ .]*$//; s/["`$\\]//g')
	printf '\n@test "%s%s" {\n\ttracee %s\n}\n' "$name" "${says:+: $says}" "$name"
done
