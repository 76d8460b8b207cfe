/* What a call hands to the kernel: every byte that it reads counts, for each class of arguments,
 * and no other byte does. The calls are this process's own, and are not made. */
#include "arch/arch.h"
#include "kernel/payload.h"
#include "trace/trace.h"
#include "tracee/address_space.h"
#include "tracee/reserved.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/user.h>

#define WHY what
static const char *what = "";
#include "check.h"

static struct task self;

static uint32_t sum_of(long nr, const uint64_t args[6], uint64_t bytes)
{
	struct trace_regs regs = {0};
	struct payload_call c = {
		.t = &self, .desc = systab_get((uint64_t)nr), .args = args, .regs = &regs};

	c.code = subcode_find(c.desc, args);
	struct payload p = kernel_payload_begin(&c, NULL);
	return kernel_payload_end(&c, &p, bytes);
}

#define ARGS(...) ((const uint64_t[6]){__VA_ARGS__})
#define P(x) ((uint64_t)(x))
#define SUM(nr, ...) sum_of(nr, ARGS(__VA_ARGS__), 0)

/* Flips a bit of each byte of [p, p+n), one after another. */
static void counts(void *p, size_t n, long nr, const uint64_t args[6], bool wanted)
{
	volatile uint8_t *bytes = p;
	uint32_t before = sum_of(nr, args, 0);

	what = systab_get((uint64_t)nr)->name;
	CHECK(before);
	for (size_t i = 0; i < n; i++) {
		bytes[i] ^= 0x40;
		CHECK((sum_of(nr, args, 0) != before) == wanted);
		bytes[i] ^= 0x40;
	}
	CHECK(sum_of(nr, args, 0) == before);
}

#define COUNTS(p, n, nr, ...) counts(p, n, nr, ARGS(__VA_ARGS__), true)
#define COUNTS_NOT(p, n, nr, ...) counts(p, n, nr, ARGS(__VA_ARGS__), false)

static void nothing(void)
{
	char buf[16];

	what = "no memory";
	CHECK(!SUM(SYS_getpid, 0));
	CHECK(!SUM(SYS_write, 1, 0, 0));
	CHECK(!SUM(SYS_write, 1, P(buf), 0));
	CHECK(!SUM(SYS_read, 0, P(buf), sizeof(buf)));
	CHECK(!SUM(SYS_rt_sigprocmask, 0, 0, P(buf), 8));
	CHECK(!SUM(SYS_fcntl, 0, F_SETFL, 0));
	CHECK(!SUM(SYS_ioctl, 0, FIOCLEX, P(buf)));
}

static void buffers(void)
{
	char buf[64] = "some bytes";

	COUNTS(buf, 40, SYS_write, 1, P(buf), 40);
	COUNTS_NOT(buf + 40, 24, SYS_write, 1, P(buf), 40);
	COUNTS(buf, 40, SYS_setxattr, P("path"), P("name"), P(buf), 40, 0);
	COUNTS(buf, 24, SYS_msgsnd, 0, P(buf), 16, 0);
	COUNTS(buf, 16, SYS_sethostname, P(buf), 16);
}

static void strings(void)
{
	char path[5000] = "/some/path";

	COUNTS(path, 11, SYS_openat, AT_FDCWD & UINT32_MAX, P(path), 0);
	COUNTS_NOT(path + 11, 20, SYS_openat, AT_FDCWD & UINT32_MAX, P(path), 0);
	memset(path, 'x', sizeof(path));
	COUNTS(path + 4000, 96, SYS_openat, AT_FDCWD & UINT32_MAX, P(path), 0);
	COUNTS_NOT(path + 4096, 20, SYS_openat, AT_FDCWD & UINT32_MAX, P(path), 0);
}

static void string_vectors(void)
{
	char path[] = "/bin/true", one[] = "one", two[] = "2", env[] = "A=b", not [] = "not";
	char *argv[] = {one, two, NULL, not }, *envp[] = {env, NULL};

	COUNTS(path, sizeof(path), SYS_execve, P(path), P(argv), P(envp));
	COUNTS(one, sizeof(one) - 1, SYS_execve, P(path), P(argv), P(envp));
	COUNTS(two, sizeof(two) - 1, SYS_execve, P(path), P(argv), P(envp));
	COUNTS(env, sizeof(env) - 1, SYS_execve, P(path), P(argv), P(envp));
	COUNTS_NOT(not, sizeof(not ), SYS_execve, P(path), P(argv), P(envp));
}

static void vectors(void)
{
	char a[20] = "a", b[50] = "b", c[4] = "c";
	struct iovec v[] = {{a, 20}, {NULL, 0}, {b, 40}, {c, 4}};

	COUNTS(a, 20, SYS_writev, 1, P(v), 3);
	COUNTS(b, 40, SYS_writev, 1, P(v), 3);
	COUNTS_NOT(b + 40, 10, SYS_writev, 1, P(v), 3);
	COUNTS_NOT(c, 4, SYS_writev, 1, P(v), 3);
	COUNTS(v, 3 * sizeof(*v), SYS_readv, 0, P(v), 3);
	COUNTS_NOT(a, 20, SYS_readv, 0, P(v), 3);
	COUNTS(a, 20, SYS_pwritev2, 1, P(v), 1, 0, 0, 0);
	COUNTS(a, 20, SYS_vmsplice, 1, P(v), 1, 0);
	COUNTS(a, 20, SYS_process_vm_writev, 1, P(v), 1, P(v), 1, 0);
	COUNTS(v + 3, sizeof(*v), SYS_process_vm_readv, 1, P(v), 1, P(v + 3), 1, 0);
}

static void messages(void)
{
	char data[30] = "data", control[40] = "control";
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "name"};
	struct iovec v = {data, sizeof(data)};
	struct mmsghdr m[2] = {{.msg_hdr = {&name, 20, &v, 1, control, sizeof(control), 0}}};

	m[1] = m[0];
	COUNTS(data, sizeof(data), SYS_sendmsg, 0, P(m), 0);
	COUNTS(control, sizeof(control), SYS_sendmsg, 0, P(m), 0);
	COUNTS(&name, 20, SYS_sendmsg, 0, P(m), 0);
	COUNTS_NOT((char *)&name + 20, 20, SYS_sendmsg, 0, P(m), 0);
	COUNTS(&v, sizeof(v), SYS_recvmsg, 0, P(m), 0);
	COUNTS_NOT(data, sizeof(data), SYS_recvmsg, 0, P(m), 0);
	/* padding, and what is only written */
	COUNTS_NOT(&m[0].msg_hdr.msg_flags, 8, SYS_sendmsg, 0, P(m), 0);
	COUNTS_NOT((char *)&m[0].msg_hdr.msg_namelen + 4, 4, SYS_sendmsg, 0, P(m), 0);
	COUNTS(&m[1].msg_hdr.msg_controllen, 2, SYS_sendmmsg, 0, P(m), 2, 0);
	COUNTS_NOT(&m[1].msg_hdr.msg_controllen, 2, SYS_sendmmsg, 0, P(m), 1, 0);
	COUNTS(data, sizeof(data), SYS_sendto, 0, P(data), sizeof(data), 0, P(&name), 20);
	COUNTS(&name, 20, SYS_sendto, 0, P(data), sizeof(data), 0, P(&name), 20);
	COUNTS(&name, 20, SYS_connect, 0, P(&name), 20);
}

static void structs(void)
{
	uint8_t bytes[256] = {1, 2, 3};
	uint32_t len = 20;
	fd_set set = {0};

	COUNTS(bytes, 16, SYS_nanosleep, P(bytes), P(bytes + 64));
	COUNTS(bytes, 32, SYS_rt_sigaction, 2, P(bytes), P(bytes + 64), 8);
	COUNTS(bytes, 3 * 8, SYS_poll, P(bytes), 3, 0);
	COUNTS_NOT(bytes + 24, 8, SYS_poll, P(bytes), 3, 0);
	COUNTS(bytes, 12, SYS_epoll_ctl, 0, EPOLL_CTL_ADD, 0, P(bytes));
	COUNTS(bytes, 2 * 6, SYS_semop, 0, P(bytes), 2);
	/* value and result */
	COUNTS(&len, 4, SYS_accept, 0, P(bytes), P(&len));
	COUNTS_NOT(bytes, 20, SYS_accept, 0, P(bytes), P(&len));
	COUNTS(&set, 8, SYS_select, 40, P(&set), 0, 0, 0);
	COUNTS_NOT((char *)&set + 8, 8, SYS_select, 40, P(&set), 0, 0, 0);
}

static void structs_that_point(void)
{
	struct sock_filter f[3] = {{1, 2, 3, 4}};
	struct sock_fprog prog = {2, f};
	uint64_t set = 5, pack[2] = {P(&set), 8};

	COUNTS(&set, 8, SYS_pselect6, 0, 0, 0, 0, 0, P(pack));
	COUNTS(f, 16, SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, P(&prog));
	COUNTS(f, 16, SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, P(&prog));
	COUNTS(f, 16, SYS_setsockopt, 0, SOL_SOCKET, SO_ATTACH_FILTER, P(&prog), sizeof(prog));
	COUNTS_NOT(f + 2, 8, SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, P(&prog));
	COUNTS_NOT((char *)&prog + 2, 6, SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, P(&prog));
}

static void codes(void)
{
	uint8_t bytes[256] = {1, 2, 3};

	COUNTS(bytes, sizeof(struct flock), SYS_fcntl, 0, F_SETLK, P(bytes));
	COUNTS(bytes, 8, SYS_ioctl, 0, TIOCSWINSZ, P(bytes));
	COUNTS(bytes, sizeof(struct ifreq), SYS_ioctl, 0, 0x8933 /* SIOCGIFINDEX */, P(bytes));
	COUNTS(bytes, 77, SYS_ioctl, 0, _IOW('?', 250, char[77]), P(bytes));
	COUNTS(bytes, 4, SYS_setsockopt, 0, SOL_SOCKET, SO_REUSEADDR, P(bytes), 4);
	COUNTS(bytes, 16, SYS_prctl, PR_SET_NAME, P(bytes));
	COUNTS(bytes, 16, SYS_futex, 0, FUTEX_WAIT, 0, P(bytes));
	COUNTS(bytes, 4, SYS_futex, P(bytes), FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, 0);
	COUNTS(bytes, sizeof(struct user_regs_struct), SYS_ptrace, PTRACE_SETREGS, 1, 0, P(bytes));
	COUNTS(bytes, 8, SYS_mbind, 0, 4096, 2, P(bytes), 64, 0);
	COUNTS_NOT(bytes + 8, 8, SYS_mbind, 0, 4096, 2, P(bytes), 65, 0);
	COUNTS(bytes + 64, 16, SYS_migrate_pages, 0, 129, P(bytes), P(bytes + 64));
}

/* Where memory ends, what is there counts, and where it ends. */
static void unreadable(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(p + 2 * page, page);
	p += page;
	memset(p, 'x', page);
	COUNTS(p + page - 8, 8, SYS_write, 1, P(p + page - 8), 100);
	COUNTS(p + page - 8, 8, SYS_chdir, P(p + page - 8));
	what = "unreadable";
	CHECK(SUM(SYS_write, 1, P(p + page - 8), 100) != SUM(SYS_write, 1, P(p + page - 8), 8));
	CHECK(SUM(SYS_write, 1, P(p + page), 100));
	CHECK(SUM(SYS_write, 1, P(p + page), 100) == SUM(SYS_write, 1, 1, 100));
	CHECK(SUM(SYS_write, 1, UINT64_MAX - 100, 50) == SUM(SYS_write, 1, 1, 50));
	CHECK(SUM(SYS_write, 1, AGENT_ADDR, 50) == SUM(SYS_write, 1, 1, 50));
	CHECK(SUM(SYS_execve, P(p), P(p + page - 4), 0));
	munmap(p - page, 2 * page);
}

static void long_buffers(void)
{
	size_t n = 4 * PAYLOAD_HEAD;
	char *p = calloc(1, n);
	struct iovec v[2] = {{p, 3 * PAYLOAD_HEAD}, {p + 3 * PAYLOAD_HEAD, PAYLOAD_HEAD}};
	const uint64_t write_args[6] = {1, P(p), n}, writev_args[6] = {1, P(v), 2},
		       xattr_args[6] = {P("p"), P("n"), P(p), n};

	what = "long buffers";
	uint32_t taken = sum_of(SYS_write, write_args, 2 * PAYLOAD_HEAD),
		 head = sum_of(SYS_write, write_args, 0),
		 all = sum_of(SYS_write, write_args, PAYLOAD_ALL),
		 pieces = sum_of(SYS_writev, writev_args, PAYLOAD_ALL),
		 other = sum_of(SYS_setxattr, xattr_args, 0);
	CHECK(taken != head && taken != all && head != all);
	CHECK(sum_of(SYS_write, write_args, n) == all);
	p[2 * PAYLOAD_HEAD] = 1;
	CHECK(sum_of(SYS_write, write_args, 0) == head);
	CHECK(sum_of(SYS_write, write_args, 2 * PAYLOAD_HEAD) == taken);
	CHECK(sum_of(SYS_write, write_args, 2 * PAYLOAD_HEAD + 1) != taken);
	CHECK(sum_of(SYS_write, write_args, PAYLOAD_ALL) != all);
	CHECK(sum_of(SYS_writev, writev_args, PAYLOAD_ALL) != pieces);
	CHECK(sum_of(SYS_setxattr, xattr_args, 0) != other);
	p[2 * PAYLOAD_HEAD] = 0;
	p[n - 1] = 1;
	CHECK(sum_of(SYS_write, write_args, n - 1) != all);
	CHECK(sum_of(SYS_write, write_args, PAYLOAD_ALL) != all);
	CHECK(sum_of(SYS_writev, writev_args, PAYLOAD_ALL) != pieces);
	free(p);
}

/* Arguments are whatever a program puts there. */
static void garbage(void)
{
	uint64_t args[6], memory[512];
	unsigned seed = 1;

	what = "garbage";
	for (int round = 0; round < 3; round++)
		for (uint64_t nr = 0; nr < SYSTAB_MAX; nr++) {
			if (!systab_get(nr))
				continue;
			for (size_t i = 0; i < 512; i++)
				memory[i] = rand_r(&seed) % 3 ? P(&memory[rand_r(&seed) % 512])
							      : (uint64_t)rand_r(&seed) << 33;
			for (int i = 0; i < 6; i++)
				args[i] = rand_r(&seed) % 3 ? P(&memory[rand_r(&seed) % 512])
							    : (uint64_t)rand_r(&seed) % 10;
			uint32_t once = sum_of((long)nr, args, PAYLOAD_ALL);
			CHECK(sum_of((long)nr, args, PAYLOAD_ALL) == once);
		}
}

int main(void)
{
	static const struct test tests[] = {
		TEST(nothing), TEST(buffers),    TEST(strings),      TEST(string_vectors),
		TEST(vectors), TEST(messages),   TEST(structs),      TEST(structs_that_point),
		TEST(codes),   TEST(unreadable), TEST(long_buffers), TEST(garbage),
	};

	self = (struct task){.tid = getpid(), .mm = mm_new()};
	int status = tests_run("payload", tests, sizeof(tests) / sizeof(*tests));
	mm_put(self.mm);
	return status;
}
