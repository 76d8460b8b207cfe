/* A child that runs the same program again, and a parent that waits for it. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int in_child(char *self)
{
	execl(self, self, "again", (char *)NULL);
	return 9;
}

static int in_second_program(void)
{
	puts("second");
	return 3;
}

static int in_parent(pid_t child)
{
	int status;

	waitpid(child, &status, 0);
	printf("parent: %d\n", WEXITSTATUS(status));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return in_second_program();
	pid_t child = fork();
	return child ? in_parent(child) : in_child(argv[0]);
}
