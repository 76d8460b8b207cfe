/* Programs that can use userfaultfd do without it if it is refused. */
#include "check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

int main(void)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	CHECK(fd >= 0 || errno == ENOSYS || errno == EPERM);
	printf("userfaultfd: %s\n", fd < 0 ? strerror(errno) : "served");
	if (fd >= 0)
		close(fd);
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED && p[0] == 0);
	puts("ok");
	return 0;
}
