/* _exit drops buffered output, exit flushes it and runs atexit functions last in, first out. */
#include "check.h"

static void first(void)
{
	printf("registered first\n");
}

static void second(void)
{
	printf("registered second\n");
}

int main(void)
{
	pid_t child = fork();

	CHECK(child >= 0);
	if (!child) {
		setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
		CHECK(!atexit(first));
		printf("never seen\n");
		_exit(300);
	}
	CHECK(WEXITSTATUS(status_of(child)) == (300 & 255));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(!atexit(first) && !atexit(second));
		exit(-1);
	}
	CHECK(WEXITSTATUS(status_of(child)) == 255);
	puts("ok");
	return 0;
}
