/* /proc/self/fd, fdinfo and task: the open descriptors and threads as directories. */
#include "check.h"

#include <dirent.h>

int main(void)
{
	char path[300], target[4096];
	struct dirent *entry;
	int fds[2], seen = 0;
	ssize_t length;
	DIR *dir;

	CHECK(!pipe(fds));
	CHECK(dir = opendir("/proc/self/fd"));
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || atoi(entry->d_name) == dirfd(dir))
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%s", entry->d_name);
		length = readlink(path, target, sizeof(target) - 1);
		CHECK(length > 0);
		target[length] = 0;
		printf("%s -> %s\n", entry->d_name, target);
		if (atoi(entry->d_name) == fds[0] || atoi(entry->d_name) == fds[1])
			seen += !strncmp(target, "pipe:[", 6);
	}
	closedir(dir);
	CHECK(seen == 2);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fds[0]);
	CHECK((fds[1] = open(path, O_RDONLY)) >= 0 && (length = read(fds[1], target, 4000)) > 0);
	printf("%.*s", (int)length, target);
	CHECK(dir = opendir("/proc/self/task"));
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			CHECK(atoi(entry->d_name) == getpid());
	closedir(dir);
	puts("ok");
	return 0;
}
