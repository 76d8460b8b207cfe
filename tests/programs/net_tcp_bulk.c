/* 4 MB in one send, received in pieces of any size. */
#include "check.h"
#include "loopback.h"

#include <sys/wait.h>

int main(void)
{
	static unsigned char big[4 << 20];
	struct sockaddr_in me;
	int listener = loopback_listen(&me), status;
	size_t got = 0, reads = 0;
	ssize_t n;

	pid_t child = fork();
	if (child == 0) {
		int s = socket(AF_INET, SOCK_STREAM, 0);
		CHECK(connect(s, (struct sockaddr *)&me, sizeof(me)) == 0);
		for (size_t i = 0; i < sizeof(big); i++)
			big[i] = i % 249;
		for (size_t sent = 0; sent < sizeof(big); sent += n)
			CHECK((n = send(s, big + sent, sizeof(big) - sent, 0)) > 0);
		_exit(0);
	}
	int s = accept(listener, NULL, NULL);
	CHECK(s >= 0);
	while ((n = recv(s, big + got, sizeof(big) - got, 0)) > 0) {
		got += n;
		reads++;
	}
	for (size_t i = 0; i < got; i++)
		CHECK(big[i] == i % 249);
	CHECK(got == sizeof(big) && waitpid(child, &status, 0) == child && status == 0);
	printf("%zu bytes in %zu pieces\n", got, reads);
	puts("ok");
	return 0;
}
