/* A supervisor gives the supervised process a descriptor, once alone and once as the call's result;
 * and looks at the path that the call names. */
#include "notify.h"

#include <sys/uio.h>

static void supervised(int to)
{
	char text[16] = "";
	int fd, listener = filter_install_for(SECCOMP_FILTER_FLAG_NEW_LISTENER, SYS_openat,
					      SECCOMP_RET_USER_NOTIF);

	notify_send_fd(to, listener);
	close(listener);
	CHECK((fd = open("/no/such/file", O_RDONLY)) >= 0 && read(fd, text, 5) == 5);
	puts(text);
	CHECK((fd = open("/no/such/file2", O_RDONLY)) == 77 && read(fd, text, 5) == 5);
	puts(text);
	CHECK((fd = open("/dev/null", O_RDONLY)) >= 0 && read(fd, text, 5) == 0);
	_exit(3);
}

int main(void)
{
	int pair[2], words[2], i;
	pid_t pid;

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair) && !pipe(words));
	CHECK(write(words[1], "firstlater", 10) == 10);
	CHECK((pid = fork()) >= 0);
	if (!pid)
		supervised(pair[1]);
	int listener = notify_receive_fd(pair[0]);
	for (i = 0; i < 3; i++) {
		struct seccomp_notif n = notify_receive(listener);
		struct seccomp_notif_addfd add = {.id = n.id, .srcfd = (uint32_t)words[0]};
		char path[16] = "";
		struct iovec here = {path, 15}, there = {(void *)n.data.args[1], 15};
		CHECK(process_vm_readv(pid, &here, 1, &there, 1, 0) > 0);
		printf("open %.14s\n", path);
		if (i == 0) {
			add.flags = SECCOMP_ADDFD_FLAG_SEND;
			CHECK(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0);
			continue;
		}
		add.flags = SECCOMP_ADDFD_FLAG_SETFD;
		add.newfd = 77;
		CHECK(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) == 77);
		CHECK(!notify_reply(listener, n.id, 0, i == 1 ? 77 : 0,
				    i == 2 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0));
	}
	CHECK(status_of(pid) == 3 << 8);
	puts("ok");
	return 0;
}
