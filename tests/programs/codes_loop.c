/* Loop devices and block devices: the file of a loop device, its sizes and its read-only state. */
#include "check.h"
#include "tempdir.h"

#include <linux/fs.h>
#include <linux/hdreg.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

int main(void)
{
	struct loop_config config = {.block_size = 4096};
	struct loop_info64 info = {0};
	unsigned short rotational;
	unsigned long sectors;
	unsigned long long bytes;
	int control, number, fd, sector, ro;
	char path[32];

	tempdir_enter();
	CHECK((fd = open("file", O_RDWR | O_CREAT, 0600)) >= 0);
	config.fd = (unsigned)fd;
	CHECK(ftruncate(fd, 1 << 20) == 0);
	control = open("/dev/loop-control", O_RDWR);
	if (control < 0 || (number = ioctl(control, LOOP_CTL_GET_FREE)) < 0)
		SKIP("no loop devices");
	snprintf(path, sizeof(path), "/dev/loop%d", number);
	strcpy((char *)config.info.lo_file_name, "a name");
	config.info.lo_flags = LO_FLAGS_READ_ONLY;
	if ((fd = open(path, O_RDONLY)) < 0 || ioctl(fd, LOOP_CONFIGURE, &config))
		SKIP("the loop device cannot be used");
	CHECK(ioctl(fd, LOOP_GET_STATUS64, &info) == 0);
	CHECK(ioctl(fd, BLKGETSIZE64, &bytes) == 0 && ioctl(fd, BLKGETSIZE, &sectors) == 0);
	CHECK(ioctl(fd, BLKSSZGET, &sector) == 0 && ioctl(fd, BLKROGET, &ro) == 0);
	CHECK(ioctl(fd, BLKROTATIONAL, &rotational) == 0);
	CHECK(info.lo_inode && info.lo_flags & LO_FLAGS_READ_ONLY);
	printf("%s %d\n", info.lo_file_name, rotational);
	CHECK(bytes == 1 << 20 && sectors == 2048 && sector == 4096 && ro == 1);
	CHECK(ioctl(fd, LOOP_CLR_FD) == 0);
	puts("ok");
	return 0;
}
