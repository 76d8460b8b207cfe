/* rr-sites FILE...: prints how ELF files are rewritten. */
#include "instrument/instrument.h"
#include "util/clock.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char USAGE[] = "usage: rr-sites [-l] [-o code-file] file...\n";

static double share(uint64_t n, uint64_t of)
{
	return of ? 100.0 * n / of : 100.0;
}

static void report_print(const char *path, const struct instrument_report *r, uint64_t ns)
{
	uint64_t done = r->found - r->left;

	printf("%s: text %lu functions %lu left %lu; edges %lu rewritten %.3f%% (long %.1f%% group %.1f%% island %.1f%%) "
	       "left %lu; cheap %.1f%%; hooks %lu left %lu; syscalls %lu; %.3f s\n",
	       path, r->text_bytes, r->functions, r->functions_left, r->found,
	       share(done, r->found), share(r->rewritten[TACTIC_LONG], r->found),
	       share(r->rewritten[TACTIC_GROUP], r->found),
	       share(r->rewritten[TACTIC_ISLAND], r->found), r->left, share(r->cheap, done),
	       r->hooks, r->hooks_left, r->syscalls, ns / 1e9);
}

static int file_do(const char *path, const char *to, bool list)
{
	struct instrument_report r = {.list = list ? stdout : NULL};
	const char *why = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int out = to ? open(to, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)
		     : memfd_create("code", MFD_CLOEXEC);

	if (fd < 0 || out < 0) {
		warn("%s", fd < 0 ? path : to ? to : "memfd");
		return 1;
	}
	uint64_t start = clock_now_ns();
	int rc = instrument_file(fd, out, &r, &why);
	if (rc < 0)
		warn("%s", path);
	else if (rc > 0)
		printf("%s: not rewritten: %s\n", path, why);
	else
		report_print(path, &r, clock_now_ns() - start);
	close(fd);
	close(out);
	return rc != 0;
}

int main(int argc, char **argv)
{
	const char *to = NULL;
	bool list = false;
	int opt, rc = 0;

	while ((opt = getopt(argc, argv, "lo:")) != -1) {
		switch (opt) {
		case 'l': list = true; break;
		case 'o': to = optarg; break;
		default: fputs(USAGE, stderr); return 2;
		}
	}
	if (optind == argc) {
		fputs(USAGE, stderr);
		return 2;
	}
	for (int i = optind; i < argc; i++)
		rc |= file_do(argv[i], to, list);
	return rc;
}
