/* The process that serves a file ends instead of answering: a read fails, and a page of a mapping
 * raises SIGBUS. */
#include "fuse.h"

#include <setjmp.h>
#include <sys/mman.h>

static sigjmp_buf back;

static void on_bus(int sig)
{
	siglongjmp(back, sig);
}

static void begin(uint32_t ends_at, pid_t *server)
{
	fuse_ends_at = ends_at;
	*server = fuse_begin();
}

static void end(pid_t server)
{
	CHECK(status_of(server) == 0);
	CHECK(umount2("m", MNT_DETACH) == 0 && rmdir("m") == 0);
}

int main(void)
{
	char bytes[8];
	pid_t server;

	tempdir_enter();
	fuse_files[0] = fuse_pages("data", 3);
	begin(FUSE_READ, &server);
	int fd = open("m/data", O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0 && pread(fd, bytes, 8, 0) == -1);
	CHECK(errno == ECONNABORTED || errno == ENOTCONN);
	CHECK(access("m/data", F_OK) == -1 && errno == ENOTCONN);
	close(fd);
	end(server);

	begin(FUSE_READ, &server);
	CHECK((fd = open("m/data", O_RDONLY | O_CLOEXEC)) >= 0);
	char *p = mmap(NULL, 3 * 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(p != MAP_FAILED);
	signal(SIGBUS, on_bus);
	if (!sigsetjmp(back, 1)) {
		CHECK(*(volatile char *)p && false);
	}
	CHECK(munmap(p, 3 * 4096) == 0);
	close(fd);
	end(server);

	fuse_files[0] = fuse_copy("program", "/proc/self/exe");
	begin(FUSE_READ, &server);
	CHECK(execl("m/program", "program", NULL) == -1);
	end(server);
	puts("ok");
	return 0;
}
