/* SECCOMP_RET_USER_NOTIF on each class of call, with the parent as supervisor: it gives errors and
 * results, and lets calls be made. */
#include "notify.h"

static void supervised(int to)
{
	size_t i;
	int listener =
		filter_install(SECCOMP_FILTER_FLAG_NEW_LISTENER, -1, SECCOMP_RET_USER_NOTIF, 0);

	CHECK(listener >= 0);
	notify_send_fd(to, listener);
	close(listener);
	for (i = 0; i < NCLASSES; i++)
		CHECK(class_call(&classes[i]) == -1 && errno == 300 + (int)i);
	for (i = 0; i < NCLASSES; i++)
		CHECK(class_call(&classes[i]) == 1000 + (long)i);
	CHECK(!class_is_mapped());
	for (i = 0; i < NCLASSES - 2; i++) {
		if (classes[i].nr == SYS_fork)
			continue;
		errno = 0;
		long result = class_call(&classes[i]);
		printf("%s: %ld, error %d\n", classes[i].name, result, errno);
	}
	CHECK(class_is_mapped());
	_exit(3);
}

int main(void)
{
	int pair[2], listener;
	size_t i, round;
	pid_t pid;

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK((pid = fork()) >= 0);
	if (!pid)
		supervised(pair[1]);
	listener = notify_receive_fd(pair[0]);
	for (round = 0; round < 3; round++)
		for (i = 0; i < NCLASSES - 2 * (round == 2); i++) {
			if (round == 2 && classes[i].nr == SYS_fork)
				continue;
			struct seccomp_notif n = notify_receive(listener);
			CHECK(n.pid == (uint32_t)pid && n.data.nr == classes[i].nr);
			CHECK(n.data.args[0] == (uint64_t)classes[i].args[0]);
			CHECK(!ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &n.id));
			CHECK(!notify_reply(listener, n.id, round ? 0 : -300 - (int)i,
					    round == 1 ? 1000 + (int)i : 0,
					    round == 2 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0));
		}
	struct seccomp_notif n = notify_receive(listener);
	CHECK(n.data.nr == SYS_exit_group);
	CHECK(!notify_reply(listener, n.id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE));
	CHECK(status_of(pid) == 3 << 8);
	struct pollfd p = {.fd = listener, .events = POLLIN};
	CHECK(poll(&p, 1, -1) == 1 && p.revents & POLLHUP);
	puts("ok");
	return 0;
}
