/* set_robust_list and get_robust_list by hand: the kernel marks the word of a task that ends. */
#include "check.h"

#include <linux/futex.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>

struct lock {
	struct robust_list list;
	unsigned word;
};

int main(void)
{
	struct robust_list_head head, *got = NULL;
	struct lock *lock;
	size_t length = 0;
	pid_t child;

	lock = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(lock != MAP_FAILED);
	CHECK(!syscall(SYS_get_robust_list, 0, &got, &length));
	printf("head %p length %zu\n", (void *)got, length);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		head.list.next = &lock->list;
		lock->list.next = &head.list;
		head.futex_offset = offsetof(struct lock, word);
		head.list_op_pending = NULL;
		CHECK(!syscall(SYS_set_robust_list, &head, sizeof(head)));
		lock->word = (unsigned)gettid();
		_exit(0);
	}
	CHECK(status_of(child) == 0);
	printf("word %#x of %d\n", lock->word, (int)child);
	CHECK(lock->word & FUTEX_OWNER_DIED);
	CHECK(syscall(SYS_set_robust_list, &head, 1) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
