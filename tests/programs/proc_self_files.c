/* /proc/self/{stat,status,cmdline,exe,comm,environ,limits,io,cgroup} are read and printed. */
#include "check.h"

static void show(const char *name)
{
	char path[64], text[8192];
	ssize_t got;
	int fd, i;

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0) {
		printf("%s: %s\n", path, strerror(errno));
		return;
	}
	got = read(fd, text, sizeof(text));
	close(fd);
	CHECK(got >= 0);
	for (i = 0; i < got; i++)
		if (!text[i])
			text[i] = ' ';
	printf("%s: %.*s\n", name, (int)got, text);
}

int main(void)
{
	const char *names[] = {"stat",      "statm",     "status",      "cmdline", "comm",
			       "environ",   "limits",    "io",          "cgroup",  "wchan",
			       "oom_score", "schedstat", "personality", "loginuid"};
	char text[4096];
	ssize_t length;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		show(names[i]);
	length = readlink("/proc/self/exe", text, sizeof(text) - 1);
	CHECK(length > 0);
	text[length] = 0;
	printf("exe %s\n", text);
	CHECK(strrchr(text, '/') && !strncmp(strrchr(text, '/'), "/proc_self_files", 16));
	length = readlink("/proc/self", text, sizeof(text) - 1);
	CHECK(length > 0);
	text[length] = 0;
	CHECK(atoi(text) == getpid());
	puts("ok");
	return 0;
}
