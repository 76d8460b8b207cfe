/* set_tid_address: the caller's id, and the word is cleared when the task ends. */
#include "check.h"

#include <sys/mman.h>
#include <sys/syscall.h>

int main(void)
{
	int *word;
	pid_t child;

	word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(word != MAP_FAILED);
	*word = 99;
	/* Only a task whose memory others still use has its word cleared. */
	child = vfork();
	if (!child) {
		if (syscall(SYS_set_tid_address, word) != syscall(SYS_gettid))
			_exit(1);
		_exit(0);
	}
	CHECK(child > 0 && status_of(child) == 0);
	printf("child %d word %d\n", (int)child, *word);
	CHECK(*word == 0);
	CHECK(syscall(SYS_set_tid_address, word) == gettid());
	puts("ok");
	return 0;
}
