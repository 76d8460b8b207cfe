/* A signal whose handler runs in the middle of a function. */
#include <signal.h>
#include <stdio.h>

static volatile int handled;

static void handler(int sig)
{
	handled += sig;
}

static int ask(void)
{
	int before = handled;

	raise(SIGUSR1);
	return handled - before;
}

int main(void)
{
	signal(SIGUSR1, handler);
	printf("%d\n", ask() + ask());
	return 0;
}
