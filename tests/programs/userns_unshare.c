/* unshare of a user namespace: root inside, by a mapping the process writes itself. */
#include "check.h"

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && !close(fd));
}

int main(void)
{
	char map[32];
	uid_t user = getuid();
	pid_t child;

	child = fork();
	CHECK(child >= 0);
	if (!child) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWUTS))
			_exit(77);
		printf("before mapping: user %d\n", (int)getuid());
		snprintf(map, sizeof(map), "0 %d 1", (int)user);
		put("/proc/self/setgroups", "deny");
		put("/proc/self/uid_map", map);
		CHECK(getuid() == 0 && geteuid() == 0);
		CHECK(!sethostname("inside", 6));
		CHECK(!gethostname(map, sizeof(map)) && !strcmp(map, "inside"));
		_exit(3);
	}
	switch (WEXITSTATUS(status_of(child))) {
	case 77: SKIP("no user namespaces");
	case 3: break;
	default: return 1;
	}
	CHECK(!gethostname(map, sizeof(map)));
	printf("outside: %s\n", map);
	puts("ok");
	return 0;
}
