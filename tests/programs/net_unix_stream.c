/* A child connects to a listener by its name in the file system. */
#include "check.h"
#include "tempdir.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

int main(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "socket"}, peer;
	socklen_t len = sizeof(peer);
	struct stat st;
	char buf[32] = "";
	int status;

	tempdir_enter();
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK(bind(listener, (struct sockaddr *)&name, sizeof(name)) == 0 &&
	      listen(listener, 5) == 0);
	CHECK(stat("socket", &st) == 0 && S_ISSOCK(st.st_mode));
	pid_t child = fork();
	if (child == 0) {
		int s = socket(AF_UNIX, SOCK_STREAM, 0);
		CHECK(connect(s, (struct sockaddr *)&name, sizeof(name)) == 0);
		CHECK(getpeername(s, (struct sockaddr *)&peer, &len) == 0 &&
		      !strcmp(peer.sun_path, "socket"));
		_exit(write(s, "by a file's name", 17) != 17);
	}
	int s = accept(listener, (struct sockaddr *)&peer, &len);
	CHECK(s >= 0 && len == sizeof(sa_family_t) && read(s, buf, sizeof(buf)) == 17 &&
	      read(s, buf + 20, 1) == 0);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK(bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, sizeof(name)) == -1 &&
	      errno == EADDRINUSE);
	CHECK(close(listener) == 0 && connect(socket(AF_UNIX, SOCK_STREAM, 0),
					      (struct sockaddr *)&name, sizeof(name)) == -1);
	printf("%s inode %lu\n", buf, (unsigned long)st.st_ino);
	puts("ok");
	return 0;
}
