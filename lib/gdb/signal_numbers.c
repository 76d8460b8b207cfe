#include "gdb/signal_numbers.h"

#include "util/size.h"

#include <signal.h>

/* By Linux number. */
static const uint8_t numbers[32] = {
	[SIGHUP] = 1,   [SIGINT] = 2,    [SIGQUIT] = 3,  [SIGILL] = 4,   [SIGTRAP] = 5,
	[SIGABRT] = 6,  [SIGFPE] = 8,    [SIGKILL] = 9,  [SIGBUS] = 10,  [SIGSEGV] = 11,
	[SIGSYS] = 12,  [SIGPIPE] = 13,  [SIGALRM] = 14, [SIGTERM] = 15, [SIGURG] = 16,
	[SIGSTOP] = 17, [SIGTSTP] = 18,  [SIGCONT] = 19, [SIGCHLD] = 20, [SIGTTIN] = 21,
	[SIGTTOU] = 22, [SIGIO] = 23,    [SIGXCPU] = 24, [SIGXFSZ] = 25, [SIGVTALRM] = 26,
	[SIGPROF] = 27, [SIGWINCH] = 28, [SIGUSR1] = 30, [SIGUSR2] = 31, [SIGPWR] = 32,
};

/* Real-time signals: those of Linux numbers 33 to 63 follow each other, 32 and 64 are elsewhere. */
#define RT_33 45
#define RT_32 77
#define RT_64 78
#define UNKNOWN 143

int gdb_signal_encode(int number)
{
	if (number > 0 && number < (int)ARRAY_LEN(numbers) && numbers[number])
		return numbers[number];
	if (number >= 33 && number <= 63)
		return number - 33 + RT_33;
	if (number == 32 || number == 64)
		return number == 32 ? RT_32 : RT_64;
	return UNKNOWN;
}

int gdb_signal_decode(uint64_t number)
{
	for (int i = 1; i <= 64; i++)
		if (number && number != UNKNOWN && (uint64_t)gdb_signal_encode(i) == number)
			return i;
	return 0;
}
