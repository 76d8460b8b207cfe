/* 200 KB pass through five processes and six pipes. Each process adds one to every byte. */
#include "check.h"

#include <sys/wait.h>

int main(void)
{
	static unsigned char buf[8192];
	int in, out[2], first[2];
	long total = 0;
	ssize_t n;

	CHECK(pipe(first) == 0);
	in = first[0];
	for (int i = 0; i < 5; i++) {
		CHECK(pipe(out) == 0);
		if (fork() == 0) {
			close(first[1]);
			close(out[0]);
			while ((n = read(in, buf, sizeof(buf))) > 0) {
				for (ssize_t k = 0; k < n; k++)
					buf[k]++;
				CHECK(write(out[1], buf, n) == n);
			}
			_exit(0);
		}
		close(in);
		close(out[1]);
		in = out[0];
	}
	if (fork() == 0) {
		memset(buf, 10, sizeof(buf));
		for (int i = 0; i < 25; i++)
			CHECK(write(first[1], buf, sizeof(buf)) == sizeof(buf));
		_exit(0);
	}
	close(first[1]);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		for (ssize_t k = 0; k < n; k++)
			total += buf[k];
	while (wait(NULL) > 0)
		;
	printf("%ld\n", total);
	CHECK(total == 25L * 8192 * 15);
	puts("ok");
	return 0;
}
