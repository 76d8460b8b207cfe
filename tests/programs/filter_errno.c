/* SECCOMP_RET_ERRNO on each class of call: the call fails with that error and has no effect. */
#include "filter.h"

int main(void)
{
	size_t i;

	CHECK(!filter_install(0, -1, SECCOMP_RET_ERRNO | 200, 0));
	for (i = 0; i < NCLASSES; i++)
		CHECK(class_call(&classes[i]) == -1 && errno == 200);
	CHECK(!class_is_mapped());
	CHECK(!filter_install(0, -1, SECCOMP_RET_ERRNO | 0, 1));
	for (i = 0; i < NCLASSES; i++) {
		errno = 0; /* of filters with the same verdict, the last counts */
		CHECK(class_call(&classes[i]) == (i ? -1 : 0) && errno == (int)i);
		printf("%s\n", classes[i].name);
	}
	puts("ok");
	syscall(SYS_exit, 0);
}
