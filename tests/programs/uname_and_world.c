/* uname, host name, working directory, arguments, environment, umask, ids: printed. */
#include "check.h"

#include <sys/stat.h>
#include <sys/utsname.h>

int main(int argc, char **argv)
{
	char text[4096];
	struct utsname names;
	mode_t mask = umask(022);
	int i;

	CHECK(!uname(&names) && !strcmp(names.sysname, "Linux"));
	printf("%s %s %s %s %s\n", names.sysname, names.nodename, names.release, names.version,
	       names.machine);
	CHECK(!gethostname(text, sizeof(text)) && !strcmp(text, names.nodename));
	CHECK(getcwd(text, sizeof(text)) && text[0] == '/');
	printf("in %s\n", text);
	for (i = 0; i < argc; i++)
		printf("argument %d: %s\n", i, argv[i]);
	for (i = 0; environ[i]; i++)
		printf("environment: %s\n", environ[i]);
	printf("umask %03o\n", (unsigned)mask);
	printf("user %d %d group %d %d\n", (int)getuid(), (int)geteuid(), (int)getgid(),
	       (int)getegid());
	printf("ids %d %d %d %d\n", (int)getpid(), (int)getppid(), (int)getpgrp(), (int)getsid(0));
	puts("ok");
	return 0;
}
