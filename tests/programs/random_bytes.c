/* getrandom, getentropy, /dev/urandom: bytes printed, two of them never the same. */
#include "check.h"

#include <sys/random.h>

static void print(const char *name, const unsigned char *bytes)
{
	int i;

	printf("%s", name);
	for (i = 0; i < 32; i++)
		printf(" %02x", bytes[i]);
	puts("");
}

int main(void)
{
	unsigned char bytes[5][32], large[5000] = {0};
	int fd, i, j;

	CHECK(getrandom(bytes[0], 32, 0) == 32 && getrandom(bytes[1], 32, GRND_NONBLOCK) == 32);
	CHECK(!getentropy(bytes[2], 32));
	CHECK((fd = open("/dev/urandom", O_RDONLY)) >= 0 && read(fd, bytes[3], 32) == 32);
	CHECK(getrandom(large, sizeof(large), GRND_INSECURE) == sizeof(large));
	memcpy(bytes[4], large + 4900, 32);
	for (i = 0; i < 5; i++) {
		print("bytes", bytes[i]);
		for (j = 0; j < i; j++)
			CHECK(memcmp(bytes[i], bytes[j], 32));
	}
	CHECK(getrandom(large, 1, 0x80) == -1 && errno == EINVAL);
	printf("arc: %ld %d\n", random(), rand());
	puts("ok");
	return 0;
}
