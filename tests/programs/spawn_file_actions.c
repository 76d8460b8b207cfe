/* posix_spawn with file actions: open, dup2 and close happen in the child before the exec. */
#include "check.h"

#include <spawn.h>

int main(int argc, char **argv)
{
	char *const args[] = {argv[0], "child", NULL}, *const env[] = {"MARK=spawned", NULL};
	posix_spawn_file_actions_t actions;
	int pipe_fds[2];
	char text[128];
	ssize_t got;
	pid_t child;

	if (argc > 1) {
		CHECK(read(0, text, sizeof(text)) == 0);
		printf("%s %d\n", getenv("MARK"), (int)getpid());
		return fcntl(17, F_GETFD) == -1 ? 21 : 1;
	}
	CHECK(!pipe(pipe_fds) && dup2(pipe_fds[0], 17) == 17);
	CHECK(!posix_spawn_file_actions_init(&actions));
	CHECK(!posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0));
	CHECK(!posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 1));
	CHECK(!posix_spawn_file_actions_addclose(&actions, 17));
	CHECK(!posix_spawn(&child, "/proc/self/exe", &actions, NULL, args, env));
	posix_spawn_file_actions_destroy(&actions);
	got = read(pipe_fds[0], text, sizeof(text) - 1);
	CHECK(got > 0);
	text[got] = 0;
	printf("child %d said %s", (int)child, text);
	CHECK(!strncmp(text, "spawned ", 8));
	CHECK(WEXITSTATUS(status_of(child)) == 21);
	puts("ok");
	return 0;
}
