# Figures of rr-gdb; run.sh sources this.

# The times a user waits: for the first prompt with a small program; from beginning to end of a program of some seconds, and back
# from there to a breakpoint a tenth of it before; for a checkpoint of 100 MB.
gdb_figures()
{
	local round n=48000000
	cat > work.c <<-'END'
		#include <stdlib.h>
		__attribute__((noinline)) unsigned part(unsigned x, long n) { while (n--) x = x * 1664525 + 1013904223; return x; }
		__attribute__((noinline)) void mark(void) { __asm__ volatile(""); }
		int main(int argc, char **argv)
		{
			unsigned x = (unsigned)argc;
			for (int i = 0; i < 100; i++, i == 90 ? mark() : (void)0)
				x = part(x, atol(argv[1]));
			return x == 1;
		}
	END
	cat > touch.c <<-'END'
		#include <string.h>
		#include <sys/mman.h>
		#include <unistd.h>
		int main(void)
		{
			memset(mmap(NULL, 100 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, 100 << 20);
			return getppid() == 0;
		}
	END
	cat > timed.gdb <<-'END'
		python
		import time, gdb
		def timed(what, command):
		    begin = time.time()
		    gdb.execute(command, to_string=True)
		    print(time.time() - begin, file=open(what + ".gdb", "a"))
		timed("continue", "continue")
		gdb.execute("break mark")
		timed("back", "reverse-continue")
		gdb.execute("continue")
		timed("again", "reverse-continue")
		end
	END
	if ! type gdb > client.log 2>&1 || ! gcc -O1 -o work work.c || ! gcc -O1 -o touch touch.c; then
		echo "bench: gdb: needs gdb and gcc" >&2
		failed=1
		return
	fi
	"$root/bin/rr-record" -q -f -o trace.work ./work "$n" && "$root/bin/rr-record" -q -f -o trace.true true &&
		"$root/bin/rr-record" -q -f -o trace.touch ./touch || { failed=1; return; }
	for ((round = 1; round <= RUNS; round++)); do
		seconds gdb -batch -nx -ex starti /bin/true >> start.gdb || failed=1
		seconds "$root/bin/rr-gdb" trace.true -- -batch -nx >> attach.gdb || failed=1
		seconds "$root/bin/rr-replay" -q trace.work >> replay.gdb || failed=1
		seconds "$root/bin/rr-gdb" trace.work -- -batch -nx -x timed.gdb > session.gdb || failed=1
	done
	read -r made restored < <("$checkpoint" trace.touch "$("$root/bin/rr-dump" -s getppid trace.touch | cut -f 1)")
	awk -v start="$(median start.gdb 1)" -v attach="$(median attach.gdb 1)" -v replay="$(median replay.gdb 1)" \
		-v go="$(median continue.gdb 1)" -v back="$(median back.gdb 1)" -v again="$(median again.gdb 1)" \
		-v made="$made" -v restored="$restored" 'BEGIN {
		printf "\nrr-gdb: %.2f s to the first prompt, gdb alone %.2f\n", attach, start
		printf "to the end: %.2f s, replayed in %.2f: %.2f\n", go, replay, go / replay
		printf "back over the last tenth of that: %.2f s, again: %.2f s\n", back, again
		printf "a checkpoint of 100 MB: %.1f ms, going back to it: %.1f ms\n", made, restored
	}'
}
