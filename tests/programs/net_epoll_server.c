/* One thread serves ten clients through an epoll set. */
#include "check.h"
#include "loopback.h"

#include <pthread.h>
#include <sys/epoll.h>

static struct sockaddr_in me;

static void *client(void *arg)
{
	char buf[64];
	int s = socket(AF_INET, SOCK_STREAM, 0), id = (int)(long)arg;

	CHECK(connect(s, (struct sockaddr *)&me, sizeof(me)) == 0);
	for (int i = 0; i < 10; i++) {
		int n = snprintf(buf, sizeof(buf), "%d:%d", id, i);
		CHECK(write(s, buf, n) == n && read(s, buf, sizeof(buf)) == n && atoi(buf) == id);
	}
	CHECK(close(s) == 0);
	return NULL;
}

int main(void)
{
	int listener = loopback_listen(&me), ep = epoll_create1(0), closed = 0, served = 0;
	struct epoll_event e = {.events = EPOLLIN, .data.fd = listener}, got[4];
	pthread_t t[10];
	char buf[64];

	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e) == 0);
	for (long i = 0; i < 10; i++)
		CHECK(pthread_create(&t[i], NULL, client, (void *)i) == 0);
	while (closed < 10) {
		int n = epoll_wait(ep, got, 4, -1);
		CHECK(n > 0);
		for (int i = 0; i < n; i++) {
			int fd = got[i].data.fd;
			if (fd == listener) {
				e.data.fd = accept(listener, NULL, NULL);
				CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, e.data.fd, &e) == 0);
				continue;
			}
			ssize_t len = read(fd, buf, sizeof(buf));
			CHECK(len >= 0 && write(fd, buf, len) == len);
			served += len > 0;
			closed += len == 0 && close(fd) == 0;
		}
	}
	for (int i = 0; i < 10; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
	printf("port %d served %d\n", ntohs(me.sin_port), served);
	puts("ok");
	return 0;
}
