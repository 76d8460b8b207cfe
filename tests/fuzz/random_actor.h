/* What makes the calls of random_calls.c: its memory, its random numbers and its hash; and the
 * arguments that it makes up. */
#ifndef RANDOM_ACTOR_H
#define RANDOM_ACTOR_H

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ul
#define ARENA_PAGES 32
#define BUF_SIZE (2 * PAGE)
#define FIRST_FD 10 /* descriptors FIRST_FD to LAST_FD are played with */
#define LAST_FD 40
#define MOST_THREADS 4
#define MOST_CHILDREN 6
#define FUTEX_WAIT 0
#define FUTEX_WAKE 1
#define FUTEX_REQUEUE 3
#define FUTEX_CMP_REQUEUE 4
#define FUTEX_WAKE_OP 5
#define FUTEX_WAIT_BITSET 9

/* One that makes calls. Its buffer is followed by a page without access. */
struct actor {
	uint64_t random, hash;
	char *buf;
	int steps, number;
	pid_t tid;
	sigjmp_buf *guard; /* where a fault continues */
	struct timespec ts[2];
	struct iovec iov[4];
	struct msghdr msg;
	char control[64];
	struct sockaddr_un name;
	pthread_t thread;
	volatile int done;
	char altstack[16384];
};

/* What processes share. Nothing in it is atomic. */
struct shared {
	volatile uint32_t futex[16];
	volatile uint64_t count, hash;
	char room[4 * PAGE];
};

static struct shared *shared;
static char *arena;
static struct actor actors[MOST_THREADS];
static unsigned threads;
static volatile pid_t children[MOST_CHILDREN];
static timer_t timers[4];
static volatile int timers_made;
static __thread struct actor *self;

static uint32_t pick(struct actor *a, uint32_t n)
{
	a->random = a->random * 6364136223846793005ul + 1442695040888963407ul;
	return (uint32_t)(a->random >> 33) % n;
}

static void mix(struct actor *a, uint64_t value)
{
	a->hash = (a->hash ^ value) * 0x9e3779b97f4a7c15ul;
	a->hash ^= a->hash >> 29;
}

static void mix_bytes(struct actor *a, const void *bytes, size_t n)
{
	uint64_t word;

	for (; n >= 8; n -= 8, bytes = (const char *)bytes + 8) {
		memcpy(&word, bytes, 8);
		mix(a, word);
	}
}

static const int signals[] = {SIGUSR1, SIGUSR2,  SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPIPE,
			      SIGCHLD, SIGWINCH, SIGURG,  34,        35,      40,    64};
#define SIGNALS (sizeof(signals) / sizeof(*signals))

/* Arguments. */

static char *bad_pointer(struct actor *a)
{
	switch (pick(a, 6)) {
	case 0: return NULL;
	case 1: return (char *)1;
	case 2: return a->buf + BUF_SIZE - pick(a, 40);
	case 3: return a->buf + BUF_SIZE + 8;
	case 4: return (char *)0x8000000000000000ul;
	default: return (char *)0xffffffffff600000ul;
	}
}

static char *pointer(struct actor *a)
{
	switch (pick(a, 16)) {
	case 0: return bad_pointer(a);
	case 1:
	case 2: return arena + pick(a, ARENA_PAGES * PAGE - 64);
	case 3: return shared->room + pick(a, 2 * PAGE);
	default: return a->buf + pick(a, PAGE / 8) * 8;
	}
}

static int descriptor(struct actor *a)
{
	return pick(a, 40)  ? FIRST_FD + (int)pick(a, LAST_FD - FIRST_FD + 1)
	       : pick(a, 2) ? -1
			    : 1000;
}

static const char *path(struct actor *a)
{
	static const char *const names[] = {"a",
					    "b",
					    "c",
					    "d/a",
					    "d/b",
					    "d",
					    "e",
					    "link",
					    "",
					    ".",
					    "a/b",
					    "/proc/self/stat",
					    "/proc/self/fd",
					    "/proc/uptime",
					    "nothing/a"};

	return pick(a, 30) ? names[pick(a, sizeof(names) / sizeof(*names))] : bad_pointer(a);
}

static struct timespec *moment(struct actor *a)
{
	a->ts[0] = (struct timespec){.tv_nsec = pick(a, 1500000)};
	return &a->ts[0];
}

static struct iovec *vector(struct actor *a)
{
	for (unsigned i = 0; i < 4; i++)
		a->iov[i] = (struct iovec){pointer(a), pick(a, 300)};
	return a->iov;
}

static struct msghdr *message(struct actor *a)
{
	struct cmsghdr *c = (struct cmsghdr *)a->control;
	int fd = descriptor(a);

	a->msg = (struct msghdr){.msg_iov = vector(a), .msg_iovlen = pick(a, 5)};
	if (!pick(a, 3)) {
		a->msg.msg_control = a->control;
		a->msg.msg_controllen = CMSG_LEN(sizeof(fd));
		*c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(fd)),
				      .cmsg_level = SOL_SOCKET,
				      .cmsg_type = SCM_RIGHTS};
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return &a->msg;
}

static struct sockaddr_un *name(struct actor *a)
{
	a->name = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(a->name.sun_path, sizeof(a->name.sun_path), "s%u", pick(a, 3));
	return &a->name;
}

static long task(struct actor *a)
{
	switch (pick(a, 5)) {
	case 0: return getpid();
	case 1: return children[pick(a, MOST_CHILDREN)];
	case 2: return pick(a, 2) ? 0 : 999999999;
	default: return actors[pick(a, threads)].tid;
	}
}

/* The argument that a letter of a row of calls[] stands for. */
static long argument(struct actor *a, char kind)
{
	static const int opens[] = {O_RDONLY,
				    O_RDWR | O_CREAT,
				    O_RDWR | O_CREAT | O_TRUNC,
				    O_RDWR | O_APPEND | O_NONBLOCK,
				    O_DIRECTORY,
				    O_PATH,
				    O_WRONLY | O_CREAT | O_EXCL,
				    O_RDWR | O_CLOEXEC};
	static const int prots[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
				    PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC};
	static const int advices[] = {MADV_DONTNEED,
				      MADV_DONTNEED,
				      MADV_FREE,
				      MADV_REMOVE,
				      MADV_NORMAL,
				      MADV_WILLNEED,
				      MADV_DONTFORK,
				      MADV_DOFORK,
				      MADV_POPULATE_WRITE,
				      MADV_WIPEONFORK,
				      102};

	switch (kind) {
	case 'b': return (long)pointer(a);
	case 'f': return descriptor(a);
	case 'n': return pick(a, 50) ? pick(a, 3000) : pick(a, 2) ? -1l : 1l << 31;
	case 'N': return pick(a, 300);
	case 'p': return (long)path(a);
	case 'c': return AT_FDCWD;
	case 'i': return pick(a, 12);
	case '1': return pick(a, 2);
	case 'r': return pick(a, 0x7fffffff);
	case 'o': return opens[pick(a, 8)];
	case 'm': return 0600 | (pick(a, 2) ? 0070 : 0);
	case 'O': return pick(a, 4) * (pick(a, 4) ? 1000 : PAGE);
	case 's': return pick(a, 20) ? signals[pick(a, SIGNALS)] : pick(a, 2) ? 0 : 99;
	case 't': return (long)moment(a);
	case 'w': return pick(a, 6);
	case 'a': return (long)(arena + pick(a, ARENA_PAGES) * PAGE);
	case 'l': return (1 + pick(a, 6)) * PAGE;
	case 'P': return prots[pick(a, 5)];
	case 'A': return advices[pick(a, 11)];
	case 'v': return (long)vector(a);
	case 'M': return (long)message(a);
	case 'k': return (long)name(a);
	case 'K': return sizeof(struct sockaddr_un);
	case 'T': return task(a);
	case 'u': return (long)&shared->futex[pick(a, 16)];
	case 'D': return MSG_DONTWAIT | (pick(a, 3) ? 0 : MSG_PEEK | MSG_TRUNC);
	case 'C': return pick(a, 12) - 1;
	default: return 0;
	}
}

#endif
