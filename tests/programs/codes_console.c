/* What a virtual console tells by ioctl: its state, colours, keys, and font. */
#include "check.h"

#include <linux/kd.h>
#include <linux/vt.h>
#include <sys/ioctl.h>

static void result(const char *name, int r, const void *p, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		sum = sum * 31 + ((const unsigned char *)p)[i];
	printf("%s %d %d %x\n", name, r, r < 0 ? errno : 0, sum);
}

int main(void)
{
	static unsigned char data[512 * 128];
	struct console_font_op font = {
		.op = KD_FONT_OP_GET, .width = 32, .height = 32, .charcount = 512, .data = data};
	struct unipair pairs[700];
	struct unimapdesc map = {.entry_ct = 700, .entries = pairs};
	struct vt_stat state = {0};
	struct kbdiacrs accents = {0};
	struct kbentry key = {.kb_index = 30};
	unsigned char colours[48] = {0};
	int fd = open("/dev/tty0", O_RDWR | O_NOCTTY), mode = 0, r;

	if (fd < 0)
		SKIP("no console");
	result("state", ioctl(fd, VT_GETSTATE, &state), &state, sizeof(state));
	result("mode", ioctl(fd, KDGETMODE, &mode), &mode, sizeof(mode));
	result("keyboard", ioctl(fd, KDGKBMODE, &mode), &mode, sizeof(mode));
	result("key", ioctl(fd, KDGKBENT, &key), &key, sizeof(key));
	result("accents", ioctl(fd, KDGKBDIACR, &accents), &accents, sizeof(accents));
	result("colours", ioctl(fd, GIO_CMAP, colours), colours, sizeof(colours));
	r = ioctl(fd, GIO_UNIMAP, &map);
	result("map", r, pairs, r ? 0 : map.entry_ct * sizeof(*pairs));
	r = ioctl(fd, KDFONTOP, &font);
	result("font", r, data, r ? 0 : font.charcount * 32);
	puts("ok");
	return 0;
}
