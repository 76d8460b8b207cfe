/* A nonblocking read of inotify returns all events of a file's life at once. */
#include "check.h"
#include "tempdir.h"

#include <sys/inotify.h>
#include <sys/ioctl.h>

int main(void)
{
	char buf[4096] __attribute__((aligned(8)));
	unsigned seen = 0;
	int waiting;

	tempdir_enter();
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fd < 0)
		TEMPDIR_SKIP("no inotify");
	int wd = inotify_add_watch(fd, ".",
				   IN_CREATE | IN_MODIFY | IN_DELETE | IN_MOVE | IN_CLOSE_WRITE);
	CHECK(wd > 0 && read(fd, buf, sizeof(buf)) == -1 && errno == EAGAIN);
	int f = open("watched", O_RDWR | O_CREAT, 0600);
	CHECK(f >= 0 && write(f, "x", 1) == 1 && close(f) == 0 && rename("watched", "moved") == 0);
	CHECK(unlink("moved") == 0 && inotify_rm_watch(fd, wd) == 0);
	CHECK(ioctl(fd, FIONREAD, &waiting) == 0 && waiting > 0);
	CHECK(read(fd, buf, 8) == -1 && errno == EINVAL);
	ssize_t n = read(fd, buf, sizeof(buf));
	CHECK(n == waiting);
	for (char *p = buf; p < buf + n;) {
		struct inotify_event *e = (struct inotify_event *)p;
		printf("wd %d mask %x cookie %u %s\n", e->wd, e->mask, e->cookie,
		       e->len ? e->name : "");
		seen |= e->mask;
		p += sizeof(*e) + e->len;
	}
	CHECK((seen & (IN_CREATE | IN_MODIFY | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)) ==
		      (IN_CREATE | IN_MODIFY | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO) &&
	      (seen & IN_IGNORED));
	puts("ok");
	return 0;
}
