/* fanotify reports that a file was closed, with a descriptor of it. */
#include "check.h"
#include "tempdir.h"

#include <sys/fanotify.h>

int main(void)
{
	char buf[4096] __attribute__((aligned(8)));
	struct fanotify_event_metadata *e = (struct fanotify_event_metadata *)buf;

	tempdir_enter();
	int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY);
	if (fd < 0)
		TEMPDIR_SKIP("fanotify is not permitted");
	int f = creat("f", 0600);
	CHECK(f >= 0);
	if (fanotify_mark(fd, FAN_MARK_ADD, FAN_CLOSE_WRITE, AT_FDCWD, "f"))
		TEMPDIR_SKIP("fanotify can't mark here");
	CHECK(write(f, "x", 1) == 1 && close(f) == 0);
	ssize_t n = read(fd, buf, sizeof(buf));
	CHECK(n >= (ssize_t)sizeof(*e) && e->mask == FAN_CLOSE_WRITE && e->pid == getpid() &&
	      e->fd >= 0);
	char c;
	CHECK(read(e->fd, &c, 1) == 1 && c == 'x');
	printf("event of %d on descriptor %d\n", e->pid, e->fd);
	puts("ok");
	return 0;
}
