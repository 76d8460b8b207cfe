/* Threads with a stack of 256 MB, and with one that the program provides. */
#include "check.h"

#include <pthread.h>
#include <sys/mman.h>

static void *user(void *arg)
{
	size_t size = *(size_t *)arg;
	volatile char frame[size];

	for (size_t i = 0; i < size; i += 4096)
		frame[i] = i >> 12;
	for (size_t i = 0; i < size; i += 4096)
		CHECK(frame[i] == (char)(i >> 12));
	return __builtin_frame_address(0);
}

int main(void)
{
	pthread_attr_t attr;
	pthread_t t;
	size_t size = 8 << 20;
	void *where;

	CHECK(pthread_attr_init(&attr) == 0 && pthread_attr_setstacksize(&attr, 256 << 20) == 0);
	CHECK(pthread_create(&t, &attr, user, &size) == 0 && pthread_join(t, &where) == 0);
	printf("frame at %p\n", where);
	char *own = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	CHECK(own != MAP_FAILED && pthread_attr_setstack(&attr, own, 1 << 20) == 0);
	size = 512 << 10;
	CHECK(pthread_create(&t, &attr, user, &size) == 0 && pthread_join(t, &where) == 0);
	CHECK((char *)where > own && (char *)where < own + (1 << 20));
	printf("frame at %p\n", where);
	puts("ok");
	return 0;
}
