/* Programs read about themselves and the machine under /proc. */
#include "check.h"

int main(void)
{
	static const char *const files[] = {
		"/proc/self/stat",    "/proc/self/status",  "/proc/self/statm",
		"/proc/self/limits",  "/proc/self/cmdline", "/proc/self/comm",
		"/proc/uptime",       "/proc/loadavg",      "/proc/stat",
		"/proc/meminfo",      "/proc/version",      "/proc/self/auxv",
		"/proc/self/environ", "/proc/self/cgroup",  "/proc/self/mountinfo"};
	static char buf[1 << 16];

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		FILE *f = fopen(files[i], "r");
		size_t n = 0;
		unsigned sum = 0;
		if (!f) {
			printf("%s: %s\n", files[i], strerror(errno));
			continue;
		}
		n = fread(buf, 1, sizeof(buf), f);
		for (size_t k = 0; k < n; k++)
			sum = sum * 31 + (unsigned char)buf[k];
		printf("%s: %zu bytes, sum %u\n", files[i], n, sum);
		fclose(f);
		CHECK(strcmp(files[i], "/proc/self/stat") || atoi(buf) == getpid());
	}
	puts("ok");
	return 0;
}
