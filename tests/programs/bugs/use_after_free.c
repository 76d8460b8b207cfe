/* A use after free: a thread still reads the settings that another has replaced and freed. */
#include "bugs.h"

enum { VALUES = 30, GOOD = 7, FREED = 0x6b };

struct settings {
	char values[100 + VALUES];
};

static _Atomic(struct settings *) current;

static struct settings *settings_new(void)
{
	struct settings *s = malloc(sizeof(*s));

	CHECK(s);
	memset(s->values, GOOD, sizeof(s->values));
	return s;
}

static void settings_free(struct settings *s)
{
	memset(s->values, FREED, sizeof(s->values));
	__asm__ volatile("" : : "r"(s) : "memory");
	free(s);
}

static void *reader(void *arg)
{
	volatile struct settings *s = atomic_load(&current);
	int i;

	for (i = 0; i < 3; i++) {
		journal("reading", i);
		if (s->values[100 + i] == FREED) {
			puts("use after free");
			abort();
		}
	}
	return arg;
}

int main(void)
{
	struct settings *old;
	pthread_t thread;

	atomic_store(&current, settings_new());
	CHECK(!pthread_create(&thread, NULL, reader, NULL));
	if (!long_work(1))
		return 2;
	old = atomic_exchange(&current, settings_new());
	settings_free(old);
	CHECK(!pthread_join(thread, NULL));
	settings_free(current);
	puts("ok");
	return 0;
}
