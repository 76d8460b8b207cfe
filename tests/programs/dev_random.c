/* Random bytes, from each device and call that gives them. */
#include "check.h"

#include <linux/random.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>

static void show(const char *what, const unsigned char *p, int n)
{
	printf("%s ", what);
	for (int i = 0; i < n; i++)
		printf("%02x", p[i]);
	printf("\n");
}

int main(void)
{
	unsigned char a[16] = {0}, b[16] = {0}, zero[16] = {0};
	int fd = open("/dev/urandom", O_RDONLY), bits;

	CHECK(fd >= 0 && read(fd, a, 16) == 16 && memcmp(a, zero, 16));
	show("urandom", a, 16);
	CHECK(read(fd, b, 16) == 16 && memcmp(a, b, 16));
	CHECK(getrandom(a, 16, 0) == 16 && memcmp(a, b, 16) &&
	      getrandom(b, 16, GRND_NONBLOCK) == 16);
	show("getrandom", a, 16);
	CHECK(getentropy(a, 16) == 0 && memcmp(a, b, 16));
	show("getentropy", a, 16);
	CHECK(getrandom(a, 16, 0x1000) == -1 && errno == EINVAL);
	unsigned char *big =
		mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(big != MAP_FAILED && getrandom(big, 1 << 20, 0) == 1 << 20);
	show("the end of 1 MB", big + (1 << 20) - 8, 8);
	CHECK(ioctl(fd, RNDGETENTCNT, &bits) == 0 && bits >= 0);
	FILE *f = fopen("/proc/sys/kernel/random/uuid", "r");
	char uuid[40] = "";
	if (f && fgets(uuid, sizeof(uuid), f))
		fputs(uuid, stdout);
	puts("ok");
	return 0;
}
