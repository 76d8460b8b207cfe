/* Five clients and a server thread for each, all in one process. */
#include "check.h"
#include "loopback.h"

#include <pthread.h>

static struct sockaddr_in me;

static void *client(void *arg)
{
	char buf[100];
	int s = socket(AF_INET, SOCK_STREAM, 0), n = *(int *)arg;

	CHECK(connect(s, (struct sockaddr *)&me, sizeof(me)) == 0);
	for (int i = 0; i < 20; i++) {
		int len = snprintf(buf, sizeof(buf), "client %d message %d", n, i);
		CHECK(send(s, buf, len, 0) == len);
		CHECK(recv(s, buf, len, MSG_WAITALL) == len && atoi(buf + 7) == n);
	}
	close(s);
	return NULL;
}

static void *serve(void *arg)
{
	char buf[100];
	ssize_t n;

	while ((n = recv(*(int *)arg, buf, sizeof(buf), 0)) > 0)
		CHECK(send(*(int *)arg, buf, n, 0) == n);
	close(*(int *)arg);
	return NULL;
}

int main(void)
{
	pthread_t c[5], t[5];
	int number[5], s[5], listener = loopback_listen(&me);

	for (int i = 0; i < 5; i++) {
		number[i] = i;
		CHECK(pthread_create(&c[i], NULL, client, &number[i]) == 0);
		s[i] = accept(listener, NULL, NULL);
		CHECK(s[i] >= 0 && pthread_create(&t[i], NULL, serve, &s[i]) == 0);
	}
	for (int i = 0; i < 5; i++)
		CHECK(pthread_join(c[i], NULL) == 0 && pthread_join(t[i], NULL) == 0);
	printf("port %d\n", ntohs(me.sin_port));
	puts("ok");
	return 0;
}
