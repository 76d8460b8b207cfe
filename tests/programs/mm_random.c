/* Random calls that change memory, many of which fail, some half way: after each, the program looks
 * at what there is by its own loads and stores. */
#include "check.h"
#include "probe.h"
#include "tempdir.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#define PAGES 24
#define AT(page) (base + (page)*4096)

static char *base;
static unsigned long state;

static unsigned pick(unsigned n)
{
	state = state * 6364136223846793005ul + 1442695040888963407ul;
	return (state >> 33) % n;
}

static long step(int fd, int sealing)
{
	static const int prots[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
				    PROT_READ | PROT_WRITE | PROT_EXEC};
	static const int advices[] = {
		MADV_DONTNEED, MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_NORMAL,
		MADV_DONTFORK, MADV_DOFORK,   24,        102,         103};
	unsigned at = pick(PAGES), n = 1 + pick(PAGES - at), to = pick(PAGES), m = 1 + pick(4);
	int prot = prots[pick(4)];

	switch (pick(sealing ? 13 : 12)) {
	case 0: return mprotect(AT(at), n * 4096, prot);
	case 1:
	case 2: return madvise(AT(at), n * 4096, advices[pick(10)]);
	case 3: return munmap(AT(at), m * 4096);
	case 4: return mlock(AT(at), m * 4096);
	case 5: return munlock(AT(at), n * 4096);
	case 6:
	case 7:
		return (long)mmap(AT(at), m * 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
				  -1, 0);
	case 8:
		return (long)mmap(AT(at), m * 4096, prot,
				  pick(2) ? MAP_SHARED | MAP_FIXED : MAP_PRIVATE | MAP_FIXED, fd,
				  pick(4) * 4096);
	case 9:
		return (long)mremap(AT(at), m * 4096, (pick(2) ? m : 1 + pick(5)) * 4096,
				    MREMAP_MAYMOVE | MREMAP_FIXED, AT(to));
	case 10:
		return (long)mremap(AT(at), m * 4096, m * 4096,
				    MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, AT(to));
	case 11: return pwrite(fd, "file", 4, pick(8) * 4096);
	default: return pick(8) ? 0 : syscall(462 /* mseal */, AT(at), 4096, 0);
	}
}

static void look(unsigned number)
{
	for (unsigned i = 0; i < PAGES + 8; i++) {
		char was = peek(AT(i)), can = was == '#' ? '-' : probe(AT(i));
		if (can == 'w' && pick(2))
			*AT(i) = 'a' + number % 26;
		putchar(was);
		putchar(can);
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	state = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	CHECK(fd >= 0 && ftruncate(fd, 8 * 4096) == 0);
	base = mmap(NULL, (PAGES + 8) * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
	CHECK(base != MAP_FAILED);
	for (unsigned i = 0; i < 150; i++) {
		long r = step(fd, i > 100);
		printf("%u: %d %d ", i, r < 0 ? -1 : r ? 1 : 0, r == -1 ? errno : 0);
		look(i);
	}
	puts("ok");
	return 0;
}
