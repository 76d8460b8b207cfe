/* Hard and symbolic links are made, counted, read and removed. A loop of symbolic links is an
 * error. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>

int main(void)
{
	struct stat st;
	char buf[64];

	tempdir_enter();
	CHECK(open("f", O_RDWR | O_CREAT, 0600) >= 0 && link("f", "g") == 0 && link("f", "h") == 0);
	CHECK(stat("g", &st) == 0 && st.st_nlink == 3);
	CHECK(link("f", "g") == -1 && errno == EEXIST);
	CHECK(symlink("nowhere at all", "s") == 0 && readlink("s", buf, sizeof(buf)) == 14);
	CHECK(!memcmp(buf, "nowhere at all", 14));
	memset(buf, 'x', sizeof(buf));
	CHECK(readlink("s", buf, 3) == 3 && !memcmp(buf, "nowx", 4));
	CHECK(readlink("f", buf, 3) == -1 && errno == EINVAL);
	CHECK(symlink("loop2", "loop1") == 0 && symlink("loop1", "loop2") == 0);
	CHECK(open("loop1", O_RDONLY) == -1 && errno == ELOOP);
	CHECK(unlink("f") == 0 && unlink("f") == -1 && errno == ENOENT && stat("g", &st) == 0 &&
	      st.st_nlink == 2);
	ssize_t n = readlink("/proc/self/cwd", buf, sizeof(buf));
	CHECK(n > 0);
	printf("%.*s\n", (int)n, buf);
	puts("ok");
	return 0;
}
