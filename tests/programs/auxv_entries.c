/* The auxiliary vector: printed from the stack, the same by /proc/self/auxv; AT_RANDOM's bytes. */
#include "check.h"

#include <elf.h>
#include <sys/auxv.h>

int main(int argc, char **argv)
{
	const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);
	Elf64_auxv_t *entry, from_proc[64];
	char **walk = argv + argc + 1;
	ssize_t got;
	int fd, i;

	CHECK(random && getauxval(AT_PAGESZ) == 4096 && getauxval(AT_UID) == getuid());
	printf("random");
	for (i = 0; i < 16; i++)
		printf(" %02x", random[i]);
	puts("");
	while (*walk)
		walk++;
	CHECK((fd = open("/proc/self/auxv", O_RDONLY)) >= 0);
	got = read(fd, from_proc, sizeof(from_proc));
	CHECK(got > 0);
	for (entry = (Elf64_auxv_t *)(walk + 1), i = 0; entry->a_type != AT_NULL; entry++, i++)
		printf("%lu: %#lx, /proc %lu: %#lx\n", entry->a_type, entry->a_un.a_val,
		       from_proc[i].a_type, from_proc[i].a_un.a_val);
	printf("platform %s, program %s\n", (char *)getauxval(AT_PLATFORM),
	       (char *)getauxval(AT_EXECFN));
	CHECK(getauxval(AT_ENTRY) && getauxval(AT_PHDR) && i > 10);
	puts("ok");
	return 0;
}
