/* More words than a processor can watch, each in its own page, written and read in a repeating
 * order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PLACES 6
#define PAGE 4096

struct record {
	long part[8];
};

struct place {
	int value, beside;
	char rest[PAGE - 2 * sizeof(int)];
};

static struct place place[PLACES] __attribute__((aligned(PAGE)));
static struct record record __attribute__((aligned(PAGE)));
static int *shared;
static volatile int seen, quiet[4]; /* these never change */

static void begin(void)
{
}

static void work(long loops)
{
	for (long i = 0; i < loops; i++)
		place[i % PLACES].rest[i % 64] ^= (char)i;
}

static void round_of(int n, const int pipe_ends[2])
{
	for (int i = 0; i < PLACES; i++) {
		place[i].beside = n; /* the same page */
		place[i].value = n;
	}
	record.part[n % 8] = n;
	memset(&record.part[7], n + 1, sizeof(record.part[7]));
	*shared = n;
	if (write(pipe_ends[1], &n, sizeof(n)) != sizeof(n) ||
	    read(pipe_ends[0], &place[5].value, sizeof(n)) != sizeof(n))
		exit(1);
	n += 100;
	if (write(pipe_ends[1], &n, sizeof(n)) != sizeof(n) ||
	    read(pipe_ends[0], shared, sizeof(n)) != sizeof(n))
		exit(1);
	seen = place[4].beside; /* this one is not watched */
	seen = place[4].value;
}

int main(int argc, char **argv)
{
	int ends[2];

	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || pipe(ends))
		return 1;
	begin();
	for (int n = 1; n <= 3; n++) {
		round_of(n, ends);
		work(argc > 1 ? atol(argv[1]) : 0);
	}
	printf("%d\n", seen + quiet[0]);
	return 0;
}
