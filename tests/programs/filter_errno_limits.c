/* SECCOMP_RET_ERRNO with 0 skips the call and gives 0; what is larger than the largest error gives
 * that. */
#include "filter.h"

int main(void)
{
	size_t i;
	pid_t pid;

	CHECK((pid = fork()) >= 0);
	if (!pid) {
		CHECK(!filter_install(0, -1, SECCOMP_RET_ERRNO | 0, 0));
		for (i = 0; i < NCLASSES; i++)
			CHECK(class_call(&classes[i]) == 0);
		CHECK(!class_is_mapped());
		puts("skipped");
		syscall(SYS_exit, 3);
	}
	CHECK(status_of(pid) == 3 << 8);
	CHECK(!filter_install(0, -1, SECCOMP_RET_ERRNO | 0xffff, 0));
	for (i = 0; i < NCLASSES; i++)
		CHECK(class_call(&classes[i]) == -1 && errno == 4095);
	puts("ok");
	syscall(SYS_exit, 0);
}
