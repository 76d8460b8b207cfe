/* A process is killed while it waits for the server of a file, which answers no reads before. */
#include "fuse.h"

#include <sys/mman.h>

static int asked[2], answer[2];

/* Serves, but tells the program of a FUSE_READ, and answers it later. */
static void serve_late(int fd)
{
	static char buf[FUSE_WRITE_MAX + 8192] __attribute__((aligned(8)));
	const struct fuse_in_header *h = (void *)buf;
	char c;

	while (read(fd, buf, sizeof(buf)) > 0 || errno == EINTR || errno == ENOENT) {
		if (h->opcode == FUSE_READ)
			CHECK(write(asked[1], "?", 1) == 1 && read(answer[0], &c, 1) == 1);
		fuse_request(fd, h, h + 1);
	}
	CHECK(errno == ENODEV);
}

/* A child reads, or touches a mapping. It is killed when the server has been asked. */
static void kill_in(bool mapped)
{
	char c;
	pid_t child = fork();

	if (child == 0) {
		int fd = open("m/data", O_RDONLY | O_CLOEXEC);
		CHECK(fd >= 0);
		char *p = mapped ? mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
		_exit(mapped ? *(volatile char *)p : read(fd, &c, 1) == 1);
	}
	CHECK(read(asked[0], &c, 1) == 1);
	CHECK(kill(child, SIGKILL) == 0);
	CHECK(write(answer[1], "!", 1) == 1);
	CHECK(status_of(child) == SIGKILL);
}

int main(void)
{
	tempdir_enter();
	CHECK(pipe2(asked, O_CLOEXEC) == 0 && pipe2(answer, O_CLOEXEC) == 0);
	fuse_files[0] = fuse_pages("data", 1);
	int fd = fuse_mount();
	pid_t server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve_late(fd);
		_exit(0);
	}
	close(fd);
	kill_in(false);
	kill_in(true);
	fuse_end(server);
	puts("ok");
	return 0;
}
