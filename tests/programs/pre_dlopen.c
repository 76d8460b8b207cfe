/* A library is loaded, used and unloaded fifty times while two threads compute and a timer
 * interrupts all. */
#include "preempt.h"

#include <dlfcn.h>

enum { TIMES = 50 };

static atomic_int stop;
static unsigned long turns[2];

static void *compute(void *arg)
{
	while (!atomic_load_explicit(&stop, memory_order_relaxed))
		turns[(long)arg]++;
	return NULL;
}

int main(void)
{
	unsigned long (*crc)(unsigned long, const unsigned char *, unsigned);
	static unsigned char data[300000];
	pthread_t threads[2];
	void *library;
	long i;

	for (i = 0; i < (long)sizeof(data); i++)
		data[i] = (unsigned char)(i * i >> 3);
	for (i = 0; i < 2; i++)
		CHECK(!pthread_create(&threads[i], NULL, compute, (void *)i));
	alarms_start();
	for (i = 0; i < TIMES; i++) {
		library = dlopen("libz.so.1", RTLD_NOW);
		if (!library)
			SKIP("no libz.so.1");
		crc = (unsigned long (*)(unsigned long, const unsigned char *, unsigned))(
			uintptr_t)dlsym(library, "crc32");
		CHECK(crc && crc(0, (const unsigned char *)"123456789", 9) == 0xcbf43926);
		CHECK(crc(0, data, sizeof(data)) == 0xcda96a78);
		CHECK(!dlclose(library));
		CHECK(!dlopen("libz.so.1", RTLD_NOW | RTLD_NOLOAD));
	}
	alarms_stop();
	atomic_store(&stop, 1);
	for (i = 0; i < 2; i++) {
		CHECK(!pthread_join(threads[i], NULL));
		printf("%lu turns\n", turns[i]);
	}
	puts("ok");
	return 0;
}
