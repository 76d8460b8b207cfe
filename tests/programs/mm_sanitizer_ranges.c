/* Nothing is mapped where ThreadSanitizer and MemorySanitizer place their shadows and heaps.
 * Otherwise they refuse to start, or map over it (tsan_platform.h, msan.h in LLVM's
 * compiler-rt). */
#include "check.h"

static const unsigned long theirs[][2] = {
	{0x8000000000, 0x550000000000},
	{0x5a0000000000, 0x7d8000000000},
};

int main(void)
{
	char line[4352];
	FILE *maps = fopen("/proc/self/maps", "re");

	CHECK(maps);
	while (fgets(line, sizeof(line), maps)) {
		unsigned long start, end;
		CHECK(sscanf(line, "%lx-%lx", &start, &end) == 2);
		for (int i = 0; i < 2; i++)
			if (start < theirs[i][1] && end > theirs[i][0])
				CHECK(!"a mapping of somebody else");
	}
	fclose(maps);
	puts("ok");
	return 0;
}
