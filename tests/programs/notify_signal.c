/* Signals while a supervisor is asked: the handler runs, the call is made again or fails, and the
 * supervisor is asked again. One that comes before the supervisor lets the call be made interrupts
 * that. */
#include "notify.h"

#include <signal.h>

static volatile int handled;
static int words[2];

static void handler(int sig)
{
	(void)sig;
	handled++;
}

static void supervised(int to)
{
	struct sigaction restarts = {.sa_handler = handler, .sa_flags = SA_RESTART},
			 interrupts = {.sa_handler = handler};
	char byte;

	sigaction(SIGUSR1, &restarts, NULL);
	sigaction(SIGUSR2, &interrupts, NULL);
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {5, f};
	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	notify_send_fd(to, (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
					SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
	CHECK(syscall(SYS_getpriority) == 41 && handled == 1);
	CHECK(syscall(SYS_getpriority) == -1 && errno == EINTR && handled == 2);
	CHECK(read(words[0], &byte, 1) == -1 && errno == EINTR && handled == 3);
	_exit(3);
}

int main(void)
{
	int pair[2];
	pid_t pid;

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair) && !pipe(words));
	CHECK((pid = fork()) >= 0);
	if (!pid)
		supervised(pair[1]);
	int listener = notify_receive_fd(pair[0]);
	struct seccomp_notif n = notify_receive(listener);
	kill(pid, SIGUSR1);
	struct seccomp_notif again = notify_receive(listener);
	CHECK(n.id != again.id);
	CHECK(notify_reply(listener, n.id, 0, 40, 0) == -1 && errno == ENOENT);
	CHECK(!notify_reply(listener, again.id, 0, 41, 0));
	n = notify_receive(listener);
	kill(pid, SIGUSR2);
	n = notify_receive(listener); /* of the read */
	CHECK(n.data.nr == SYS_read);
	CHECK(!notify_reply(listener, n.id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE));
	await_sleep(pid);
	kill(pid, SIGUSR2);
	CHECK(status_of(pid) == 3 << 8);
	puts("ok");
	return 0;
}
