/* execve: the new program keeps the process id and gets the arguments and environment given. */
#include "check.h"

int main(int argc, char **argv)
{
	char number[32], *args[] = {argv[0], number, "b c", "", NULL};
	char *env[] = {"ONE=1", "EMPTY=", NULL};

	if (argc == 1) {
		snprintf(number, sizeof(number), "%d", (int)getpid());
		execve("/proc/self/exe", args, env);
		CHECK(!"execve returned");
	}
	CHECK(argc == 4 && atoi(argv[1]) == getpid() && !strcmp(argv[2], "b c") && !*argv[3]);
	CHECK(!strcmp(getenv("ONE"), "1") && !*getenv("EMPTY") && !getenv("PATH"));
	printf("%d became %s\n", (int)getpid(), argv[1]);
	puts("ok");
	return 0;
}
