/* system and popen: a shell is spawned and its status and output come back. */
#include "check.h"

int main(void)
{
	char line[64];
	FILE *out;

	CHECK(WEXITSTATUS(system("exit 5")) == 5);
	CHECK(WTERMSIG(system("kill -TERM $$")) == 15);
	out = popen("echo shell $$; echo two | tr a-z A-Z", "r");
	CHECK(out && fgets(line, sizeof(line), out));
	fputs(line, stdout);
	CHECK(fgets(line, sizeof(line), out) && !strcmp(line, "TWO\n"));
	CHECK(pclose(out) == 0);
	out = popen("cat >/dev/null; exit 3", "w");
	CHECK(out && fputs("text\n", out) >= 0 && WEXITSTATUS(pclose(out)) == 3);
	puts("ok");
	return 0;
}
