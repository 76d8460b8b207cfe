/* Descriptor 1 is a file for a while. What is written to it then is no output. */
#include "check.h"
#include "tempdir.h"

int main(void)
{
	char buf[64] = "";

	tempdir_enter();
	puts("to stdout");
	int saved = fcntl(1, F_DUPFD_CLOEXEC, 10);
	CHECK(saved >= 10 && close(1) == 0);
	CHECK(open("f", O_RDWR | O_CREAT, 0600) == 1);
	puts("to the file");
	int in = open("f", O_RDONLY);
	CHECK(read(in, buf, sizeof(buf)) == 12 && !strcmp(buf, "to the file\n"));
	CHECK(dup2(saved, 1) == 1 && close(saved) == 0);
	puts("to stdout again");
	FILE *f = freopen("g", "w", stderr);
	CHECK(f && fprintf(stderr, "not stderr\n") == 11);
	CHECK(access("g", R_OK) == 0);
	puts("ok");
	return 0;
}
