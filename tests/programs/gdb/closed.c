/* A watched word in a page that the program protects, unprotects and maps anew. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

static int *word;
static volatile int quiet[4], faults; /* quiet: never change */
static volatile long on_stack;

static void begin(void)
{
}

static void set(int n)
{
	word[1] = n; /* beside it */
	word[0] = n;
}

static void on_fault(int sig)
{
	(void)sig;
	faults++;
	mprotect(word, PAGE, PROT_READ | PROT_WRITE);
}

static void map_it(void)
{
	if (mmap(word, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) != word)
		exit(1);
}

static void *in_thread(void *unused)
{
	set(5);
	return unused;
}

static void in_child(void)
{
	if (!fork()) {
		set(50);
		_exit(0);
	}
	wait(NULL);
}

static long deep(int n)
{
	volatile long local = n;

	on_stack += local;
	return n ? deep(n - 1) + local : 0;
}

int main(void)
{
	pthread_t t;

	word = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (word == MAP_FAILED)
		return 1;
	signal(SIGSEGV, on_fault);
	begin();
	set(1);
	mprotect(word, PAGE, PROT_READ);
	set(2);
	mprotect(word, PAGE, PROT_NONE);
	set(3);
	map_it();
	set(4);
	in_child();
	if (pthread_create(&t, NULL, in_thread, NULL) || pthread_join(t, NULL))
		return 1;
	void *away = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mremap(word, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, away) != away)
		return 1;
	map_it();
	set(6);

	memset(word, 7, PAGE);
	if (word[0] != 0x07070707)
		return 1;
	printf("%d %d %ld\n", faults, quiet[0], deep(50));
	return 0;
}
