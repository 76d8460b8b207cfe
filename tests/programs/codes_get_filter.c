/* The length of SO_GET_FILTER counts instructions of eight bytes, with and without threads. */
#include "check.h"

#include <linux/filter.h>
#include <pthread.h>
#include <sys/socket.h>

static void show(void)
{
	struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
				     BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 64, 0, 1),
				     BPF_STMT(BPF_RET | BPF_K, 77), BPF_STMT(BPF_RET | BPF_K, 0)},
			   got[4] = {0};
	struct sock_fprog p = {4, code};
	socklen_t len = 0;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	CHECK(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &p, sizeof(p)) == 0);
	CHECK(getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &len) == 0 && len == 4);
	CHECK(getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, got, &len) == 0 && len == 4);
	CHECK(memcmp(code, got, sizeof(code)) == 0);
	close(fd);
}

static void *thread(void *arg)
{
	show();
	return arg;
}

int main(void)
{
	pthread_t t;

	show();
	CHECK(pthread_create(&t, NULL, thread, NULL) == 0);
	for (int i = 0; i < 10; i++)
		show();
	CHECK(pthread_join(t, NULL) == 0);
	puts("ok");
	return 0;
}
