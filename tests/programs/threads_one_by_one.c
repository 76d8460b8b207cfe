/* 100 threads one after another reuse a stack; their ids and addresses are printed. */
#include "check.h"

#include <pthread.h>

static void *run(void *arg)
{
	if ((long)arg % 25 == 0)
		printf("%d: thread %d frame %p\n", (int)(long)arg, (int)gettid(),
		       __builtin_frame_address(0));
	return arg;
}

int main(void)
{
	pthread_t thread;
	void *result;
	long i;

	for (i = 0; i < 100; i++) {
		CHECK(!pthread_create(&thread, NULL, run, (void *)i));
		CHECK(!pthread_join(thread, &result) && (long)result == i);
	}
	puts("ok");
	return 0;
}
