/* A parent writes into its blocked child, and reads what the child made of it. */
#include "check.h"

#include <sys/uio.h>
#include <sys/wait.h>

static char shared_by_name[4096] = "the same address in both";

int main(void)
{
	int there[2], back[2], status;
	char c = 0, got[64] = "";

	CHECK(pipe(there) == 0 && pipe(back) == 0);
	pid_t child = fork();
	if (child == 0) {
		CHECK(read(there[0], &c, 1) == 1);
		CHECK(!strcmp(shared_by_name, "from the parent"));
		strcpy(shared_by_name, "from the child");
		CHECK(write(back[1], &c, 1) == 1 && read(there[0], &c, 1) == 1);
		printf("child has %s\n", shared_by_name);
		_exit(0);
	}
	struct iovec mine = {"from the parent", 16}, its = {shared_by_name, 16};
	ssize_t n = process_vm_writev(child, &mine, 1, &its, 1, 0);
	if (n == -1 && (errno == ENOSYS || errno == EPERM)) {
		close(there[1]);
		SKIP("no process_vm_writev");
	}
	CHECK(n == 16 && write(there[1], &c, 1) == 1 && read(back[0], &c, 1) == 1);
	struct iovec in = {got, sizeof(got)};
	its.iov_len = sizeof(got);
	CHECK(process_vm_readv(child, &in, 1, &its, 1, 0) == sizeof(got));
	CHECK(write(there[1], &c, 1) == 1 && waitpid(child, &status, 0) == child && status == 0);
	printf("%s, %s\n", got, shared_by_name);
	CHECK(!strcmp(got, "from the child") && !strncmp(shared_by_name, "the same", 8));
	puts("ok");
	return 0;
}
