/* arch_prctl: FS and GS bases are got and set, and hold over calls and in another thread. */
#include "check.h"

#include <asm/prctl.h>
#include <pthread.h>
#include <sys/syscall.h>

static unsigned long words[4] = {0x1111, 0x2222, 0x3333, 0x4444};

static unsigned long gs_word(void)
{
	unsigned long word;

	__asm__ volatile("mov %%gs:8, %0" : "=r"(word));
	return word;
}

static void *other(void *arg)
{
	unsigned long base = 1;

	CHECK(!syscall(SYS_arch_prctl, ARCH_GET_GS, &base));
	printf("thread GS %#lx\n", base);
	CHECK(!syscall(SYS_arch_prctl, ARCH_SET_GS, &words[2]));
	sched_yield();
	CHECK(gs_word() == 0x4444);
	return arg;
}

int main(void)
{
	unsigned long fs = 0, gs = 0, self;
	pthread_t thread;

	__asm__("mov %%fs:0, %0" : "=r"(self));
	CHECK(!syscall(SYS_arch_prctl, ARCH_GET_FS, &fs));
	printf("FS %#lx\n", fs);
	CHECK(fs == self);
	CHECK(!syscall(SYS_arch_prctl, ARCH_SET_GS, words));
	CHECK(gs_word() == 0x2222);
	CHECK(!pthread_create(&thread, NULL, other, NULL) && !pthread_join(thread, NULL));
	CHECK(!syscall(SYS_arch_prctl, ARCH_GET_GS, &gs) && gs == (unsigned long)words);
	CHECK(gs_word() == 0x2222);
	CHECK(!syscall(SYS_arch_prctl, ARCH_SET_FS, fs));
	CHECK(syscall(SYS_arch_prctl, ARCH_SET_GS, -1L) == -1 && errno == EPERM);
	CHECK(syscall(SYS_arch_prctl, 0x9999, 0) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
