/* Two threads serve the files that three others of their process read. */
#include "fuse.h"

#include <pthread.h>

static void *serve(void *fd)
{
	fuse_serve(*(int *)fd);
	return NULL;
}

static void *use(void *name)
{
	char path[32], bytes[64];
	struct stat st;

	snprintf(path, sizeof(path), "m/%s", (char *)name);
	for (int i = 0; i < 20; i++) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		CHECK(fd >= 0 && fstat(fd, &st) == 0);
		CHECK(lseek(fd, -4096, SEEK_END) == st.st_size - 4096);
		CHECK(read(fd, bytes, 64) == 64 && bytes[63] == 'A' + st.st_size / 4096 - 1);
		CHECK(close(fd) == 0);
	}
	return NULL;
}

int main(void)
{
	pthread_t servers[2], users[3];

	tempdir_enter();
	for (int i = 0; i < 3; i++)
		fuse_files[i] = fuse_pages((char *[]){"one", "two", "three"}[i], i + 1);
	int fd = fuse_mount();
	for (int i = 0; i < 2; i++)
		CHECK(pthread_create(&servers[i], NULL, serve, &fd) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(pthread_create(&users[i], NULL, use, (void *)fuse_files[i].name) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(pthread_join(users[i], NULL) == 0);
	CHECK(umount2("m", MNT_DETACH) == 0);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_join(servers[i], NULL) == 0);
	CHECK(rmdir("m") == 0);
	puts("ok");
	return 0;
}
