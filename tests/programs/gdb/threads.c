/* Three threads that run one after the other. */
#include <pthread.h>
#include <stdio.h>

static pthread_barrier_t barrier;
static __thread int number;
static int order[3], nth;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void meet(int n)
{
	pthread_mutex_lock(&lock);
	order[nth++] = n;
	pthread_mutex_unlock(&lock);
}

static void *work(void *arg)
{
	number = *(int *)arg;
	pthread_barrier_wait(&barrier);
	meet(number);
	pthread_barrier_wait(&barrier);
	return NULL;
}

int main(void)
{
	pthread_t threads[3];
	int numbers[3] = {1, 2, 3};

	pthread_barrier_init(&barrier, NULL, 3);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, work, &numbers[i]);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	printf("ok %d\n", order[0] + order[1] + order[2]);
	return 0;
}
