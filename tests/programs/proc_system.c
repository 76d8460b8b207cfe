/* Files of the whole machine: /proc/{stat,meminfo,uptime,loadavg,cpuinfo,version},
 * /proc/sys/kernel. */
#include "check.h"

int main(void)
{
	const char *paths[] = {
		"/proc/stat",
		"/proc/meminfo",
		"/proc/uptime",
		"/proc/loadavg",
		"/proc/cpuinfo",
		"/proc/version",
		"/proc/mounts",
		"/proc/interrupts",
		"/proc/sys/kernel/random/uuid",
		"/proc/sys/kernel/random/boot_id",
		"/proc/sys/kernel/pid_max",
		"/sys/kernel/mm/transparent_hugepage/enabled",
	};
	char text[4096], *newline;
	ssize_t got;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		fd = open(paths[i], O_RDONLY);
		if (fd < 0) {
			printf("%s: %s\n", paths[i], strerror(errno));
			continue;
		}
		CHECK((got = read(fd, text, sizeof(text) - 1)) >= 0);
		text[got] = 0;
		if ((newline = strchr(text, '\n')))
			*newline = 0;
		printf("%s: %s (%zd bytes)\n", paths[i], text, got);
		close(fd);
	}
	puts("ok");
	return 0;
}
