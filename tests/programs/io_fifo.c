/* Both opens of a FIFO wait for the other end. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>
#include <sys/wait.h>

int main(void)
{
	char buf[64];
	int status;

	tempdir_enter();
	CHECK(mkfifo("there", 0600) == 0 && mkfifo("back", 0600) == 0);
	CHECK(open("there", O_WRONLY | O_NONBLOCK) == -1 && errno == ENXIO);
	pid_t child = fork();
	if (child == 0) {
		int in = open("there", O_RDONLY), out = open("back", O_WRONLY);
		CHECK(in >= 0 && out >= 0);
		ssize_t n;
		while ((n = read(in, buf, sizeof(buf))) > 0) {
			for (ssize_t i = 0; i < n; i++)
				buf[i] -= 32;
			CHECK(write(out, buf, n) == n);
		}
		_exit(0);
	}
	int out = open("there", O_WRONLY), in = open("back", O_RDONLY);
	CHECK(out >= 0 && in >= 0);
	for (int i = 0; i < 5; i++) {
		CHECK(write(out, "capital", 7) == 7 && read(in, buf, sizeof(buf)) == 7);
		CHECK(!memcmp(buf, "CAPITAL", 7));
	}
	CHECK(close(out) == 0 && read(in, buf, 1) == 0 && waitpid(child, &status, 0) == child &&
	      status == 0);
	printf("%.7s by %d\n", buf, child);
	puts("ok");
	return 0;
}
