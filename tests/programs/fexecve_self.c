/* fexecve of a descriptor of the program itself. */
#include "check.h"

int main(void)
{
	char *args[] = {"again", NULL}, *env[] = {"AGAIN=1", NULL};
	int fd;

	if (!getenv("AGAIN")) {
		printf("first %d\n", (int)getpid());
		CHECK((fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)) >= 0);
		fexecve(fd, args, env);
		CHECK(!"fexecve returned");
	}
	printf("second %d\n", (int)getpid());
	puts("ok");
	return 0;
}
