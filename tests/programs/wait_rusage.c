/* wait4's rusage and RUSAGE_CHILDREN count the child's page faults and time. */
#include "check.h"

#include <sys/mman.h>
#include <sys/resource.h>

int main(void)
{
	struct rusage usage, children;
	volatile char *memory;
	pid_t child;
	int status, i;

	child = fork();
	CHECK(child >= 0);
	if (!child) {
		memory = mmap(NULL, 400 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0);
		CHECK(memory != MAP_FAILED);
		CHECK(!madvise((void *)memory, 400 * 4096, MADV_NOHUGEPAGE) || errno == EINVAL);
		for (i = 0; i < 400; i++)
			memory[i * 4096] = 1;
		_exit(0);
	}
	CHECK(wait4(child, &status, 0, &usage) == child && status == 0);
	CHECK(!getrusage(RUSAGE_CHILDREN, &children));
	printf("faults %ld maxrss %ld kB user %ld us switches %ld+%ld\n", usage.ru_minflt,
	       usage.ru_maxrss, (long)usage.ru_utime.tv_usec, usage.ru_nvcsw, usage.ru_nivcsw);
	CHECK(usage.ru_minflt >= 400 && children.ru_minflt >= usage.ru_minflt);
	puts("ok");
	return 0;
}
