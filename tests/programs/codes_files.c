/* What file systems tell of a file by ioctl: extents, attributes, label, and whose data it shares.
 */
#include "check.h"
#include "tempdir.h"

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/fsmap.h>
#include <linux/fsverity.h>
#include <sys/ioctl.h>

static int result(const char *name, int r)
{
	printf("%s %d %d\n", name, r, r < 0 ? errno : 0);
	return r;
}

int main(void)
{
	struct fiemap *map = calloc(1, sizeof(*map) + 4 * sizeof(*map->fm_extents));
	struct file_dedupe_range *same = calloc(1, sizeof(*same) + sizeof(*same->info));
	struct fsmap_head *all = calloc(1, fsmap_sizeof(8));
	char block[4096], label[FSLABEL_MAX] = "";
	struct fsxattr x = {0};
	int a, b, n = 0;

	tempdir_enter();
	memset(block, 'x', sizeof(block));
	CHECK((a = open("a", O_RDWR | O_CREAT, 0600)) >= 0);
	CHECK((b = open("b", O_RDWR | O_CREAT, 0600)) >= 0);
	CHECK(write(a, block, sizeof(block)) == 4096 && write(b, block, sizeof(block)) == 4096);
	map->fm_length = ~0ull;
	map->fm_flags = FIEMAP_FLAG_SYNC;
	map->fm_extent_count = 4;
	if (result("fiemap", ioctl(a, FS_IOC_FIEMAP, map)) == 0)
		printf("%u extents, %llx\n", map->fm_mapped_extents,
		       map->fm_extents[0].fe_physical ? 1ull : 0);
	same->src_length = sizeof(block);
	same->dest_count = 1;
	same->info[0].dest_fd = b;
	if (result("dedupe", ioctl(a, FIDEDUPERANGE, same)) == 0)
		printf("%d %llu\n", same->info[0].status, same->info[0].bytes_deduped);
	all->fmh_count = 8;
	all->fmh_keys[1] = (struct fsmap){~0u, ~0u, ~0ull, ~0ull, ~0ull, 0, {0}};
	if (result("fsmap", ioctl(a, FS_IOC_GETFSMAP, all)) == 0)
		printf("%u %d\n", all->fmh_entries, all->fmh_recs[0].fmr_length != 0);
	if (result("label", ioctl(a, FS_IOC_GETFSLABEL, label)) == 0)
		printf("'%s'\n", label);
	if (result("xattr", ioctl(a, FS_IOC_FSGETXATTR, &x)) == 0)
		printf("%x %u\n", x.fsx_xflags, x.fsx_nextents);
	if (result("block", ioctl(a, FIGETBSZ, &n)) == 0)
		printf("%d\n", n);
	result("version", ioctl(a, FS_IOC_GETVERSION, &n));
	result("verity", ioctl(a, FS_IOC_MEASURE_VERITY, label));
	puts("ok");
	return 0;
}
