#include "record/launch.h"

#include "record/control.h"
#include "record/inherit.h"
#include "record/recorder.h"
#include "record/ticks.h"
#include "tracee/address_space.h"
#include "tracee/call_filter.h"
#include "tracee/nested.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/exhaustion.h"
#include "util/file_io.h"
#include "util/host.h"
#include "util/size.h"
#include "util/thread.h"

#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* 0, or the exit status of a shell that cannot execute the file, after a line on stderr. */
static int why_not_executable(const char *path)
{
	unsigned char head[20] = {0};
	struct stat st;

	if (stat(path, &st)) {
		warn("%s", path);
		return errno == ENOENT || errno == ENOTDIR ? 127 : 126;
	}
	if (S_ISDIR(st.st_mode)) {
		warnx("%s: is a directory", path);
		return 126;
	}
	if (access(path, X_OK)) {
		warn("%s", path);
		return 126;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		if (geteuid() == 0)
			return 0;
		warnx("%s: not readable: a program that may not be read cannot be recorded", path);
		return 126;
	}
	ssize_t n = read(fd, head, sizeof(head));
	close(fd);
	if (n >= 20 && !memcmp(head, ELFMAG, SELFMAG) &&
	    (head[EI_CLASS] != ELFCLASS64 || head[18] != ARCH_ELF_MACHINE)) {
		warnx("%s: not an " ARCH_NAME " program: cannot be recorded", path);
		return 126;
	}
	return 0;
}

/* Finds the command as execvp would. Returns malloc'd path or NULL with *status set. */
static char *find_program(const char *name, int *status)
{
	if (strchr(name, '/')) {
		*status = why_not_executable(name);
		return *status ? NULL : xstrdup(name);
	}
	const char *path = getenv("PATH");
	char *seen = NULL;
	for (const char *p = path ? path : "/usr/bin:/bin"; p;
	     p = strchr(p, ':') ? strchr(p, ':') + 1 : NULL) {
		size_t n = strcspn(p, ":");
		char *full = n ? xasprintf("%.*s/%s", (int)n, p, name) : xstrdup(name);
		struct stat st;
		if (!stat(full, &st) && S_ISREG(st.st_mode)) {
			if (!access(full, X_OK)) {
				free(seen);
				*status = why_not_executable(full);
				if (!*status)
					return full;
				free(full);
				return NULL;
			}
			if (!seen) {
				seen = full;
				continue;
			}
		}
		free(full);
	}
	if (seen) {
		*status = why_not_executable(seen);
		free(seen);
	} else {
		warnx("%s: command not found", name);
		*status = 127;
	}
	return NULL;
}

static char *cpu_model(void)
{
	char *text = file_read("/proc/cpuinfo", 1 << 22, NULL), *p, *model = NULL;

	if (text && (p = strstr(text, "model name")) && (p = strchr(p, ':'))) {
		p += 1 + (p[1] == ' ');
		p[strcspn(p, "\n")] = '\0';
		model = xstrdup(p);
	}
	free(text);
	return model ? model : xstrdup("unknown");
}

/* The CPU that the recorder and all tasks run on. */
static int choose_cpu(struct recorder *r)
{
	int cpu = r->o->cpu;

	CPU_ZERO(&r->rec.allowed);
	r->rec.affinity_bytes =
		(int)syscall(SYS_sched_getaffinity, 0, sizeof(r->rec.allowed), &r->rec.allowed);
	if (r->rec.affinity_bytes <= 0)
		r->rec.affinity_bytes = 8;
	else
		threads_allow(&r->rec.allowed);
	if (cpu < 0) {
		cpu = sched_getcpu();
		for (int i = 0; i < CPU_SETSIZE && (cpu < 0 || !CPU_ISSET(cpu, &r->rec.allowed));
		     i++)
			cpu = i;
	}
	return cpu;
}

/* Pins this thread and, as it inherits that, the program; not the trace's writer, whose threads run
 * already. */
static int pin(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (!sched_setaffinity(0, sizeof(one), &one))
		return arch_clock_trap();
	warn("CPU %d", cpu);
	return -1;
}

static void fill_meta(const struct recorder *r, struct trace_meta *m, const char *exe, char **env,
		      int cpu, char *cwd, uint32_t (*leaves)[6], unsigned nleaves,
		      struct utsname *u)
{
	static char counter[sizeof(HPC_PREFIX) + sizeof(r->hpc.name)];

	snprintf(counter, sizeof(counter), "%s%s",
		 r->counter == RECORD_HPC    ? HPC_PREFIX
		 : r->counter == RECORD_STEP ? "step"
		 : r->soft.page              ? "soft"
					     : "none",
		 r->counter == RECORD_HPC ? r->hpc.name : "");
	*m = (struct trace_meta){.exe = (char *)exe,
				 .cwd = cwd,
				 .envp = env,
				 .kernel = u->release,
				 .cpu_model = cpu_model(),
				 .cpu = cpu,
				 .page_size = PAGE,
				 .nleaves = nleaves,
				 .leaves = leaves,
				 .counter = counter};
}

/* The program's environment: rr-record's, with what --env adds or replaces. malloc'd. */
static char **make_env(char **add)
{
	size_t n = 0, k = 0;

	while (environ[n])
		n++;
	while (add && add[k])
		k++;
	char **env = xcalloc(n + k + 1, sizeof(*env));
	n = 0;
	for (char **e = environ; *e; e++) {
		bool replaced = false;
		for (size_t i = 0; i < k; i++) {
			size_t len = (size_t)(strchr(add[i], '=') - add[i]) + 1;
			replaced |= !strncmp(*e, add[i], len);
		}
		if (!replaced)
			env[n++] = *e;
	}
	for (size_t i = 0; i < k; i++)
		env[n++] = add[i];
	return env;
}

static noreturn void be_program(const struct record_options *o, const char *path, char **env,
				int ready)
{
	char c;

	/* The recorder has seized us when this pipe ends. */
	while (read(ready, &c, 1) < 0 && errno == EINTR)
		;
	inherit_restore();
	if (call_filter_install()) {
		warn("seccomp: the filter that every recording needs");
		_exit(125);
	}
	execve(path, o->argv, env);
	_exit(errno == ENOENT || errno == ENOTDIR ? 127 : 126);
}

#define PTRACE_OPTIONS \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | \
	 PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL)

static const char *ptrace_advice(void)
{
	char *text = file_read("/proc/sys/kernel/yama/ptrace_scope", 16, NULL);
	int scope = text ? atoi(text) : 0;

	free(text);
	if (scope == 3)
		return " (kernel.yama.ptrace_scope is 3: no process may trace another until the next boot)";
	if (scope == 2)
		return " (kernel.yama.ptrace_scope is 2: needs CAP_SYS_PTRACE, or set it to 1)";
	return " (a container's seccomp profile may forbid ptrace: allow it, e.g. --cap-add=SYS_PTRACE)";
}

static int start(struct recorder *r, const char *path, char **env)
{
	int ready[2], status;

	if (nested_in_recording()) {
		warnx("%s: cannot be recorded inside a recording", path);
		return 125;
	}
	if (access("/proc/self/mem", F_OK)) {
		warnx("/proc: not mounted: a program cannot be recorded without it");
		return 125;
	}
	if (pipe2(ready, O_CLOEXEC)) {
		warn("pipe");
		return 125;
	}
	control_start(r->slice_ns);
	pid_t pid = fork();
	if (pid < 0) {
		warn("fork");
		return 125;
	}
	if (pid == 0) {
		close(ready[1]);
		be_program(r->o, path, env, ready[0]);
	}
	close(ready[0]);
	exhaustion_raise_file_limit();
	if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)PTRACE_OPTIONS)) {
		const char *why = strerror(errno);
		warnx("ptrace: %s%s", why, ptrace_advice());
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		close(ready[1]);
		return 125;
	}
	close(ready[1]);
	/* To the exec, whose stop is the first that matters. */
	for (;;) {
		pid_t w = waitpid(pid, &status, __WALL);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0 || !wait_is_stop(status)) {
			int code = w < 0 ? 126 : wait_decode(status).code;
			if (code == 125)
				return 125; /* it has said why */
			warnx("%s: %s", path,
			      code == 127 ? "its interpreter is missing" : "cannot be executed");
			return code == 127 ? 127 : 126;
		}
		if (wait_event(status) == PTRACE_EVENT_EXEC)
			break;
		ptrace(PTRACE_CONT, pid, NULL, (void *)(long)wait_signal(status));
	}
	r->root = rtask_new(r, pid, mm_new(), pid, RTASK_IN_CALL);
	tick_open(r, r->root);
	r->root->t.affinity = r->rec.allowed;
	kernel_filter_hide(&r->rec, &r->root->t);
	rtask_set_stop(r, r->root, status);
	return 0;
}

/* The first event is the program's execve. Its entry was not recorded, as rr-record's own child
 * made it: so its in-parameters are put here. */
static void first_call(struct recorder *r, const char *path, char **env)
{
	struct call *c = &r->root->call;
	char *vec[2] = {NULL, NULL};
	size_t n[2] = {0, 0};
	char *const *lists[2] = {r->o->argv, env};

	c->rec = &r->rec;
	c->t = &r->root->t;
	c->nr = SYS_execve;
	c->desc = systab_get(SYS_execve);
	ARCH_SYSNO(&c->entry) = SYS_execve;
	for (int i = 0; i < 3; i++)
		arch_set_arg(&c->entry, i, (uint64_t)(i + 1) << 4);
	kernel_call_in_bytes(c, 1 << 4, path, strlen(path) + 1);
	for (int i = 0; i < 2; i++) {
		for (char *const *s = lists[i]; *s; s++) {
			size_t len = strlen(*s) + 1;
			memcpy(ARRAY_ADD_N(vec[i], n[i], len), *s, len);
		}
		if (n[i])
			kernel_call_in_bytes(c, (uint64_t)(i + 2) << 4, vec[i], n[i]);
		free(vec[i]);
	}
}

/* The directory that -o names, relative to where rr-record was started. malloc'd; NULL: none. */
static char *named_dir(const struct record_options *o)
{
	if (!o->dir)
		return NULL;
	if (o->dir[0] == '/' || !o->chdir)
		return xstrdup(o->dir);
	char *here = getcwd(NULL, 0);
	char *dir = xasprintf("%s/%s", here ? here : ".", o->dir);
	free(here);
	return dir;
}

int launch_program(struct recorder *r)
{
	const struct record_options *o = r->o;
	static uint32_t leaves[256][6];
	struct trace_meta meta;
	struct utsname u;
	int status;
	char *dir = named_dir(o);

	if (o->chdir && chdir(o->chdir)) {
		warn("%s", o->chdir);
		free(dir);
		return 125;
	}
	char *path = find_program(o->argv[0], &status);
	if (!path) {
		free(dir);
		return status;
	}
	int cpu = choose_cpu(r);
	char **env = make_env(o->env);
	char *cwd = getcwd(NULL, 0);
	status = 125;
	uname(&u);
	unsigned nleaves = arch_machine_records(&o->features, leaves, ARRAY_LEN(leaves));
	fill_meta(r, &meta, path, env, cpu, cwd, leaves, nleaves, &u);
	meta.argv = (char **)o->argv;
	if (!dir && !(dir = trace_fresh_dir(path))) {
		warnx("%s", trace_strerror());
		goto out;
	}
	r->rec.w = trace_create(dir, o->replace, &meta);
	if (!r->rec.w) {
		warnx("%s", trace_strerror());
		goto out;
	}
	trace_spare_cpu(r->rec.w, cpu);
	if (pin(cpu)) {
		trace_discard(r->rec.w);
		goto out;
	}
	if (o->print_dir_fd >= 0)
		dprintf(o->print_dir_fd, "%s\n", dir);
	kernel_warn_setuid(&r->rec, path, path);
	r->start_ns = clock_now_ns();
	status = start(r, path, env);
	if (status) {
		trace_discard(r->rec.w);
		goto out;
	}
	if (!o->dir)
		trace_set_latest(dir);
	first_call(r, path, env);
out:
	if (status && !o->dir && dir)
		rmdir(dir); /* nothing is in it */
	r->dir = dir;
	free(meta.cpu_model);
	free(cwd);
	free(env);
	free(path);
	return status;
}
