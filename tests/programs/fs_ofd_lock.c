/* Locks that belong to open files exclude threads from each other. */
#include "check.h"
#include "tempdir.h"

#include <pthread.h>

static int count;

static void *locker(void *arg)
{
	int fd = open("f", O_RDWR);
	(void)arg;

	CHECK(fd >= 0);
	for (int i = 0; i < 100; i++) {
		struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
		CHECK(fcntl(fd, F_OFD_SETLKW, &l) == 0);
		int seen = count;
		CHECK(pwrite(fd, &seen, sizeof(seen), 0) == sizeof(seen));
		count = seen + 1;
		l.l_type = F_UNLCK;
		CHECK(fcntl(fd, F_OFD_SETLK, &l) == 0);
	}
	return NULL;
}

int main(void)
{
	pthread_t t[4];

	tempdir_enter();
	CHECK(open("f", O_RDWR | O_CREAT, 0600) >= 0);
	for (int i = 0; i < 4; i++)
		CHECK(pthread_create(&t[i], NULL, locker, NULL) == 0);
	for (int i = 0; i < 4; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
	printf("%d\n", count);
	CHECK(count == 400);
	puts("ok");
	return 0;
}
