/* Memory that may not become executable (PR_SET_MDWE) stays as it is when mprotect is refused. */
#include "check.h"
#include "probe.h"

#include <sys/mman.h>
#include <sys/prctl.h>

#define SET_MDWE 65
#define REFUSE_EXEC_GAIN 1

int main(void)
{
	char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED && code != MAP_FAILED);
	if (prctl(SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0))
		SKIP("no PR_SET_MDWE");
	memset(p, 'd', 4 * 4096);
	CHECK(mprotect(p, 4 * 4096, PROT_READ | PROT_EXEC) == -1 && errno == EACCES);
	printf("%s %.4s\n", probe_pages(p, 4), p);
	CHECK(mprotect(p + 4096, 2 * 4096, PROT_READ | PROT_WRITE | PROT_EXEC) == -1 &&
	      errno == EACCES);
	CHECK(mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0);
	void *both = mmap(p, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
			  -1, 0);
	CHECK(both == MAP_FAILED && errno == EACCES);
	printf("%s %.4s\n", probe_pages(p, 4), p);
	CHECK(mprotect(p, 4096, PROT_READ) == 0);
	puts(probe_pages(p, 4));
	puts("ok");
	return 0;
}
