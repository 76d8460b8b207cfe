/* close_range closes every descriptor above stderr, as daemons do. The recorder's own must
 * survive. */
#include "check.h"

#include <fcntl.h>
#include <sys/syscall.h>

int main(void)
{
	int p[2];

	CHECK(pipe(p) == 0 && dup2(p[0], 100) == 100 && dup2(p[0], 200) == 200 &&
	      dup2(p[0], 300) == 300);
	if (syscall(436, 150, 250, 0) == -1 && errno == ENOSYS)
		puts("no close_range");
	else {
		CHECK(fcntl(100, F_GETFD) == 0 && fcntl(200, F_GETFD) == -1 &&
		      fcntl(300, F_GETFD) == 0);
		CHECK(syscall(436, 90, 350, 4) == 0 && fcntl(100, F_GETFD) == FD_CLOEXEC);
		CHECK(syscall(436, 5, 4, 0) == -1 && errno == EINVAL);
		CHECK(syscall(436, 3, ~0u, 0) == 0 && fcntl(100, F_GETFD) == -1 && errno == EBADF);
	}
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	CHECK(pipe(p) == 0 && p[0] == 3 && p[1] == 4);
	closefrom(3);
	CHECK(open("/dev/null", O_RDONLY) == 3);
	puts("ok");
	return 0;
}
