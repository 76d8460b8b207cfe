/* Unix sockets with names outside of the file system: chosen, with a NUL inside, and given by the
 * kernel. */
#include "check.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX}, got;
	socklen_t len, given = sizeof(got);
	int a = socket(AF_UNIX, SOCK_STREAM, 0), b = socket(AF_UNIX, SOCK_STREAM, 0),
	    c = socket(AF_UNIX, SOCK_DGRAM, 0);

	len = offsetof(struct sockaddr_un, sun_path) + 1 +
	      snprintf(name.sun_path + 1, 90, "rr program %d%cafter NUL", getpid(), 0);
	CHECK(bind(a, (struct sockaddr *)&name, len) == 0 && listen(a, 1) == 0);
	CHECK(connect(b, (struct sockaddr *)&name, len - 1) == -1 && errno == ECONNREFUSED);
	CHECK(connect(b, (struct sockaddr *)&name, len) == 0);
	int s = accept(a, NULL, NULL);
	CHECK(s >= 0 && getsockname(s, (struct sockaddr *)&got, &given) == 0 && given == len);
	CHECK(!memcmp(got.sun_path, name.sun_path, len - offsetof(struct sockaddr_un, sun_path)));
	CHECK(bind(c, (struct sockaddr *)&name, sizeof(sa_family_t)) == 0);
	given = sizeof(got);
	CHECK(getsockname(c, (struct sockaddr *)&got, &given) == 0 && got.sun_path[0] == 0);
	printf("@%s, @%.*s\n", name.sun_path + 1, (int)given - 3, got.sun_path + 1);
	puts("ok");
	return 0;
}
