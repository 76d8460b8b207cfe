/* mutex THREADS LOCKS: THREADS threads lock one mutex LOCKS times altogether. */
#include <err.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long locks, done;

static void *work(void *arg)
{
	bool more = true;

	(void)arg;
	while (more) {
		pthread_mutex_lock(&lock);
		more = done < locks;
		done += more;
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[64];
	int n = argc == 3 ? atoi(argv[1]) : 0;

	if (n < 1 || n > 64)
		errx(2, "usage: mutex THREADS LOCKS");
	locks = atol(argv[2]);
	for (int i = 0; i < n; i++)
		if (pthread_create(&thread[i], NULL, work, NULL))
			errx(1, "pthread_create");
	for (int i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	return done != locks;
}
