/* eventfd between threads: counts add up, a semaphore one gives one at a time, a full one blocks.
 */
#include "check.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/eventfd.h>

static int counter, tokens;

static void *add(void *arg)
{
	uint64_t value = (uint64_t)(long)arg;
	int i;

	for (i = 0; i < 20; i++) {
		CHECK(write(counter, &value, sizeof(value)) == sizeof(value));
		CHECK(read(tokens, &value, sizeof(value)) == sizeof(value) && value == 1);
		value = (uint64_t)(long)arg;
	}
	return NULL;
}

int main(void)
{
	uint64_t value, sum = 0, one = 1;
	pthread_t threads[3];
	int reads = 0;
	long i;

	CHECK((counter = eventfd(0, 0)) >= 0 && (tokens = eventfd(60, EFD_SEMAPHORE)) >= 0);
	for (i = 0; i < 3; i++)
		CHECK(!pthread_create(&threads[i], NULL, add, (void *)(i + 1)));
	for (; sum < 120; reads++) {
		CHECK(read(counter, &value, sizeof(value)) == sizeof(value));
		sum += value;
	}
	for (i = 0; i < 3; i++)
		CHECK(!pthread_join(threads[i], NULL));
	printf("%lu in %d reads\n", (unsigned long)sum, reads);
	CHECK(sum == 120);
	CHECK(!fcntl(tokens, F_SETFL, O_NONBLOCK));
	CHECK(read(tokens, &value, sizeof(value)) == -1 && errno == EAGAIN);
	CHECK(write(tokens, &one, sizeof(one)) == sizeof(one));
	value = UINT64_MAX - 1;
	CHECK(write(tokens, &value, sizeof(value)) == -1 && errno == EAGAIN);
	puts("ok");
	return 0;
}
