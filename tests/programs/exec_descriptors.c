/* exec keeps plain descriptors, with their offsets, and closes close-on-exec ones. */
#include "check.h"

int main(int argc, char **argv)
{
	char kept[16], closed[16], *args[] = {argv[0], kept, closed, NULL}, byte;
	int fds[2], cloexec[2];

	if (argc > 1) {
		CHECK(read(atoi(argv[1]), &byte, 1) == 1 && byte == 'k');
		CHECK(fcntl(atoi(argv[2]), F_GETFD) == -1 && errno == EBADF);
		printf("kept %s closed %s\n", argv[1], argv[2]);
		puts("ok");
		return 0;
	}
	CHECK(!pipe(fds) && !pipe2(cloexec, O_CLOEXEC));
	CHECK(write(fds[1], "k", 1) == 1);
	snprintf(kept, sizeof(kept), "%d", fds[0]);
	snprintf(closed, sizeof(closed), "%d", cloexec[0]);
	execv("/proc/self/exe", args);
	CHECK(!"execv returned");
	return 1;
}
