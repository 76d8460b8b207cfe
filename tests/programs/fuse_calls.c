/* Calls on files that a child of the program serves wait for the child, and it answers. */
#include "fuse.h"

#include <dirent.h>
#include <sys/statfs.h>

int main(void)
{
	char bytes[64], text[64] = "";
	struct statfs fs;
	struct dirent *e;
	struct stat st;

	tempdir_enter();
	fuse_files[0] = fuse_pages("data", 3);
	fuse_files[1] = fuse_pages("more", 1);
	pid_t server = fuse_begin();
	CHECK(stat("m/data", &st) == 0 && st.st_size == 3 * 4096);
	CHECK(stat("m/none", &st) == -1 && errno == ENOENT);
	CHECK(access("m/more", R_OK) == 0 && statfs("m", &fs) == 0 && fs.f_namelen == 255);
	DIR *d = opendir("m");
	CHECK(d);
	while ((e = readdir(d)))
		strcat(strcat(text, " "), e->d_name);
	CHECK(closedir(d) == 0 && !strcmp(text, " data more"));
	int fd = open("m/data", O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0 && fstat(fd, &st) == 0 && st.st_size == 3 * 4096);
	CHECK(lseek(fd, 0, SEEK_END) == 3 * 4096);
	CHECK(pread(fd, bytes, sizeof(bytes), 4096) == sizeof(bytes) && bytes[63] == 'B');
	CHECK(pwrite(fd, "written", 7, 4096) == 7);
	CHECK(pread(fd, bytes, sizeof(bytes), 4096) == sizeof(bytes) &&
	      !memcmp(bytes, "writtenB", 8));
	CHECK(dup2(STDIN_FILENO, fd) == fd && close(fd) == 0);
	fuse_end(server);
	puts("ok");
	return 0;
}
