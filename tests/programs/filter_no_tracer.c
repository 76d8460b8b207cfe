/* SECCOMP_RET_TRACE without a tracer: each class of call fails with ENOSYS. SECCOMP_RET_LOG and
 * USER_NOTIF without a supervisor: it is made, and fails. */
#include "filter.h"

int main(void)
{
	size_t i;

	CHECK(!filter_install(0, SYS_mmap, SECCOMP_RET_LOG, 0));
	CHECK(class_call(&classes[2]) == (long)CLASS_AT && class_is_mapped());
	CHECK(!munmap(CLASS_AT, 4096));
	CHECK(!filter_install(0, -1, SECCOMP_RET_TRACE, 1));
	for (i = 0; i < NCLASSES; i++)
		CHECK(class_call(&classes[i]) == -1 && errno == ENOSYS);
	CHECK(!filter_install(0, -1, SECCOMP_RET_USER_NOTIF, 1));
	for (i = 0; i < NCLASSES; i++)
		CHECK(class_call(&classes[i]) == -1 && errno == ENOSYS);
	CHECK(!class_is_mapped());
	puts("ok");
	syscall(SYS_exit, 0);
}
