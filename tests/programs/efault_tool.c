/* Calls find nothing where an unrecorded program has nothing, at addresses that belong to the
 * recorder when there is one. */
#include "check.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

#define AGENT 0x7e9000000000ul
#define SCRATCH (AGENT + 0x100000)
#define COUNTER 0x10000ul

static void show(const char *what, long r)
{
	printf("%s: %ld %s\n", what, r, r < 0 ? strerror(errno) : "");
}

static void look(const char *name, char *at)
{
	struct iovec bad = {at, 8}, mixed[2] = {{(char *)"text", 4}, {at, 8}};
	struct msghdr m = {.msg_iov = &bad, .msg_iovlen = 1};
	int p[2], s[2];

	CHECK(pipe(p) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
	CHECK(write(p[1], "12345678", 8) == 8 && write(s[1], "12345678", 8) == 8);
	puts(name);
	show("write", write(p[1], at, 8));
	show("write to nowhere", write(999, at, 8));
	show("read", read(p[0], at, 8));
	show("writev", writev(p[1], &bad, 1));
	show("writev of two", writev(p[1], mixed, 2));
	show("sendmsg", sendmsg(s[0], &m, 0));
	show("recvmsg", recvmsg(s[0], &m, 0));
	show("recv", recv(s[0], at, 8, 0));
	show("open", open(at, O_RDONLY));
	show("stat", stat(at, (struct stat *)p));
	show("fstat", syscall(SYS_fstat, 0, at));
	show("clock_gettime", syscall(SYS_clock_gettime, CLOCK_REALTIME, at));
	show("nanosleep", syscall(SYS_nanosleep, at, NULL));
	show("futex", syscall(SYS_futex, at, 1 /* FUTEX_WAKE */, 1, NULL, NULL, 0));
	show("sched_getaffinity", syscall(SYS_sched_getaffinity, 0, 128, at));
	show("execve", syscall(SYS_execve, at, NULL, NULL));
	for (int i = 0; i < 2; i++)
		close(p[i]), close(s[i]);
}

int main(void)
{
	look("agent", (char *)AGENT);
	look("agent's data", (char *)AGENT + 0x1000);
	look("scratch", (char *)SCRATCH);
	look("counter", (char *)COUNTER);
	puts("ok");
	return 0;
}
