/* pthread_exit in main: the leader is a zombie while the other threads go on, and the last ends the
 * process.
 */
#include "check.h"

#include <pthread.h>

static void *go_on(void *arg)
{
	pid_t child;

	CHECK(!pthread_join(*(pthread_t *)arg, NULL));
	printf("thread %d of %d goes on\n", (int)gettid(), (int)getpid());
	child = fork();
	CHECK(child >= 0);
	if (!child)
		_exit(13);
	CHECK(WEXITSTATUS(status_of(child)) == 13);
	puts("ok");
	return NULL;
}

int main(void)
{
	static pthread_t self;
	pthread_t thread;

	self = pthread_self();
	CHECK(!pthread_create(&thread, NULL, go_on, &self));
	pthread_exit(NULL);
}
