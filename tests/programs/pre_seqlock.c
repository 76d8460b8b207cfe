/* Readers of a seqlock retry while the writer writes, and never see half of a value. */
#include "preempt.h"

enum { READERS = 3, WRITES = 8000000 };

static atomic_ulong sequence;
static atomic_ulong value[4];
static atomic_int done;
static unsigned long retries[READERS], reads[READERS];

static void *reader(void *arg)
{
	long me = (long)arg;
	unsigned long before, v[4];
	int i;

	while (!atomic_load_explicit(&done, memory_order_relaxed)) {
		before = atomic_load_explicit(&sequence, memory_order_acquire);
		for (i = 0; i < 4; i++)
			v[i] = atomic_load_explicit(&value[i], memory_order_relaxed);
		atomic_thread_fence(memory_order_acquire);
		if (before & 1 || atomic_load_explicit(&sequence, memory_order_relaxed) != before) {
			retries[me]++;
			continue;
		}
		for (i = 0; i < 4; i++)
			CHECK(v[i] == v[0] * (i + 1ul));
		reads[me]++;
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[READERS];
	unsigned long w;
	long i;

	for (i = 0; i < READERS; i++)
		CHECK(!pthread_create(&threads[i], NULL, reader, (void *)i));
	for (w = 1; w <= WRITES; w++) {
		atomic_store_explicit(&sequence, 2 * w - 1, memory_order_relaxed);
		atomic_thread_fence(memory_order_release);
		for (i = 0; i < 4; i++)
			atomic_store_explicit(&value[i], w * (i + 1ul), memory_order_relaxed);
		atomic_store_explicit(&sequence, 2 * w, memory_order_release);
	}
	atomic_store(&done, 1);
	for (i = 0; i < READERS; i++) {
		CHECK(!pthread_join(threads[i], NULL));
		printf("reader %ld: %lu reads, %lu retries\n", i, reads[i], retries[i]);
	}
	puts("ok");
	return 0;
}
