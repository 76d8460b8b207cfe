/* posix_fadvise and readahead accept advice and leave the file unchanged. */
#include "check.h"
#include "tempdir.h"

int main(void)
{
	char text[20000], back[20000];

	tempdir_enter();
	memset(text, 'a', sizeof(text));
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, text, sizeof(text)) == sizeof(text));
	for (int advice = POSIX_FADV_NORMAL; advice <= POSIX_FADV_NOREUSE; advice++)
		CHECK(posix_fadvise(fd, 0, 0, advice) == 0);
	CHECK(posix_fadvise(fd, 0, 0, 99) == EINVAL);
	ssize_t n = readahead(fd, 0, 8192);
	CHECK(n == 0 || errno == EINVAL);
	CHECK(pread(fd, back, sizeof(back), 0) == sizeof(back) &&
	      !memcmp(text, back, sizeof(back)));
	printf("readahead %zd\n", n);
	puts("ok");
	return 0;
}
