/* execveat: by directory and name, by descriptor alone (AT_EMPTY_PATH), and refused on a symlink.
 */
#include "check.h"

static int run(int dir, const char *path, int flags)
{
	char *args[] = {"child", NULL}, *env[] = {"STAGE=child", NULL};
	pid_t child = fork();

	CHECK(child >= 0);
	if (!child) {
		execveat(dir, path, args, env, flags);
		_exit(errno);
	}
	return WEXITSTATUS(status_of(child));
}

int main(void)
{
	char self[4096], *slash;
	ssize_t length;
	int dir, file;

	if (getenv("STAGE")) {
		printf("child %d\n", (int)getpid());
		return 111;
	}
	length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	CHECK(length > 0);
	self[length] = 0;
	CHECK((file = open(self, O_PATH | O_CLOEXEC)) >= 0);
	slash = strrchr(self, '/');
	*slash = 0;
	CHECK((dir = open(self, O_PATH | O_DIRECTORY | O_CLOEXEC)) >= 0);
	CHECK(run(dir, slash + 1, 0) == 111);
	CHECK(run(file, "", AT_EMPTY_PATH) == 111);
	CHECK(run(file, "", 0) == ENOENT);
	CHECK(run(AT_FDCWD, "/proc/self/exe", AT_SYMLINK_NOFOLLOW) == ELOOP);
	puts("ok");
	return 0;
}
