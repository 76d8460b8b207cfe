/* A program is executed, and executes itself once more, from a file system that a child of the
 * first serves. */
#include "fuse.h"

static int run(const char *how)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("m/program", "program", how, NULL);
		_exit(3);
	}
	return status_of(pid);
}

int main(int argc, char **argv)
{
	char maps[256], *line = NULL;
	size_t size = 0;
	bool seen = false;

	if (argc == 2 && !strcmp(argv[1], "twice"))
		execl("/proc/self/exe", "program", "once", NULL);
	if (argc == 2) {
		snprintf(maps, sizeof(maps), "/proc/self/maps");
		FILE *f = fopen(maps, "re");
		while (f && getline(&line, &size, f) > 0)
			seen |= strstr(line, "/m/program\n") && strstr(line, " r-xp ");
		CHECK(seen);
		printf("program %s\n", argv[1]);
		return 7;
	}
	tempdir_enter();
	fuse_files[0] = fuse_copy("program", "/proc/self/exe");
	pid_t server = fuse_begin();
	for (int i = 0; i < 3; i++)
		CHECK(run("once") == 7 << 8);
	CHECK(run("twice") == 7 << 8);
	fuse_end(server);
	puts("ok");
	return 0;
}
