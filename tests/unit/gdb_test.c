/* The server for debuggers, packet by packet, on a fake replay (debug_fake.h). */
#include "gdb/wire.h"
#include "gdb_client.h"
#include "util/alloc.h"
#include "util/size.h"

#define WHY client.reply
#include "check.h"

static char *trace;

#define IS(packet, reply) CHECK(!strcmp(ask(packet), reply))
#define STARTS(packet, reply) CHECK(!strncmp(ask(packet), reply, strlen(reply)))
#define HAS(packet, part) CHECK(strstr(ask(packet), part))
#define ERROR(packet) CHECK(ask(packet)[0] == 'E')
#define MONITOR(command, part) CHECK(strstr(ask_monitor(command), part))

static void begin_at(const char *start, pid_t pid)
{
	const struct gdb_options o = {.trace = trace, .start = start, .pid = pid};

	client_open(&o);
	client_connect();
	client_hello();
}

static void begin(void)
{
	begin_at(NULL, 0);
}

static void end(void)
{
	client_disconnect();
	client_close();
}

/* The pc of a T packet: register 16, of which only the low 4 bytes are not 0. */
static uint64_t reported_pc(void)
{
	const char *p = strstr(client.reply, ";10:");
	uint32_t pc = 0;

	if (!p)
		return 0;
	for (unsigned i = 0; i < 4; i++) {
		char two[3] = {p[4 + 2 * i], p[5 + 2 * i], 0};
		pc |= (uint32_t)strtoul(two, NULL, 16) << 8 * i;
	}
	return pc;
}

static uint64_t pc_of(unsigned step)
{
	return FAKE_CODE + step % FAKE_LOOP * FAKE_INSN;
}

/* --- framing --- */

static void raw(const char *text)
{
	client_raw(text, strlen(text));
}

static void bad_checksums_are_refused(void)
{
	const struct gdb_options o = {.trace = trace};

	client_open(&o);
	client_connect();
	raw("$qC#00");
	CHECK(client_byte() == '-');
	raw("$qC#zz");
	CHECK(client_byte() == '-');
	raw("$qC#b4");
	CHECK(client_byte() == '+');
	CHECK(client_packet() && !strcmp(client.reply, "QC64"));
	end();
}

static void a_reply_is_sent_again(void)
{
	const struct gdb_options o = {.trace = trace};

	client_open(&o);
	client_connect();
	client.acks = false;
	IS("qC", "QC64");
	for (unsigned i = 0; i < 3; i++) {
		raw("-");
		CHECK(client_packet() && !strcmp(client.reply, "QC64"));
	}
	raw("+++");
	IS("qC", "QC64");
	end();
}

static void noise_between_packets_is_nothing(void)
{
	begin();
	raw("+-xyz\n#00");
	IS("qC", "QCp64.64");
	raw("\003\003");
	IS("qC", "QCp64.64");
	raw("$qAtt$qC#b4");
	CHECK(!strcmp(client_answer(), "QCp64.64"));
	end();
}

static void no_acks_when_asked(void)
{
	begin();
	IS("qC", "QCp64.64");
	client_send("qC", 2);
	CHECK(client_byte() == '$');
	CHECK(client_byte() == 'Q');
	end();
}

static void oversized_packets_are_an_error(void)
{
	size_t n = PACKET_MAX + 10;
	char *big = xmalloc(n);

	begin();
	memset(big, 'm', n);
	CHECK(ask_bytes(big, n)[0] == 'E');
	CHECK(ask_bytes(big, PACKET_MAX)[0] == 'E');
	IS("qC", "QCp64.64");
	free(big);
	end();
}

static void escapes_are_undone(void)
{
	uint8_t packet[64] = "X402f00,4:";
	size_t n = strlen((char *)packet);

	begin();
	memcpy(packet + n, "}#$*", 4);
	CHECK(!strcmp(ask_bytes(packet, n + 4), "OK"));
	IS("m402f00,4", "7d23242a");
	CHECK(!memcmp(ask("x402f00,4"), "b}#$*", 5));
	end();
}

static void long_runs_come_back_whole(void)
{
	char wanted[2 * 300 + 1];

	begin();
	memset(wanted, '0', sizeof(wanted) - 1);
	for (unsigned n = 1; n <= 300; n += 7) {
		char packet[32];
		snprintf(packet, sizeof(packet), "m402d00,%x", n);
		wanted[2 * n] = '\0';
		IS(packet, wanted);
		wanted[2 * n] = '0';
	}
	end();
}

static void unknown_packets_have_an_empty_reply(void)
{
	static const char *const unknown[] = {"vMustReplyEmpty",
					      "qTStatus",
					      "QNothing:1",
					      "jThreadsInfo",
					      "",
					      "vFile:stat:00",
					      "qXfer:osdata:read::0,100",
					      "_M100,7",
					      "A",
					      "B",
					      "qC1234",
					      "vContX"};

	begin();
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++)
		IS(unknown[i], "");
	end();
}

/* --- malformed packets --- */

static void malformed_packets_are_errors(void)
{
	static const char *const wrong[] = {
		"m",
		"m,",
		"m402000",
		"mzz,4",
		"m402000,4x",
		"m11112222333344445,1",
		"M402000,4",
		"M402000,4:00",
		"M402000,1:zz",
		"X402000,4:ab",
		"X402000",
		"p",
		"pzz",
		"pffff",
		"P10",
		"P10=",
		"P10=zz",
		"P10=00",
		"Pffff=00",
		"G12345",
		"H",
		"Hg",
		"Hx1",
		"Hgzz",
		"Hgp64.99",
		"T",
		"Tzz",
		"Tp64.99",
		"Z",
		"Z0",
		"Z9,401000,1",
		"Z0,401000",
		"Z0,401000,1,",
		"Z0,401000,1;X",
		"Z0,401000,1;X5,22",
		"Z0,401000,1;Y",
		"Z2,402000,0",
		"Z0,401000,1;Xffffffff,22",
		"z9,1,1",
		"z0",
		"vCont;",
		"vCont;q",
		"vCont;C",
		"vCont;Szz",
		"vCont;r",
		"vCont;r1",
		"vCont;r1,",
		"vCont;c:zz",
		"vCont;s:p64.99",
		"vKill;",
		"vKill;0",
		"vKill;99",
		"D;zz",
		"D;99",
		"vAttach;",
		"vAttach;99",
		"vRun;;zz",
		"vRun;;6e6f",
		"vRun;;31;32",
		"qCRC:",
		"qCRC:1",
		"qCRC:10,10",
		"qSearch:memory:1;2",
		"qSearch:memory:1;2;",
		"qSearch:x",
		"qGetTLSAddr:",
		"qGetTLSAddr:p64.64,0",
		"qGetTLSAddr:p64.99,0,0",
		"qRcmd,6",
		"qRcmd",
		"qRcmd,zz",
		"QPassSignals:x",
		"QCatchSyscalls:2",
		"QCatchSyscalls:1;zz",
		"QCatchSyscalls:1;fffff",
		"QThreadEvents:2",
		"QNonStop:1",
		"qThreadExtraInfo,99",
		"qXfer:auxv:read::",
		"qXfer:auxv:read::0",
		"qXfer:auxv:read:x:0,10",
		"qXfer:features:read:other.xml:0,10",
		"qXfer:features:read:target.xml:fffff,10",
		"qXfer:exec-file:read:99:0,10",
		"qXfer:siginfo:read::0,80",
	};

	begin();
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (ask(wrong[i])[0] != 'E')
			printf("# %s: %.100s\n", wrong[i], client.reply);
		CHECK(client.reply[0] == 'E');
	}
	IS("?", client.reply[0] ? ask("?") : "");
	end();
}

/* --- the beginning --- */

static void features_are_told(void)
{
	static const char *const features[] = {
		"PacketSize=20000",
		"multiprocess+",
		"vContSupported+",
		"swbreak+",
		"hwbreak+",
		"ReverseContinue+",
		"ReverseStep+",
		"QStartNoAckMode+",
		"qXfer:features:read+",
		"qXfer:auxv:read+",
		"qXfer:exec-file:read+",
		"qXfer:siginfo:read+",
		"qXfer:threads:read+",
		"qXfer:libraries-svr4:read+",
		"QPassSignals+",
		"QCatchSyscalls+",
		"ConditionalBreakpoints+",
		"fork-events+",
		"vfork-events+",
		"exec-events+",
		"QThreadEvents+",
	};

	begin();
	for (size_t i = 0; i < ARRAY_LEN(features); i++)
		HAS(GDB_FEATURES, features[i]);
	IS("vCont?", "vCont;c;C;s;S;t;r");
	IS("!", "OK");
	IS("qAttached:64", "1");
	IS("qSymbol::", "OK");
	IS("QNonStop:0", "OK");
	IS("vCtrlC", "OK");
	HAS("qHostInfo", "endian:little");
	HAS("qProcessInfo", "pid:64;");
	end();
}

static void first_stop_is_the_first_instruction(void)
{
	begin();
	STARTS("?", "T05");
	CHECK(strstr(client.reply, "thread:p64.64;") && reported_pc() == pc_of(0));
	end();
}

static void starts_where_asked(void)
{
	begin_at("30:0+2", 0);
	CHECK(fake_step() == 302);
	HAS("qfThreadInfo", "pc8.c8");
	end();
}

static void one_process_can_be_shown_alone(void)
{
	begin_at("30:0+5", FAKE_CHILD);
	IS("qfThreadInfo", "mpc8.c8");
	HAS("?", "thread:pc8.c8;");
	ERROR("Hgp64.64");
	end();
}

static void wrong_starts_are_refused(void)
{
	const struct gdb_options no_position = {.trace = trace, .start = "x"},
				 no_process = {.trace = trace, .pid = 12345},
				 no_trace = {.trace = "/nowhere"};

	client_open(&no_position);
	CHECK(!client.gdb);
	client_open(&no_process);
	CHECK(!client.gdb);
	client_open(&no_trace);
	CHECK(!client.gdb);
}

/* --- threads, registers, memory --- */

static void threads_are_listed(void)
{
	begin_at("40", 0);
	HAS("qfThreadInfo", "p64.65");
	CHECK(client.reply[0] == 'm' && strstr(client.reply, "p64.64") &&
	      strstr(client.reply, "pc8.c8"));
	IS("qsThreadInfo", "l");
	IS("Tp64.65", "OK");
	ERROR("Tp64.66");
	HAS("qXfer:threads:read::0,1000", "<thread id=\"p64.65\" name=\"work&lt;er&gt;\"/>");
	/* work<er>, in futex */
	STARTS("qThreadExtraInfo,p64.65", "776f726b3c65723e2c20696e20667574657");
	IS("Hgp64.65", "OK");
	IS("qC", "QCp64.65");
	IS("Hgp64.0", "OK");
	IS("Hg-1", "OK");
	IS("Hc-1", "OK");
	IS("Hcp64.64", "OK");
	end();
}

static void registers_are_read_and_written(void)
{
	char all[8192];

	begin_at("3", 0);
	HAS("qXfer:features:read:target.xml:0,4000", "org.gnu.gdb.i386.core");
	CHECK(strstr(client.reply, "<reg name=\"rip\" bitsize=\"64\" type=\"code_ptr\"/>") &&
	      !strstr(client.reply, "ymm0h"));
	IS("p0", "1e00000000000000");
	IS("p10", "7810400000000000");
	CHECK(!strncmp(ask("p29"), "01010101", 8)); /* xmm1 */
	IS("P1=8877665544332211", "OK");
	IS("p1", "8877665544332211");
	snprintf(all, sizeof(all), "%s", ask("g"));
	CHECK(strlen(all) == 2 * (17 * 8 + 7 * 4 + 8 * 10 + 8 * 4 + 16 * 16 + 4 + 3 * 8) &&
	      !strncmp(all, "1e00", 4));
	memmove(all + 1, all, strlen(all) + 1);
	all[0] = 'G';
	memcpy(all + 1, "2a", 2);
	IS(all, "OK");
	IS("p0", "2a00000000000000");
	CHECK(strlen(ask("g")) == strlen(all) - 1);
	end();
}

static void documents_come_in_pieces(void)
{
	char *whole, *joined = xcalloc(1, 1 << 16);
	size_t n = 0;

	begin();
	whole = xstrdup(ask("qXfer:features:read:target.xml:0,10000"));
	for (bool more = true; more && n < 60000; n += client.len - 1) {
		char packet[64];
		snprintf(packet, sizeof(packet), "qXfer:features:read:target.xml:%zx,c1", n);
		more = ask(packet)[0] == 'm';
		CHECK(client.reply[0] == 'm' || client.reply[0] == 'l');
		memcpy(joined + n, client.reply + 1, client.len - 1);
	}
	CHECK(whole[0] == 'l' && !strcmp(whole + 1, joined));
	free(whole);
	free(joined);
	end();
}

static void memory_is_read_and_written(void)
{
	begin_at("3", 0);
	IS("m402000,8", "1000000000000000");
	IS("m401000,3", "909090");
	IS("m402ffe,4", "0000"); /* as far as it goes */
	ERROR("m10,4");
	IS("m402000,0", "");
	IS("M402000,2:abcd", "OK");
	IS("m402000,3", "abcd00");
	ERROR("M10,1:00");
	IS("X402000,0:", "OK");
	HAS("m402000,ffffffffffffffff", "abcd");
	MONITOR("info", "diversion yes");
	end();
}

static void memory_is_searched_and_summed(void)
{
	begin_at("3", 0);
	IS("qSearch:memory:402000;1000;\x1e", "1,402070");
	IS("qSearch:memory:402000;1000;nothere", "0");
	IS("qSearch:memory:10;1000;x", "0");
	IS("qCRC:401000,4", "Cd0ea3e20");
	ERROR("qCRC:401000,100000000");
	end();
}

/* --- what comes with a process --- */

static void auxv_exec_file_and_siginfo(void)
{
	begin();
	CHECK(!memcmp(ask("qXfer:auxv:read::0,1000"), "l\003\0\0\0\0\0\0\0\x40\0\x40\0", 13));
	IS("qXfer:exec-file:read:64:0,1000", "l/bin/prog");
	IS("qXfer:exec-file:read::0,4", "m/bin");
	ERROR("qXfer:siginfo:read::0,80");
	STARTS("vCont;c", "T1e"); /* SIGUSR1 */
	CHECK(!memcmp(ask("qXfer:siginfo:read::0,80"), "l\n\n\n\n", 5) && client.len == 129);
	end();
}

static void libraries_are_listed(void)
{
	begin();
	HAS("qXfer:libraries-svr4:read::0,4000", "main-lm=\"0x400300\"");
	CHECK(strstr(
		client.reply,
		"<library name=\"/lib/libc.so.6\" lm=\"0x400400\" l_addr=\"0x0\" l_ld=\"0x400600\" lmid=\"0x400280\"/>"));
	CHECK(strstr(client.reply, "/lib/lib&lt;fake&gt;.so"));
	end();
}

/* An endless list in the program's memory. */
static void libraries_that_go_round_end(void)
{
	begin();
	IS("M400518,8:0004400000000000", "OK");
	HAS("qXfer:libraries-svr4:read::0,20000", "libc.so.6");
	IS("M400290,8:ffffffffffffffff", "OK");
	HAS("qXfer:libraries-svr4:read::0,20000", "library-list-svr4");
	end();
}

static void thread_locals_are_found(void)
{
	begin();
	IS("qGetTLSAddr:p64.64,8,0", "4027d8"); /* 0x28 bytes below the pointer, rounded to 16 */
	IS("qGetTLSAddr:p64.64,8,400300", "4027d8");
	IS("qGetTLSAddr:p64.64,10,400500", "402c10");
	ERROR("qGetTLSAddr:p64.64,10,400400");  /* has none */
	IS("M402920,8:ffffffffffffffff", "OK"); /* not allocated yet … */
	ERROR("qGetTLSAddr:p64.64,10,400500");
	IS("M400558,8:0001000000000000", "OK"); /* … but in the static block */
	IS("qGetTLSAddr:p64.64,10,400500", "402710");
	end();
}

static void files_are_read(void)
{
	begin();
	IS("vFile:setfs:0", "F0");
	IS("vFile:open:2f6e6f7768657265,0,0", "F-1,2");
	IS("vFile:open:2f6c69622f6c696266616b652e736f2e312e32,1,0", "F-1,1e");
	IS("vFile:open:2f6c69622f6c696266616b652e736f2e312e32,0,0", "F0"); /* FAKE_FILE */
	STARTS("vFile:fstat:0", "F40;");
	CHECK(client.len == 4 + 64 && !memcmp(client.reply + 4 + 28, "\0\0\0\0\0\x04\x93\xe0", 8));
	CHECK(!memcmp(ask("vFile:pread:0,3,100"), "F3;\x01\x08\x0f", 6));
	STARTS("vFile:pread:0,100000,0", "F20000;");
	CHECK(client.len == 7 + 0x20000);
	IS("vFile:pread:0,10,100000", "F0;");
	IS("vFile:pread:1,10,0", "F-1,9");
	IS("vFile:pread:0,10", "F-1,16");
	IS("vFile:close:0", "F0");
	IS("vFile:close:0", "F-1,9");
	IS("vFile:close:ffff", "F-1,9");
	/* the dynamic linker's name leads to it, too */
	IS("vFile:open:2f6c69622f6c642e736f,0,0", "F0");
	IS("vFile:open:2f70726f632f3130302f6d617073,0,0", "F1"); /* /proc/100/maps */
	HAS("vFile:pread:1,1000,0", "00401000-00402000 r-xp 00000000 00:00 0 /bin/prog\n");
	IS("vFile:readlink:2f70726f632f3130302f657865", "F9;/bin/prog");
	IS("vFile:readlink:2f62696e", "F-1,2");
	for (unsigned i = 0; i < 70; i++)
		ask("vFile:open:2f6c69622f6c642e736f,0,0");
	IS("vFile:open:2f6c69622f6c642e736f,0,0", "F-1,18");
	end();
}

/* --- moving --- */

static void steps_go_both_ways(void)
{
	begin();
	for (unsigned i = 1; i <= 5; i++) {
		STARTS("vCont;s:p64.64;c", "T05");
		CHECK(reported_pc() == pc_of(i) && fake_step() == i);
	}
	for (unsigned i = 5; i-- > 0;) {
		STARTS("bs", "T05");
		CHECK(reported_pc() == pc_of(i) && fake_step() == i);
	}
	HAS("bs", "replaylog:begin;");
	STARTS("s", "T05");
	CHECK(fake_step() == 1);
	STARTS("vCont;r401000,401020:p64.64;c", "T05");
	CHECK(fake_step() == 8);
	end();
}

static void breakpoints_stop_both_ways(void)
{
	begin_at("18", 0);
	IS("Hgp64.64", "OK");
	IS("Z0,401010,1", "OK");
	HAS("vCont;c:p64.-1", "swbreak:;");
	CHECK(reported_pc() == 0x401010);
	unsigned first = fake_step();
	HAS("vCont;c", "swbreak:;");
	CHECK(fake_step() > first);
	HAS("bc", "swbreak:;");
	CHECK(fake_step() == first);
	IS("z0,401010,1", "OK");
	IS("z0,401010,1", "OK");
	IS("Z1,401014,1", "OK");
	HAS("vCont;c", "hwbreak:;");
	CHECK(fake_step() == first + 1);
	end();
}

static void watchpoints_tell_their_address(void)
{
	begin_at("22", 0);
	IS("Z2,402008,8", "OK");
	HAS("vCont;c", "watch:402008;");
	CHECK(fake_step() % 16 == 1);
	IS("z2,402008,8", "OK");
	IS("Z3,402010,4", "OK");
	HAS("vCont;c", "rwatch:402010;");
	IS("z3,402010,4", "OK");
	IS("Z4,402018,1", "OK");
	HAS("vCont;c", "awatch:402018;");
	ERROR("Z2,402000,10000");
	end();
}

/* Signals and processes are not reported in these tests. */
static void quiet(void)
{
	IS("QPassSignals:e;10;14;17;1a;1b;1c;1e;1f", "OK");
}

static void the_end_stays(void)
{
	begin();
	quiet();
	ask("qSupported:multiprocess+"); /* no events */
	HAS("vCont;c", "replaylog:end;");
	HAS("vCont;c", "replaylog:end;");
	STARTS("g", "cf07");
	HAS("bc", "replaylog:begin;");
	CHECK(fake_step() == 0);
	end();
}

static void interrupt_stops_what_runs(void)
{
	begin();
	fake.endless = true;
	client_send("vCont;c", 7);
	while (fake.polls < 10)
		;
	raw("\003");
	CHECK(!strncmp(client_answer(), "T02", 3));
	client_send("vCont;c", 7);
	client_send("qC", 2); /* too early: answered after the stop */
	raw("\003");
	CHECK(!strncmp(client_answer(), "T02", 3));
	CHECK(!strcmp(client_answer(), "QCp64.64"));
	fake.endless = false;
	end();
}

static void trouble_is_told(void)
{
	begin();
	fake.trouble = true;
	STARTS("vCont;c", "T00");
	CHECK(strstr(client.console, "fake trouble"));
	fake.trouble = false;
	STARTS("vCont;s", "T05");
	end();
}

static void output_is_told_while_it_runs(void)
{
	begin();
	quiet();
	HAS("vCont;c", "fork:");
	CHECK(!strcmp(client.console, "tick\ntick\ntick\n"));
	end();
}

/* --- conditions --- */

/* Continues from step 220 with a breakpoint at each step whose pc is that of 225, 289 …. Returns
 * the step at which it stopped. */
static unsigned stop_with(const char *conditions)
{
	char packet[512];

	begin_at("22", 0);
	ask("qSupported:multiprocess+");
	quiet();
	ask("Hgp64.64");
	snprintf(packet, sizeof(packet), "Z0,%lx,1%s", pc_of(225), conditions);
	IS(packet, "OK");
	ask("vCont;c");
	unsigned step = fake_step();
	end();
	return step;
}

static void conditions_decide(void)
{
	/* where the first thread reaches that pc */
	const unsigned first = stop_with("");

	CHECK(first < FAKE_STEPS - 1);
	CHECK(stop_with(";X3,220127") == first);          /* 1 */
	CHECK(stop_with(";X3,220027") == FAKE_STEPS - 1); /* 0 */
	CHECK(stop_with(";X3,220027X3,220127") == first); /* any of them */
	/* $rax == 300: the extra byte is never reached */
	CHECK(stop_with(";X9,26000023012c132701") >= first);
	/* ends in the middle: stops */
	CHECK(stop_with(";X5,2600002227") == first);
	CHECK(stop_with(";X1,02") == first);                   /* nothing on the stack */
	CHECK(stop_with(";X1,ff") == first);                   /* no such operation */
	CHECK(stop_with(";X3,210000") == first);               /* endless */
	CHECK(stop_with(";X5,2201210000") == first);           /* fills the stack */
	CHECK(stop_with(";X5,2201220005") == first);           /* divided by 0 */
	CHECK(stop_with(";X6,22ff16080327") == first);         /* sub of one value */
	CHECK(stop_with(";Xa,22ff160822ff16081327") == first); /* sign extension: -1 == -1 */
	/* memory, and an unknown operation */
	CHECK(stop_with(";Xa,24004020001922009927") == first);
	/* !*(int *)0x402000, which is not 0 */
	CHECK(stop_with(";X9,2400402000190e2701") == FAKE_STEPS - 1);
	CHECK(stop_with(";X5,2200192701") == first);             /* memory that is not there */
	CHECK(stop_with(";Xd,2201220232010f220032013327") != 0); /* pick, and, rot */
}

/* --- events of processes --- */

static void forks_are_told_and_children_can_be_left(void)
{
	begin();
	quiet();
	HAS("vCont;c", "fork:pc8.c8;");
	CHECK(strstr(client.reply, "thread:p64.64;") && fake_step() == FAKE_FORK);
	IS("Hgpc8.c8", "OK");
	IS("z0,401000,1", "OK"); /* gdb assumes that the child has its parent's breakpoints */
	IS("D;c8", "OK");
	ERROR("D;c8");
	ERROR("Hgpc8.c8");
	HAS("vCont;c", "vfork:p12c.12c;"); /* nothing of the child: no exec, no signal, no end */
	IS("D;12c", "OK");
	HAS("vCont;c", "vforkdone:;");
	CHECK(fake_step() == FAKE_VFORK);
	HAS("vCont;c", "replaylog:end;");
	end();
}

static void children_can_be_followed(void)
{
	begin();
	quiet();
	HAS("vCont;c", "fork:pc8.c8;");
	IS("D;64", "OK");
	HAS("vCont;c", "exec:2f62696e2f6f74686572;"); /* /bin/other */
	CHECK(strstr(client.reply, "thread:pc8.c8;"));
	HAS("vCont;c",
	    "replaylog:end;"); /* the last process that is seen stays, just before its end */
	CHECK(fake_step() < FAKE_EXIT && strstr(client.reply, "thread:pc8.c8;"));
	HAS("bc", "exec:2f62696e2f70726f67;"); /* back over its exec: the previous program */
	CHECK(fake_step() < FAKE_EXEC + 1);
	HAS("bc", "replaylog:begin;"); /* it was created there, and stays */
	CHECK(fake_step() == FAKE_FORK && strstr(client.reply, "thread:pc8.c8;"));
	HAS("bc", "replaylog:begin;");
	CHECK(fake_step() == FAKE_FORK);
	HAS("vCont;c", "exec:2f62696e2f6f74686572;");
	end();
}

static void ends_of_processes_are_told(void)
{
	begin();
	quiet();
	HAS("vCont;c", "fork:");
	HAS("vCont;c", "exec:");
	IS("vCont;c", "W03;process:c8");
	HAS("vCont;c", "vfork:p12c.12c;");
	IS("vCont;c", "X09;process:12c");
	end();
}

static void sent_away_processes_can_come_back(void)
{
	begin_at("31", 0);
	IS("D;c8", "OK");
	IS("vKill;64", "OK");
	IS("?", "W00");
	ERROR("vCont;c");
	ERROR("g");
	IS("qfThreadInfo", "l");
	ERROR("qC");
	STARTS("vAttach;c8", "T05");
	CHECK(strstr(client.reply, "thread:pc8.c8;"));
	IS("qfThreadInfo", "mpc8.c8");
	IS("D", "OK");
	IS("?", "W00");
	end();
}

static void calls_are_caught(void)
{
	begin();
	quiet();
	IS("QCatchSyscalls:1", "OK");
	HAS("vCont;c", "syscall_entry:1;");
	HAS("vCont;c", "syscall_return:1;");
	HAS("bc", "syscall_entry:1;");
	IS("QCatchSyscalls:1;2;3", "OK");
	HAS("vCont;c", "fork:");
	IS("QCatchSyscalls:0", "OK");
	HAS("bc", "replaylog:begin;");
	end();
}

static void signals_are_passed(void)
{
	begin();
	STARTS("vCont;c", "T1e");
	CHECK(fake_step() == FAKE_SIGNAL);
	STARTS("vCont;C1e:p64.64;c", "T05");
	STARTS("bc", "T1e");
	quiet();
	HAS("bc", "replaylog:begin;");
	HAS("c", "fork:");
	end();
}

static void threads_are_told_when_asked(void)
{
	begin();
	quiet();
	IS("QThreadEvents:1", "OK");
	HAS("vCont;c", "create:;thread:p64.65;");
	HAS("vCont;c", "fork:");
	ask("D;c8");
	IS("vCont;c", "w0;p64.65");
	IS("QThreadEvents:0", "OK");
	HAS("bc", "replaylog:begin;");
	HAS("vCont;c", "fork:");
	end();
}

/* --- diversions --- */

static void writing_is_undone_by_the_next_resume(void)
{
	begin_at("3", 0);
	IS("M402000,1:77", "OK");
	IS("P1=1122334455667788", "OK");
	STARTS("vCont;s:p64.64", "T05");
	CHECK(fake_step() == 31);
	MONITOR("info", "diversion no");
	CHECK(strncmp(ask("p1"), "11223344", 8));
	IS("m402000,1", "10");
	end();
}

/* As gdb calls a function: it changes registers, sets a breakpoint, and restores everything. */
static void calls_run_in_a_diversion(void)
{
	begin_at("3", 0);
	IS("P7=0010000000000000", "OK");
	IS("P10=0018400000000000", "OK");
	IS("Z0,401820,1", "OK");
	STARTS("vCont;c:p64.64", "T05");
	CHECK(reported_pc() == 0x401820 && fake_step() == 30);
	MONITOR("info", "diversion yes");
	IS("P7=64f07f0000000000", "OK");
	IS("P10=7810400000000000", "OK");
	STARTS("vCont;s:p64.64", "T05");
	CHECK(fake_step() == 31 && reported_pc() == pc_of(31));
	IS("P10=0018400000000000", "OK");
	STARTS("bs", "T05"); /* a diversion has no past */
	CHECK(fake_step() == 30);
	end();
}

/* --- monitor --- */

static void monitor_commands(void)
{
	static const char *const names[] = {"when",    "when-ticks", "elapsed", "seek", "run",
					    "restart", "checkpoint", "delete",  "info", "dump"};

	begin();
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		MONITOR("help", names[i]);
	MONITOR("when", "0:0+0\n");
	MONITOR("seek 12:0+3", "12:123+3\n");
	MONITOR("when-ticks", "123\n");
	MONITOR("elapsed", "0.123000000\n");
	MONITOR("checkpoint", "checkpoint 1 at 12:123+3\n");
	MONITOR("run  20 ", "20:200+0\n");
	MONITOR("info", "checkpoint 1 at 12:123+3\n");
	MONITOR("restart 1", "12:123+3\n");
	MONITOR("restart", "0:0+0\n");
	MONITOR("delete 1", "");
	MONITOR("restart 1", "no such checkpoint");
	MONITOR("delete 7x", "no such checkpoint");
	MONITOR("seek", "to where");
	MONITOR("seek x", "not a position");
	MONITOR("nonsense", "no such command");
	MONITOR("", "no such command");
	MONITOR("dump 3-4", "\n4 ");
	CHECK(!strstr(client.console, "\n5 "));
	MONITOR("dump x", "not a range");
	end();
}

static void arriving_is_told(void)
{
	begin();
	quiet();
	HAS("vCont;c", "fork:");
	MONITOR("seek 55", "55:550+0\n");
	MONITOR("arrive", "");
	IS("vCont;s:p64.64;c", client.reply);
	end();
}

static void arriving_tells_programs_and_libraries(void)
{
	begin_at("31", FAKE_CHILD);
	MONITOR("seek 55", "55:550+0\n");
	MONITOR("arrive", "");
	HAS("vCont;s:pc8.c8;c", "exec:2f62696e2f6f74686572;");
	HAS("vCont;s:pc8.c8;c", "library:;");
	STARTS("vCont;s:pc8.c8;c", "T00");
	CHECK(fake_step() == 550);
	STARTS("vCont;s:pc8.c8;c", "T05");
	end();
}

static void run_goes_to_a_position(void)
{
	begin();
	IS("vKill;64", "OK");
	STARTS("vRun;", "T05");
	CHECK(fake_step() == 0 && strstr(client.reply, "thread:p64.64;"));
	STARTS("vRun;2f62696e;3530", "T05");
	CHECK(fake_step() == 500);
	STARTS("vCont;c", "T00"); /* stays there at first */
	CHECK(fake_step() == 500);
	raw("$R00#c2");
	STARTS("?", "T05");
	CHECK(fake_step() == 0);
	end();
}

/* --- clients that go --- */

static void clients_may_go_at_any_point(void)
{
	static const char *const last[] = {"$",
					   "$m402",
					   "$m402000,4#",
					   "$m402000,4#9",
					   "$vCont;c#a8",
					   "$qXfer:features:read:target.xml:0,4000#75",
					   "$X402000,4:}",
					   "-",
					   "$k#6b",
					   "$D#44",
					   "$vCont;c#a8\003",
					   "$m402000,1000#ef$m402000,1000#ef"};
	const struct gdb_options o = {.trace = trace};

	client_open(&o);
	for (size_t i = 0; i < 2 * ARRAY_LEN(last); i++) {
		client_connect();
		client_hello();
		IS("Z0,401010,1", "OK");
		ask("M402000,1:11");
		fake.endless = i % 2;
		raw(last[i / 2]);
		client_disconnect();
		fake.endless = false;
	}
	client_connect();
	client_hello();
	STARTS("?", "T05");
	MONITOR("info", "diversion no");
	end();
}

static void control_ends_a_session(void)
{
	begin();
	close(client.control[1]);
	client.control[1] = dup(client.control[0]);
	CHECK(client_byte() == -1);
	end();
}

static const struct test tests[] = {
	TEST(bad_checksums_are_refused),
	TEST(a_reply_is_sent_again),
	TEST(noise_between_packets_is_nothing),
	TEST(no_acks_when_asked),
	TEST(oversized_packets_are_an_error),
	TEST(escapes_are_undone),
	TEST(long_runs_come_back_whole),
	TEST(unknown_packets_have_an_empty_reply),
	TEST(malformed_packets_are_errors),
	TEST(features_are_told),
	TEST(first_stop_is_the_first_instruction),
	TEST(starts_where_asked),
	TEST(one_process_can_be_shown_alone),
	TEST(wrong_starts_are_refused),
	TEST(threads_are_listed),
	TEST(registers_are_read_and_written),
	TEST(documents_come_in_pieces),
	TEST(memory_is_read_and_written),
	TEST(memory_is_searched_and_summed),
	TEST(auxv_exec_file_and_siginfo),
	TEST(libraries_are_listed),
	TEST(libraries_that_go_round_end),
	TEST(thread_locals_are_found),
	TEST(files_are_read),
	TEST(steps_go_both_ways),
	TEST(breakpoints_stop_both_ways),
	TEST(watchpoints_tell_their_address),
	TEST(the_end_stays),
	TEST(interrupt_stops_what_runs),
	TEST(trouble_is_told),
	TEST(output_is_told_while_it_runs),
	TEST(conditions_decide),
	TEST(forks_are_told_and_children_can_be_left),
	TEST(children_can_be_followed),
	TEST(ends_of_processes_are_told),
	TEST(sent_away_processes_can_come_back),
	TEST(calls_are_caught),
	TEST(signals_are_passed),
	TEST(threads_are_told_when_asked),
	TEST(writing_is_undone_by_the_next_resume),
	TEST(calls_run_in_a_diversion),
	TEST(monitor_commands),
	TEST(arriving_is_told),
	TEST(arriving_tells_programs_and_libraries),
	TEST(run_goes_to_a_position),
	TEST(clients_may_go_at_any_point),
	TEST(control_ends_a_session),
};

int main(void)
{
	trace = temporary_dir();
	sample_write(trace, 60, 20, true);
	int status = tests_run("gdb", tests, ARRAY_LEN(tests));
	remove_all(trace);
	free(trace);
	return status;
}
