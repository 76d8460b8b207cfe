/* name_to_handle_at gives a handle of a file, of a length that the first call reports. */
#include "check.h"
#include "tempdir.h"

int main(void)
{
	struct {
		struct file_handle h;
		unsigned char bytes[MAX_HANDLE_SZ];
	} handle = {.h.handle_bytes = 0};
	int mount;

	tempdir_enter();
	CHECK(creat("f", 0600) >= 0);
	CHECK(name_to_handle_at(AT_FDCWD, "f", &handle.h, &mount, 0) == -1);
	if (errno != EOVERFLOW)
		TEMPDIR_SKIP("no file handles here");
	CHECK(handle.h.handle_bytes > 0 && handle.h.handle_bytes <= MAX_HANDLE_SZ);
	CHECK(name_to_handle_at(AT_FDCWD, "f", &handle.h, &mount, 0) == 0);
	printf("mount %d type %d:", mount, handle.h.handle_type);
	for (unsigned i = 0; i < handle.h.handle_bytes; i++)
		printf(" %02x", handle.bytes[i]);
	printf("\n");
	int fd = open_by_handle_at(AT_FDCWD, &handle.h, O_RDONLY);
	printf("open_by_handle_at: %s\n", fd < 0 ? strerror(errno) : "served");
	puts("ok");
	return 0;
}
