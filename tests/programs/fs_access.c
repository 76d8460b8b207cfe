/* access, eaccess and faccessat2 check permissions, and fail for bad paths and modes. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>
#include <sys/syscall.h>

int main(void)
{
	tempdir_enter();
	CHECK(creat("f", 0400) >= 0 && mkdir("d", 0700) == 0);
	CHECK(access("f", F_OK) == 0 && access("f", R_OK) == 0);
	CHECK(access("f", X_OK) == -1 && errno == EACCES);
	CHECK(access("d/..", X_OK) == 0 && access("f/..", F_OK) == -1 && errno == ENOTDIR);
	CHECK(eaccess("f", R_OK) == 0 && access("f", 99) == -1 && errno == EINVAL);
	int w = access("f", W_OK);
	long two = syscall(439, AT_FDCWD, "f", R_OK, AT_EACCESS);
	printf("writable %d faccessat2 %ld\n", w, two);
	char name[300];
	memset(name, 'n', sizeof(name));
	name[299] = 0;
	CHECK(access(name, F_OK) == -1 && errno == ENAMETOOLONG);
	puts("ok");
	return 0;
}
