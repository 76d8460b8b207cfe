#!/usr/bin/python3
"""terminal.py [-s ROWS,COLUMNS] COMMAND [ARG ...] < SCRIPT

Runs the command at a new terminal and talks to it. A line of the script is one of

    expect REGEX    wait until it prints this after the previous match
    send TEXT       type this; escapes as in Python
    size ROWS,COLUMNS
    status N        wait for its end, which must be with this status (-N: of signal N)

Everything that it prints goes to stdout. If a line does not succeed within 30 seconds, the status is 1.
"""
import codecs, fcntl, os, pty, re, select, signal, struct, sys, termios, time

LIMIT = 30


def resize(fd, text):
    rows, columns = text.split(',')
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', int(rows), int(columns), 0, 0))


class Terminal:
    def __init__(self, size, command):
        self.new = b''
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            resize(0, size)
            os.execvp(command[0], command)

    def fail(self, why):
        print('\nterminal.py: %s; printed since the last match: %r' % (why, self.new))
        try:
            for task in os.listdir('/proc'):
                if task.isdigit() and int(task) > 1 and os.getsid(int(task)) == self.pid:
                    os.kill(int(task), signal.SIGKILL)
        except OSError:
            pass
        sys.exit(1)

    def more(self, end):
        """Returns False at the end of its output."""
        if time.monotonic() > end:
            self.fail('waited for too long')
        if select.select([self.fd], [], [], 1)[0]:
            try:
                got = os.read(self.fd, 65536)
            except OSError:
                return False
            sys.stdout.buffer.write(got)
            sys.stdout.flush()
            self.new += got
            return bool(got)
        return True

    def expect(self, regex):
        end = time.monotonic() + LIMIT
        while not (match := re.search(regex.encode(), self.new)):
            if not self.more(end):
                self.fail('it has ended')
        self.new = self.new[match.end():]

    def send(self, text):
        os.write(self.fd, codecs.decode(text, 'unicode_escape').encode('latin-1'))

    def size(self, text):
        resize(self.fd, text)

    def status(self, wanted):
        end = time.monotonic() + LIMIT
        while self.more(end):
            pass
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        if status != int(wanted):
            self.fail('its status is %d' % status)


def main():
    arguments, size = sys.argv[1:], '24,80'
    if arguments[0] == '-s':
        size, arguments = arguments[1], arguments[2:]
    terminal = Terminal(size, arguments)
    for number, line in enumerate(sys.stdin, 1):
        verb, _, text = line.strip().partition(' ')
        if verb not in ('expect', 'send', 'size', 'status'):
            sys.exit('terminal.py: line %d: %s?' % (number, verb))
        try:
            getattr(terminal, verb)(text)
        except SystemExit:
            print('terminal.py: line %d: %s' % (number, line.strip()))
            raise


main()
