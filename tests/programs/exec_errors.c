/* What exec refuses: missing, directory, not executable, empty, broken interpreter, bad pointers.
 */
#include "check.h"

#include <sys/stat.h>
#include <sys/syscall.h>

static char dir[4096], path[4200];

static int try(const char *text, mode_t mode)
{
	char *args[] = {"x", NULL};
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	CHECK(!fchmod(fd, mode) && !close(fd));
	CHECK(execve(path, args, environ) == -1);
	printf("%.10s: %s\n", text, strerror(errno));
	CHECK(!unlink(path));
	return errno;
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");
	char *args[] = {"x", NULL};

	snprintf(dir, sizeof(dir), "%s/exec.XXXXXX", tmp ? tmp : "/tmp");
	CHECK(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	CHECK(execve(path, args, environ) == -1 && errno == ENOENT);
	CHECK(execve(dir, args, environ) == -1 && errno == EACCES);
	CHECK(execve("", args, environ) == -1 && errno == ENOENT);
	CHECK(execve("/dev/null", args, environ) == -1 && errno == EACCES);
	CHECK(execve("/dev/null/x", args, environ) == -1 && errno == ENOTDIR);
	CHECK(syscall(SYS_execve, 8, args, environ) == -1 && errno == EFAULT);
	CHECK(syscall(SYS_execve, "/proc/self/exe", 8, environ) == -1 && errno == EFAULT);
	CHECK(try("text", 0600) == EACCES);
	CHECK(try("neither script nor ELF", 0700) == ENOEXEC);
	CHECK(try("#!/nonexistent/interpreter\n", 0700) == ENOENT);
	CHECK(try("\177ELF\2\1\1", 0700) == ENOEXEC);
	CHECK(!rmdir(dir));
	puts("ok");
	return 0;
}
