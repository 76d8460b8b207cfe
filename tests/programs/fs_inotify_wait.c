/* A blocking read of inotify ends when another process makes a file. */
#include "check.h"
#include "tempdir.h"

#include <sys/inotify.h>
#include <sys/wait.h>

int main(void)
{
	char buf[1024] __attribute__((aligned(8)));
	struct inotify_event *e = (struct inotify_event *)buf;
	int go[2];

	tempdir_enter();
	int fd = inotify_init();
	if (fd < 0)
		TEMPDIR_SKIP("no inotify");
	CHECK(inotify_add_watch(fd, ".", IN_CREATE) > 0 && pipe(go) == 0);
	pid_t child = fork();
	if (child == 0) {
		char name[16];
		for (int i = 0; i < 5; i++) {
			CHECK(read(go[0], name, 1) == 1);
			snprintf(name, sizeof(name), "file-%d", i);
			CHECK(creat(name, 0600) >= 0);
		}
		_exit(0);
	}
	for (int i = 0; i < 5; i++) {
		CHECK(write(go[1], "", 1) == 1 && read(fd, buf, sizeof(buf)) > 0);
		puts(e->name);
		CHECK(e->mask == IN_CREATE && e->name[5] == '0' + i);
	}
	CHECK(waitpid(child, NULL, 0) == child);
	puts("ok");
	return 0;
}
