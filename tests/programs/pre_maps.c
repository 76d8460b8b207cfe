/* The executable mappings of files, as /proc/self/maps lists them, are those of the program and its
 * libraries, each where its program headers say, with the file's own device, inode and offset. */
#include "check.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct mapping {
	unsigned long from, to, offset, inode;
	unsigned major, minor;
	char path[PATH_MAX];
	int seen;
};

static struct mapping maps[64];
static int count;

static void read_maps(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[PATH_MAX + 200], mode[5];
	struct mapping *m;

	CHECK(f);
	for (count = 0; fgets(line, sizeof(line), f);) {
		CHECK(count < 64);
		m = &maps[count];
		memset(m, 0, sizeof(*m));
		CHECK(sscanf(line, "%lx-%lx %4s %lx %x:%x %lu %4095[^\n]", &m->from, &m->to, mode,
			     &m->offset, &m->major, &m->minor, &m->inode, m->path) >= 7);
		count += mode[2] == 'x' && m->path[0] == '/';
	}
	fclose(f);
}

static int check_segments(struct dl_phdr_info *info, size_t size, void *arg)
{
	char path[PATH_MAX];
	struct stat st;
	int i, k, found;

	(void)size, (void)arg;
	CHECK(realpath(info->dlpi_name[0] ? info->dlpi_name : "/proc/self/exe", path) ||
	      info->dlpi_name[0] != '/');
	if (info->dlpi_name[0] && info->dlpi_name[0] != '/')
		return 0; /* the vdso */
	CHECK(!stat(path, &st));
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];
		unsigned long from = (info->dlpi_addr + h->p_vaddr) & ~4095ul;

		if (h->p_type != PT_LOAD || !(h->p_flags & PF_X))
			continue;
		for (found = k = 0; k < count; k++)
			if (maps[k].from == from) {
				CHECK(maps[k].to ==
				      ((info->dlpi_addr + h->p_vaddr + h->p_filesz + 4095) &
				       ~4095ul));
				CHECK(maps[k].offset == (h->p_offset & ~4095ul) &&
				      !strcmp(maps[k].path, path));
				CHECK(maps[k].inode == st.st_ino &&
				      makedev(maps[k].major, maps[k].minor) == st.st_dev);
				found = maps[k].seen = 1;
			}
		CHECK(found);
	}
	return 0;
}

int main(void)
{
	void *library = NULL;
	int i, round;

	for (round = 0; round < 3; round++) {
		read_maps();
		dl_iterate_phdr(check_segments, NULL);
		for (i = 0; i < count; i++) {
			printf("%s\n", maps[i].path);
			CHECK(maps[i].seen);
		}
		if (round == 0)
			library = dlopen("libz.so.1", RTLD_NOW);
		else if (round == 1 && library)
			CHECK(!dlclose(library));
	}
	puts("ok");
	return 0;
}
