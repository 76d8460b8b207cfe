/* The body of pre_static.c and similar programs: threads, timers, faults and forks at once, for
 * each kind of program. */
#ifndef PREEMPTED_H
#define PREEMPTED_H

#include "preempt.h"

#include <setjmp.h>
#include <sys/mman.h>

enum { WORKERS = 3 };

static __thread sigjmp_buf out;
static atomic_int stop;
static unsigned long turns[WORKERS];
static volatile int faults;
static char *page;

static void repair(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	CHECK((char *)info->si_addr >= page && (char *)info->si_addr < page + 4096);
	CHECK(!mprotect(page, 4096, PROT_READ | PROT_WRITE));
	faults++;
}

static void leave(int sig, siginfo_t *info, void *context)
{
	(void)info, (void)context;
	siglongjmp(out, sig);
}

static void *worker(void *arg)
{
	char text[32];
	int i = 0;

	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		turns[(long)arg]++;
		snprintf(text, sizeof(text), "%d", i++ & 0xfff);
		CHECK(atoi(text) == ((i - 1) & 0xfff));
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[WORKERS];
	volatile int i;
	int round, byte;
	pid_t child;

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(page != MAP_FAILED);
	handle(SIGSEGV, repair, 0);
	handle(SIGUSR1, leave, 0);
	alarms_start();
	for (i = 0; i < WORKERS; i++)
		CHECK(!pthread_create(&threads[i], NULL, worker, (void *)(long)i));
	for (round = 0; round < 20 || alarms < 40; round++) {
		CHECK(!mprotect(page, 4096, PROT_NONE));
		for (byte = 0; byte < 4096; byte++)
			((volatile char *)page)[byte]++;
		for (byte = 0; byte < 4096; byte++)
			CHECK(((volatile char *)page)[byte] == (char)(round + 1));
		CHECK(faults == round + 1);
		if (!sigsetjmp(out, 1)) {
			CHECK(!pthread_kill(pthread_self(), SIGUSR1));
			for (;;)
				faults += 0;
		}
	}
	child = fork();
	if (!child) {
		for (i = 0; i < 1000000; i++)
			;
		_exit(faults & 63);
	}
	CHECK(child > 0 && WEXITSTATUS(status_of(child)) == (faults & 63));
	alarms_stop();
	atomic_store(&stop, 1);
	for (i = 0; i < WORKERS; i++) {
		CHECK(!pthread_join(threads[i], NULL));
		printf("%lu turns\n", turns[i]);
	}
	puts("ok");
	return 0;
}

#endif
