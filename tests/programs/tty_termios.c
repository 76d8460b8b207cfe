/* Modes of a terminal: raw, reads by count, speed. A descriptor that is no terminal is refused. */
#include "check.h"
#include "pty.h"

#include <termios.h>

int main(void)
{
	int master, slave = pty_pair(&master), p[2];
	struct termios old, raw, back;
	char buf[16] = "";

	CHECK(tcgetattr(slave, &old) == 0 && (old.c_lflag & (ICANON | ECHO)) == (ICANON | ECHO));
	raw = old;
	cfmakeraw(&raw);
	raw.c_cc[VMIN] = 3;
	raw.c_cc[VTIME] = 0;
	CHECK(cfsetspeed(&raw, B9600) == 0 && tcsetattr(slave, TCSANOW, &raw) == 0);
	CHECK(tcgetattr(slave, &back) == 0 && back.c_cc[VMIN] == 3 && !(back.c_lflag & ICANON));
	CHECK(cfgetospeed(&back) == B9600);
	pid_t child = fork();
	if (child == 0) {
		CHECK(write(master, "\003", 1) == 1 && write(master, "a", 1) == 1 &&
		      write(master, "\r", 1) == 1);
		_exit(0);
	}
	CHECK(read(slave, buf, sizeof(buf)) == 3 && !strcmp(buf, "\003a\r"));
	CHECK(waitpid(child, NULL, 0) == child && write(slave, "x\n", 2) == 2 &&
	      read(master, buf, 16) == 2);
	CHECK(tcsetattr(slave, TCSADRAIN, &old) == 0 && tcflush(slave, TCIOFLUSH) == 0 &&
	      tcdrain(slave) == 0);
	CHECK(pipe(p) == 0 && tcgetattr(p[0], &back) == -1 && errno == ENOTTY);
	printf("iflag %x oflag %x cflag %x lflag %x\n", old.c_iflag, old.c_oflag, old.c_cflag,
	       old.c_lflag);
	puts("ok");
	return 0;
}
