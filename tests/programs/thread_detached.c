/* Detached threads with a small stack and a guard end by themselves; main leaves with pthread_exit.
 */
#include "check.h"

#include <pthread.h>

static int left = 5;

static void *run(void *arg)
{
	printf("thread %d\n", (int)(long)arg);
	if (__atomic_sub_fetch(&left, 1, __ATOMIC_ACQ_REL) == 0)
		puts("ok");
	return NULL;
}

int main(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	long i;

	CHECK(!pthread_attr_init(&attr) && !pthread_attr_setstacksize(&attr, 65536));
	CHECK(!pthread_attr_setguardsize(&attr, 8192));
	CHECK(!pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED));
	for (i = 0; i < 5; i++)
		CHECK(!pthread_create(&thread, &attr, run, (void *)i));
	pthread_exit(NULL);
}
