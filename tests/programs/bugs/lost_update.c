/* A lost update: two threads add to one balance by reading it, writing the journal, and storing the
 * sum. */
#include "bugs.h"

enum { DEPOSITS = 2 };

static _Atomic long balance;

static void deposit(long amount)
{
	long before = atomic_load(&balance);

	journal("deposit", amount);
	atomic_store(&balance, before + amount);
}

static void *cashier(void *arg)
{
	int i;

	for (i = 0; i < DEPOSITS; i++)
		deposit(10);
	return arg;
}

int main(void)
{
	pthread_t thread;
	int i;

	CHECK(!pthread_create(&thread, NULL, cashier, NULL));
	if (!long_work(1))
		return 2;
	for (i = 0; i < DEPOSITS; i++)
		deposit(1);
	CHECK(!pthread_join(thread, NULL));
	if (balance != DEPOSITS * 11) {
		printf("lost update: %ld, not %d\n", balance, DEPOSITS * 11);
		return 1;
	}
	puts("ok");
	return 0;
}
