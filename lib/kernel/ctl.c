/* Calls whose second argument says what they do: fcntl, ioctl, prctl, arch_prctl. Recording. */
#include "kernel/handler.h"
#include "util/util.h"

#include <asm/prctl.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/prctl.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>

/* A subcode whose third (prctl: second) argument points to `size` bytes. */
struct subcode {
	uint32_t cmd;
	uint16_t size;
	uint8_t dir;
};

static const struct subcode *find(const struct subcode *table, size_t n, uint64_t cmd)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].cmd == (uint32_t)cmd)
			return &table[i];
	return NULL;
}

static const struct subcode fcntls[] = {
	{F_GETLK, 32, D_INOUT},
	{F_SETLK, 32, D_IN},
	{F_SETLKW, 32, D_IN},
	{36 /* F_OFD_GETLK */, 32, D_INOUT},
	{37 /* F_OFD_SETLK */, 32, D_IN},
	{38 /* F_OFD_SETLKW */, 32, D_IN},
	{15 /* F_SETOWN_EX */, 8, D_IN},
	{16 /* F_GETOWN_EX */, 8, D_OUT},
	{17 /* F_GETOWNER_UIDS */, 8, D_OUT},
	{1035 /* F_GET_RW_HINT */, 8, D_OUT},
	{1036, 8, D_IN},
	{1037 /* F_GET_FILE_RW_HINT */, 8, D_OUT},
	{1038, 8, D_IN},
};

static void enter_fcntl(struct call *c)
{
	const struct subcode *s = find(fcntls, ARRAY_LEN(fcntls), c->args[1]);

	if (s && (s->dir & D_IN))
		kernel_call_in(c, c->args[2], s->size);
}

static void exit_fcntl(struct call *c)
{
	const struct subcode *s = find(fcntls, ARRAY_LEN(fcntls), c->args[1]);

	if (s && (s->dir & D_OUT) && c->result >= 0)
		kernel_call_out(c, c->args[2], s->size);
}

/* ioctls from before numbers carried a size and a direction (asm-generic/ioctls.h, linux/sockios.h,
 * linux/fs.h). */
static const struct subcode ioctls[] = {
	/* terminals */
	{0x5401 /* TCGETS */, 36, D_OUT},
	{0x5402, 36, D_IN},
	{0x5403, 36, D_IN},
	{0x5404, 36, D_IN},
	{0x5405 /* TCGETA */, 18, D_OUT},
	{0x5406, 18, D_IN},
	{0x5407, 18, D_IN},
	{0x5408, 18, D_IN},
	{0x5409 /* TCSBRK */, 0, D_NONE},
	{0x540a /* TCXONC */, 0, D_NONE},
	{0x540b /* TCFLSH */, 0, D_NONE},
	{0x540c /* TIOCEXCL */, 0, D_NONE},
	{0x540d /* TIOCNXCL */, 0, D_NONE},
	{0x540e /* TIOCSCTTY */, 0, D_NONE},
	{0x540f /* TIOCGPGRP */, 4, D_OUT},
	{0x5410 /* TIOCSPGRP */, 4, D_IN},
	{0x5411 /* TIOCOUTQ */, 4, D_OUT},
	{0x5412 /* TIOCSTI */, 1, D_IN},
	{0x5413 /* TIOCGWINSZ */, 8, D_OUT},
	{0x5414 /* TIOCSWINSZ */, 8, D_IN},
	{0x5415 /* TIOCMGET */, 4, D_OUT},
	{0x5416, 4, D_IN},
	{0x5417, 4, D_IN},
	{0x5418, 4, D_IN},
	{0x5419 /* TIOCGSOFTCAR */, 4, D_OUT},
	{0x541a, 4, D_IN},
	{0x541b /* FIONREAD */, 4, D_OUT},
	{0x541c /* TIOCLINUX */, 1, D_INOUT},
	{0x541d /* TIOCCONS */, 0, D_NONE},
	{0x541e /* TIOCGSERIAL */, 72, D_OUT},
	{0x541f, 72, D_IN},
	{0x5420 /* TIOCPKT */, 4, D_IN},
	{0x5421 /* FIONBIO */, 4, D_IN},
	{0x5422 /* TIOCNOTTY */, 0, D_NONE},
	{0x5423 /* TIOCSETD */, 4, D_IN},
	{0x5424 /* TIOCGETD */, 4, D_OUT},
	{0x5425 /* TCSBRKP */, 0, D_NONE},
	{0x5427 /* TIOCSBRK */, 0, D_NONE},
	{0x5428 /* TIOCCBRK */, 0, D_NONE},
	{0x5429 /* TIOCGSID */, 4, D_OUT},
	{0x5437 /* TIOCVHANGUP */, 0, D_NONE},
	{0x5441 /* TIOCGPTPEER */, 0, D_NONE},
	{0x5450 /* FIONCLEX */, 0, D_NONE},
	{0x5451 /* FIOCLEX */, 0, D_NONE},
	{0x5452 /* FIOASYNC */, 4, D_IN},
	{0x545d /* TIOCGICOUNT */, 80, D_OUT},
	{0x5460 /* FIOQSIZE */, 8, D_OUT},
	/* files and block devices */
	{1 /* FIBMAP */, 4, D_INOUT},
	{2 /* FIGETBSZ */, 4, D_OUT},
	{0x301 /* HDIO_GETGEO */, 16, D_OUT},
	{0x125d /* BLKROSET */, 4, D_IN},
	{0x125e /* BLKROGET */, 4, D_OUT},
	{0x125f /* BLKRRPART */, 0, D_NONE},
	{0x1260 /* BLKGETSIZE */, 8, D_OUT},
	{0x1261 /* BLKFLSBUF */, 0, D_NONE},
	{0x1262 /* BLKRASET */, 0, D_NONE},
	{0x1263 /* BLKRAGET */, 8, D_OUT},
	{0x1267 /* BLKSECTGET */, 2, D_OUT},
	{0x1268 /* BLKSSZGET */, 4, D_OUT},
	{0x1277 /* BLKDISCARD */, 16, D_IN},
	{0x1278 /* BLKIOMIN */, 4, D_OUT},
	{0x1279 /* BLKIOOPT */, 4, D_OUT},
	{0x127a /* BLKALIGNOFF */, 4, D_OUT},
	{0x127b /* BLKPBSZGET */, 4, D_OUT},
	{0x127c /* BLKDISCARDZEROES */, 4, D_OUT},
	{0x127e /* BLKROTATIONAL */, 2, D_OUT},
	{0x127f /* BLKZEROOUT */, 16, D_IN},
	/* sockets */
	{0x8901 /* FIOSETOWN */, 4, D_IN},
	{0x8902 /* SIOCSPGRP */, 4, D_IN},
	{0x8903 /* FIOGETOWN */, 4, D_OUT},
	{0x8904 /* SIOCGPGRP */, 4, D_OUT},
	{0x8905 /* SIOCATMARK */, 4, D_OUT},
	{0x8906 /* SIOCGSTAMP */, 16, D_OUT},
	{0x8907 /* SIOCGSTAMPNS */, 16, D_OUT},
	{0x894c /* SIOCGSTAMP… */, 16, D_OUT},
};

#define SIOCGIFCONF_ 0x8912
#define SIOCETHTOOL_ 0x8946

static bool is_ifreq(uint64_t cmd)
{
	return cmd >= 0x8910 && cmd <= 0x89ff && cmd != SIOCGIFCONF_ && cmd != 0x894c;
}

static void enter_ioctl(struct call *c)
{
	uint32_t cmd = (uint32_t)c->args[1];
	const struct subcode *s = find(ioctls, ARRAY_LEN(ioctls), cmd);
	char what[64];

	if (s) {
		if (s->dir & D_IN)
			kernel_call_in(c, c->args[2], s->size);
	} else if (cmd == SIOCGIFCONF_) {
		kernel_call_in(c, c->args[2], sizeof(struct ifconf));
	} else if (cmd == SIOCETHTOOL_) {
		/* the interface is asked for details behind another pointer */
		kernel_call_refuse(c, EOPNOTSUPP);
	} else if (is_ifreq(cmd)) {
		kernel_call_in(c, c->args[2], sizeof(struct ifreq));
	} else if (_IOC_SIZE(cmd)) {
		if (_IOC_DIR(cmd) & _IOC_WRITE)
			kernel_call_in(c, c->args[2], _IOC_SIZE(cmd));
	} else if (_IOC_DIR(cmd) == _IOC_NONE && (cmd >> 8) == 0) {
		/* a number that tells nothing */
		snprintf(what, sizeof(what), "ioctl 0x%x", cmd);
		c->rec->warn(c->rec, what, "unknown: its output, if any, is not in the trace");
	}
}

static void out_fiemap(struct call *c)
{
	struct fiemap f;

	if (KERNEL_CALL_READ(c, c->args[2], &f))
		return;
	uint32_t n = f.fm_extent_count ? f.fm_mapped_extents : 0;
	kernel_call_out(c, c->args[2],
			offsetof(struct fiemap, fm_extents) +
				(uint64_t)n * sizeof(struct fiemap_extent));
}

static void exit_ioctl(struct call *c)
{
	uint32_t cmd = (uint32_t)c->args[1];
	uint64_t p = c->args[2];
	const struct subcode *s = find(ioctls, ARRAY_LEN(ioctls), cmd);
	struct ifconf conf;

	if (c->verdict == CALL_REFUSE)
		return;
	if (s) {
		if (s->dir & D_OUT)
			kernel_call_out(c, p, s->size);
	} else if (cmd == SIOCGIFCONF_) {
		kernel_call_out(c, p, sizeof(conf));
		if (!KERNEL_CALL_READ(c, p, &conf) && conf.ifc_len > 0)
			kernel_call_out(c, (uint64_t)conf.ifc_buf, (uint64_t)conf.ifc_len);
	} else if (cmd == FS_IOC_FIEMAP) {
		out_fiemap(c);
	} else if (is_ifreq(cmd)) {
		kernel_call_out(c, p, sizeof(struct ifreq));
	} else if (_IOC_DIR(cmd) & _IOC_READ) {
		kernel_call_out(c, p, _IOC_SIZE(cmd));
	}
}

/* prctl: argument 2 points to size bytes. */
static const struct subcode prctls[] = {
	{PR_GET_PDEATHSIG, 4, D_OUT},   {PR_GET_UNALIGN, 4, D_OUT},
	{PR_GET_FPEMU, 4, D_OUT},       {PR_GET_FPEXC, 4, D_OUT},
	{PR_SET_NAME, 16, D_IN},        {PR_GET_NAME, 16, D_OUT},
	{PR_GET_ENDIAN, 4, D_OUT},      {PR_GET_CHILD_SUBREAPER, 4, D_OUT},
	{PR_GET_TID_ADDRESS, 8, D_OUT},
};

#define PR_GET_AUXV_ 0x41555856
#define PR_SCHED_CORE_ 62

static void answer(struct call *c, int64_t result)
{
	c->verdict = CALL_REFUSE;
	c->result = result;
}

static void enter_prctl(struct call *c)
{
	const struct subcode *s = find(prctls, ARRAY_LEN(prctls), c->args[0]);
	struct task *t = c->t;

	if (s && (s->dir & D_IN))
		kernel_call_in(c, c->args[1], s->size);
	switch ((uint32_t)c->args[0]) {
	case PR_SET_DUMPABLE: /* really made, it would shut us out of the task's memory */
		t->mm->not_dumpable = c->args[1] == 0;
		if (c->args[1] == 0)
			answer(c, 0);
		break;
	case PR_GET_DUMPABLE:
		if (t->mm->not_dumpable)
			answer(c, 0);
		break;
	case PR_SET_TSC: /* always on for us: that is how time stamps are seen */
		if (c->args[1] != PR_TSC_ENABLE && c->args[1] != PR_TSC_SIGSEGV)
			answer(c, -EINVAL);
		else
			answer(c, 0), t->clock_faults = c->args[1] == PR_TSC_SIGSEGV;
		break;
	case PR_GET_TSC: {
		int mode = t->clock_faults ? PR_TSC_SIGSEGV : PR_TSC_ENABLE;
		answer(c, task_write(t, c->args[1], &mode, sizeof(mode)) ? -EFAULT : 0);
		break;
	}
	case PR_SET_MM: answer(c, -EPERM); break;
	case 59 /* PR_SET_SYSCALL_USER_DISPATCH */: answer(c, -EINVAL); break;
	case PR_GET_AUXV_: answer(c, -EINVAL); break; /* it would show the vdso that is hidden */
	default: break;
	}
}

static void exit_prctl(struct call *c)
{
	const struct subcode *s = find(prctls, ARRAY_LEN(prctls), c->args[0]);

	if (c->result < 0)
		return;
	if (s && (s->dir & D_OUT))
		kernel_call_out(c, c->args[1], s->size);
	if (c->args[0] == PR_GET_TSC)
		kernel_call_out(c, c->args[1], 4);
	if (c->args[0] == PR_SCHED_CORE_ && c->args[1] == 0)
		kernel_call_out(c, c->args[4], 8);
}

static void enter_arch_prctl(struct call *c)
{
	switch (c->args[0]) {
	case 0x1023: /* ARCH_REQ_XCOMP_PERM: tiles would make the register state larger than the
			trace keeps */
	case 0x5001: /* ARCH_SHSTK_ENABLE … ARCH_SHSTK_UNLOCK: a second stack that only the CPU
			writes */
	case 0x5002:
	case 0x5003:
	case 0x5004: kernel_call_refuse(c, EOPNOTSUPP); break;
	default: break;
	}
}

static void exit_arch_prctl(struct call *c)
{
	if (c->result < 0)
		return;
	switch (c->args[0]) {
	case ARCH_GET_FS:
	case ARCH_GET_GS:
	case 0x1021: /* ARCH_GET_XCOMP_SUPP */
	case 0x1022: /* ARCH_GET_XCOMP_PERM */
	case 0x1024:
	case 0x5005: /* ARCH_SHSTK_STATUS */ kernel_call_out(c, c->args[1], 8); break;
	default: break;
	}
}

SYSCALL_HANDLER(fcntl, .enter = enter_fcntl, .exit = exit_fcntl);
SYSCALL_HANDLER(ioctl, .enter = enter_ioctl, .exit = exit_ioctl);
SYSCALL_HANDLER(prctl, .enter = enter_prctl, .exit = exit_prctl);
SYSCALL_HANDLER(arch_prctl, .enter = enter_arch_prctl, .exit = exit_arch_prctl);
