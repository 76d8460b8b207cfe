/* Runs a command beside a file system whose server never answers reads, and sends it SIGTERM until
 * it ends. --map maps a file of it. Without arguments it does nothing. */
#include "fuse.h"

#include <sys/mman.h>

static int asked[2];

static void serve(int fd)
{
	static char buf[FUSE_WRITE_MAX + 8192] __attribute__((aligned(8)));
	const struct fuse_in_header *h = (void *)buf;

	while (read(fd, buf, sizeof(buf)) > 0 || errno == EINTR || errno == ENOENT) {
		if (h->opcode == FUSE_READ)
			CHECK(write(asked[1], "?", 1) == 1);
		else
			fuse_request(fd, h, h + 1);
	}
}

int main(int argc, char **argv)
{
	int status;
	char c;

	if (argc == 1) {
		puts("ok");
		return 0;
	}
	if (!strcmp(argv[1], "--map")) {
		int data = open("m/program", O_RDONLY | O_CLOEXEC);
		volatile char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, data, 0);
		return p == MAP_FAILED || p[0];
	}
	tempdir_enter();
	CHECK(pipe2(asked, O_CLOEXEC) == 0);
	fuse_files[0] = fuse_copy("program", "/bin/true");
	int fd = fuse_mount();
	pid_t server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(fd);
		_exit(0);
	}
	close(fd);
	pid_t command = fork();
	if (command == 0) {
		execvp(argv[1], argv + 1);
		_exit(3);
	}
	CHECK(read(asked[0], &c, 1) == 1);
	do {
		kill(command, SIGTERM);
		usleep(100000);
	} while (waitpid(command, &status, WNOHANG) == 0);
	CHECK(kill(server, SIGKILL) == 0 && status_of(server) == SIGKILL);
	CHECK(umount2("m", MNT_DETACH) == 0 && rmdir("m") == 0);
	printf("status %d\n", WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
	return 0;
}
