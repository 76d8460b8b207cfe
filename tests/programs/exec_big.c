/* exec with 3,000 arguments, long ones among them, and a big environment; too much is E2BIG. */
#include "check.h"

#define COUNT 3000

int main(int argc, char **argv)
{
	static char *args[COUNT + 1], *env[COUNT + 1], *huge[200];
	unsigned long sum = 0;
	int i;

	if (argc > 1) {
		for (i = 1; i < argc; i++)
			sum += strlen(argv[i]);
		for (i = 0; environ[i]; i++)
			sum += strlen(environ[i]);
		printf("%d arguments, %d variables, %lu bytes\n", argc, i, sum);
		CHECK(argc == COUNT && i == COUNT && strlen(argv[COUNT - 1]) == 100000);
		puts("ok");
		return 0;
	}
	for (i = 0; i < COUNT; i++) {
		CHECK(asprintf(&args[i], "argument %d", i) > 0);
		CHECK(asprintf(&env[i], "VARIABLE_%d=value %d", i, i * i) > 0);
	}
	CHECK(args[COUNT - 1] = calloc(1, 200001));
	memset(args[COUNT - 1], 'x', 200000);
	CHECK(execve("/proc/self/exe", args, env) == -1 && errno == E2BIG);
	args[COUNT - 1][100000] = 0;
	for (i = 0; i < 199; i++)
		huge[i] = args[COUNT - 1];
	CHECK(execve("/proc/self/exe", args, huge) == -1 && errno == E2BIG);
	execve("/proc/self/exe", args, env);
	CHECK(!"execve returned");
	return 1;
}
