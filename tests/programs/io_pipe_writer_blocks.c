/* A writer of 1 MB in one call blocks repeatedly until its reader reads. */
#include "check.h"

#include <fcntl.h>
#include <sys/wait.h>

int main(void)
{
	static char big[1 << 20], buf[10000];
	int p[2], status;
	size_t got = 0, reads = 0;
	ssize_t n;

	CHECK(pipe(p) == 0);
	pid_t child = fork();
	if (child == 0) {
		for (size_t i = 0; i < sizeof(big); i++)
			big[i] = i % 251;
		_exit(write(p[1], big, sizeof(big)) != sizeof(big));
	}
	close(p[1]);
	while ((n = read(p[0], buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			CHECK((unsigned char)buf[i] == (got + i) % 251);
		got += n;
		reads++;
	}
	CHECK(n == 0 && got == sizeof(big) && waitpid(child, &status, 0) == child && status == 0);
	printf("%zu bytes in %zu reads\n", got, reads);
	puts("ok");
	return 0;
}
