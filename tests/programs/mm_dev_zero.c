/* /dev/zero maps as anonymous memory, private or shared with children. */
#include "check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
	int fd = open("/dev/zero", O_RDWR);
	char buf[5000];

	CHECK(fd >= 0);
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	char *s = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED && s != MAP_FAILED && p[100] == 0 && s[8191] == 0);
	memset(buf, 1, sizeof(buf));
	CHECK(read(fd, buf, sizeof(buf)) == sizeof(buf) && buf[0] == 0 && buf[4999] == 0);
	close(fd);
	strcpy(p, "parent");
	pid_t child = fork();
	if (child == 0) {
		strcpy(p, "child");
		strcpy(s + 4096, "child");
		_exit(0);
	}
	CHECK(waitpid(child, NULL, 0) == child);
	printf("%p %s %p %s\n", (void *)p, p, (void *)s, s + 4096);
	CHECK(!strcmp(p, "parent") && !strcmp(s + 4096, "child"));
	puts("ok");
	return 0;
}
