/* Whatever a client sends, the server for debuggers answers or ends, and never crashes or hangs.
 *
 * An input is a kind byte and the bytes to send. With an odd kind these are lines, and each is
 * framed as a packet with the right checksum.
 */
#include "debug_fake.h"
#include "fuzz.h"
#include "gdb/gdb.h"
#include "trace_sample.h"
#include "util/alloc.h"
#include "util/size.h"

#include <pthread.h>
#include <sys/socket.h>

#define INPUT_MAX (16u << 10)

static char *dir;

static void dir_remove(void)
{
	remove_all(dir);
}

static void dir_make(void)
{
	dir = temporary_dir();
	sample_write(dir, 60, 20, true);
	atexit(dir_remove);
}

/* --- the client --- */

/* A packet with its checksum; returns its end. */
static uint8_t *frame(uint8_t *to, const uint8_t *line, size_t n)
{
	uint8_t sum = 0;

	*to++ = '$';
	for (size_t i = 0; i < n; i++)
		sum = (uint8_t)(sum + (*to++ = line[i]));
	return to + sprintf((char *)to, "#%02x", sum);
}

/* Sends all at once, before it is read: the socket holds that much. */
static void send_input(int fd, const uint8_t *p, size_t n, bool framed)
{
	uint8_t *all = xmalloc(5 * n + 8), *to = all;
	const uint8_t *end = p + n;

	for (const uint8_t *line; framed && p < end; p = line + 1) {
		line = memchr(p, '\n', (size_t)(end - p));
		line = line ? line : end;
		to = frame(to, p, (size_t)(line - p));
	}
	if (framed)
		send(fd, all, (size_t)(to - all), MSG_NOSIGNAL);
	else
		send(fd, p, n, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	free(all);
}

static void *drain(void *arg)
{
	char bytes[4096];

	while (recv(*(int *)arg, bytes, sizeof(bytes), 0) > 0)
		;
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	struct gdb_options o;
	pthread_t thread;
	int fds[2], control[2];

	if (!dir)
		dir_make();
	if (size < 1 || size > INPUT_MAX)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) || pipe2(control, O_CLOEXEC))
		err(2, "socketpair");
	send_input(fds[0], input + 1, size - 1, input[0] & 1);
	o = (struct gdb_options){
		.trace = dir, .start = input[0] & 2 ? "29" : NULL, .control = control[0]};
	struct gdb *g = gdb_open(&o);
	if (!g || pthread_create(&thread, NULL, drain, &fds[0]))
		errx(2, "cannot begin");
	gdb_serve_client(g, fds[1]);
	close(fds[1]);
	pthread_join(thread, NULL);
	gdb_close(g);
	close(fds[0]);
	close(control[0]);
	close(control[1]);
	return 0;
}

/* --- what mutations begin with: each line, and orders of lines --- */

static const char *const lines[] = {
	"qSupported:multiprocess+;swbreak+;hwbreak+;fork-events+;vfork-events+;exec-events+",
	"QStartNoAckMode",
	"?",
	"qfThreadInfo",
	"Hgp64.64",
	"Hc-1",
	"g",
	"p10",
	"P10=0018400000000000",
	"m402000,40",
	"M402000,2:abcd",
	"X402000,4:abcd",
	"x401000,20",
	"Z0,401010,1;X9,26000023012c132701",
	"Z0,401010,1;X9,2400402000190e2701",
	"Z2,402008,8",
	"Z4,402010,4",
	"z0,401010,1",
	"vCont?",
	"vCont;c:p64.-1",
	"vCont;s:p64.64;c",
	"vCont;r401000,401020:p64.64;c",
	"vCont;C0b;t:pc8.c8",
	"bc",
	"bs",
	"D;c8",
	"vKill;64",
	"vAttach;64",
	"vRun;2f62696e;3330",
	"vRun;;",
	"QPassSignals:e;10;14;1e;1f",
	"QCatchSyscalls:1;1;2",
	"QThreadEvents:1",
	"qXfer:features:read:target.xml:0,4000",
	"qXfer:auxv:read::0,1000",
	"qXfer:exec-file:read:64:0,1000",
	"qXfer:threads:read::0,1000",
	"qXfer:libraries-svr4:read::0,1000",
	"qXfer:siginfo:read::0,80",
	"M400518,8:0004400000000000",
	"M400518,8:00ff4f0000000000",
	"qGetTLSAddr:p64.64,8,400500",
	"qSearch:memory:402000;1000;abcd",
	"qCRC:401000,100",
	"vFile:open:2f6c69622f6c642e736f,0,0",
	"vFile:open:2f70726f632f3130302f6d617073,0,0",
	"vFile:pread:0,1000,100",
	"vFile:fstat:0",
	"vFile:close:0",
	"vFile:readlink:2f70726f632f3130302f657865",
	"qRcmd,7365656b203330", /* seek 30 */
	"qRcmd,617272697665",   /* arrive */
	"qRcmd,636865636b706f696e74",
	"qRcmd,726573746172742031",
	"qRcmd,64756d7020312d35",
	"qRcmd,696e666f",
	"qThreadExtraInfo,p64.64",
	"R00",
	"k",
	"\003",
};

static size_t input_make(uint8_t *input, uint64_t *random)
{
	size_t n = 1;

	input[0] = (uint8_t)(random_next(random) >> 8);
	for (unsigned left = random_next(random) % 24 + 1; left; left--) {
		const char *line = lines[random_next(random) % ARRAY_LEN(lines)];
		memcpy(input + n, line, strlen(line));
		n += strlen(line);
		input[n++] = '\n';
	}
	return n;
}

static void seeds(fuzz_put *put)
{
	uint8_t *input = xmalloc(INPUT_MAX);
	uint64_t random = 1;

	for (unsigned i = 0; i < 400; i++)
		put(input, input_make(input, &random));
	free(input);
}

static void mutate(uint8_t *input, size_t size, uint64_t *random)
{
	static const uint8_t values[] = {'0', 'f', ';', ':', ',', '-', 'p', '.',
					 '$', '#', '}', '*', 0,   3,   0xff};

	for (uint64_t n = random_next(random) % 8; n < 6; n++) {
		uint64_t choice = random_next(random);
		size_t at = (choice >> 8) % size, other = (choice >> 32) % size,
		       len = (choice >> 3) % 8;
		switch (choice % 5) {
		case 0: input[at] ^= (uint8_t)(1 << (choice >> 5) % 8); break;
		case 1: input[at] = values[(choice >> 5) % ARRAY_LEN(values)]; break;
		case 2: memset(input + at, 'f', at + len < size ? len : 0); break;
		case 3:
			memmove(input + at, input + other,
				at + len < size && other + len < size ? len : 0);
			break;
		default: input[at] = (uint8_t)(choice >> 40); break;
		}
	}
}

const struct fuzzer fuzzer = {"gdb", 4000, seeds, NULL, mutate};
