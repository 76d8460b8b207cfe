/* Jumps past a lock prefix into its instruction, forwards as the C library does, and backwards. */
#include "preempt.h"

extern uint64_t forwards(volatile uint64_t *counter, uint64_t turns, uint64_t single);
extern uint64_t backwards(volatile uint64_t *counter, uint64_t turns, uint64_t single);
extern uint64_t exchange(volatile uint64_t *counter, uint64_t turns, uint64_t single);

FUNCTION(
	forwards,
	"	xor %eax, %eax\n1:	test %edx, %edx\n	jz 2f + 1\n2:	lock incq (%rdi)\n	inc %rax\n"
	"	dec %rsi\n	jnz 1b\n	ret");
FUNCTION(
	backwards,
	"	xor %eax, %eax\n	jmp 2f\n1:	lock addq $1, (%rdi)\n	inc %rax\n	dec %rsi\n	jz 3f\n"
	"2:	test %edx, %edx\n	jnz 1b\n	jmp 1b + 1\n3:	ret");
FUNCTION(
	exchange,
	"	xor %r8d, %r8d\n1:	mov (%rdi), %rax\n2:	lea 1(%rax), %rcx\n	test %edx, %edx\n	je 3f + 1\n"
	"3:	lock cmpxchg %rcx, (%rdi)\n	jne 2b\n	inc %r8\n	dec %rsi\n	jnz 1b\n	mov %r8, %rax\n	ret");

enum { TURNS = 20000, ROUNDS = 10 };

static volatile uint64_t counters[3];
static uint64_t (*const loops[3])(volatile uint64_t *, uint64_t, uint64_t) = {forwards, backwards,
									      exchange};

static void *count(void *arg)
{
	int i, round;

	for (round = 0; round < ROUNDS; round++)
		for (i = 0; i < 3; i++)
			CHECK(loops[i](&counters[i], TURNS, 1) == TURNS);
	return arg;
}

int main(void)
{
	pthread_t thread;
	uint64_t mine;
	int i;

	CHECK(!pthread_create(&thread, NULL, count, NULL));
	count(NULL);
	CHECK(!pthread_join(thread, NULL));
	for (i = 0; i < 3; i++)
		CHECK(counters[i] == 2ul * ROUNDS * TURNS);
	alarms_start();
	while (alarms < 60)
		for (i = 0; i < 3; i++) {
			mine = 0;
			CHECK(loops[i](&mine, TURNS, 0) == TURNS && mine == TURNS);
		}
	alarms_stop();
	puts("ok");
	return 0;
}
