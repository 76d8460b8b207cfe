/* A process lists its own descriptors, and opens and reads their files by name. */
#include "check.h"
#include "tempdir.h"

int main(void)
{
	char path[64], target[PATH_MAX], c;
	struct dirent *e;

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600), p[2];
	CHECK(fd >= 0 && write(fd, "again", 5) == 5 && unlink("f") == 0 && pipe(p) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(path, target, sizeof(target));
	CHECK(n > 10 && !memcmp(target + n - 10, " (deleted)", 10));
	printf("%.*s\n", (int)n, target);
	int again = open(path, O_RDONLY);
	CHECK(again >= 0 && again != fd && read(again, &c, 1) == 1 && c == 'a');
	snprintf(path, sizeof(path), "/dev/fd/%d", p[0]);
	CHECK(readlink(path, target, sizeof(target)) > 6 && !memcmp(target, "pipe:[", 6));
	DIR *d = opendir("/proc/self/fd");
	int listed = 0;
	while ((e = readdir(d)))
		listed += atoi(e->d_name) == fd || atoi(e->d_name) == p[1];
	CHECK(listed == 2 && closedir(d) == 0);
	puts("ok");
	return 0;
}
