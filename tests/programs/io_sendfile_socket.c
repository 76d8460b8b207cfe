/* 1 MB goes from a file to a child through a socket that takes it in pieces. */
#include "check.h"
#include "tempdir.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>

int main(void)
{
	static char text[1 << 20], back[1 << 20];
	int sv[2], status;
	size_t sent = 0, got = 0, pieces = 0;
	ssize_t n;

	tempdir_enter();
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i * i % 249;
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, text, sizeof(text)) == sizeof(text) &&
	      lseek(fd, 0, SEEK_SET) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	pid_t child = fork();
	if (child == 0) {
		close(sv[0]);
		while ((n = read(sv[1], back + got, sizeof(back) - got)) > 0)
			got += n;
		_exit(got != sizeof(back) || memcmp(back, text, sizeof(text)));
	}
	close(sv[1]);
	while (sent < sizeof(text)) {
		n = sendfile(sv[0], fd, NULL, sizeof(text) - sent);
		CHECK(n > 0);
		sent += n;
		pieces++;
	}
	CHECK(close(sv[0]) == 0 && waitpid(child, &status, 0) == child && status == 0);
	printf("%zu bytes in %zu pieces\n", sent, pieces);
	puts("ok");
	return 0;
}
