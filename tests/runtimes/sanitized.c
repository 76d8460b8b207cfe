/* A program with threads that makes no error, or the one that its argument names. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int shared, races;

static void *work(void *p)
{
	for (int i = 0; i < 300; i++) {
		pthread_mutex_lock(&lock);
		shared++;
		pthread_mutex_unlock(&lock);
		if (races)
			shared++;
		free(malloc(100));
	}
	return p;
}

int main(int argc, char **argv)
{
	const char *error = argc > 1 ? argv[1] : "";
	char *volatile p = malloc(100);
	volatile int big = 0x7fffffff;
	pthread_t threads[3];

	races = !strcmp(error, "thread");
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	p[1] = 'a';
	if (!strcmp(error, "memory") && p[3] == 7)
		puts("seven");
	if (!strcmp(error, "undefined"))
		big += argc;
	if (strcmp(error, "leak"))
		free(p);
	p = strcmp(error, "address") ? NULL : p;
	printf("%s\n", p && p[1] ? "end" : "the end");
	return 0;
}
