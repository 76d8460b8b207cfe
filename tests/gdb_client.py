"""A client of gdb's remote protocol that sends nothing by itself, for tests of rr-gdb -s.

A test's script begins with `from gdb_client import *`. The server's socket is ./server, the recorded program's file is in
$PROGRAM. The first failed check ends the script with one line; so does a server that is silent for LIMIT seconds.
"""
import os, re, socket, struct, subprocess, sys, time

LIMIT = 60

RIP, RSP, RAX = 16, 7, 0


class Gone(Exception):
    """The server has closed the connection."""


def fail(*what):
    raise AssertionError(' '.join(map(str, what)))


def check(value, *what):
    if not value:
        fail(*what)


def frame(payload):
    """A packet with these bytes, escaped where necessary."""
    body = re.sub(rb'[#$}*]', lambda m: b'}' + bytes([m[0][0] ^ 0x20]), payload)
    return b'$%s#%02x' % (body, sum(body) & 0xff)


def plain(body):
    """A packet's body, without escapes and run-length encoding."""
    out, i = bytearray(), 0
    while i < len(body):
        if body[i] == ord('}'):
            out.append(body[i + 1] ^ 0x20)
            i += 2
        elif body[i] == ord('*'):
            out += out[-1:] * (body[i + 1] - 29)
            i += 2
        else:
            out.append(body[i])
            i += 1
    return bytes(out)


class Client:
    def __init__(self, hello=True):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect('server')
        self.socket.settimeout(LIMIT)
        self.came, self.acks, self.console = b'', True, b''
        if hello:
            self.features = self.ask('qSupported:multiprocess+;swbreak+;hwbreak+;fork-events+;vfork-events+;exec-events+;'
                                     'vContSupported+').decode().split(';')
            self.equals('QStartNoAckMode', 'OK')
            self.acks = False

    def close(self):
        self.socket.close()

    def raw(self, data):
        self.socket.sendall(data)

    def send(self, packet):
        self.raw(frame(packet if isinstance(packet, bytes) else packet.encode('latin-1')))

    def bytes(self, n):
        while len(self.came) < n:
            try:
                more = self.socket.recv(65536)
            except socket.timeout:
                fail('the server says nothing; the last from it: %r' % self.came[-100:])
            except ConnectionError:
                more = b''
            if not more:
                raise Gone
            self.came += more
        out, self.came = self.came[:n], self.came[n:]
        return out

    def packet(self):
        """The next packet's body, as bytes. Acknowledgements before it are skipped."""
        c = self.bytes(1)
        while c in b'+-':
            c = self.bytes(1)
        check(c == b'$', 'not the beginning of a packet: %r' % (c + self.came[:60]))
        body = bytearray()
        while (c := self.bytes(1)) != b'#':
            check(c != b'$', 'a packet in a packet')
            body += c
        checksum = int(self.bytes(2), 16)
        check(checksum == sum(body) & 0xff, 'wrong checksum')
        if self.acks:
            self.raw(b'+')
        return plain(body)

    def answer(self):
        """The next packet that is no console output, which goes to self.console."""
        self.console = b''
        while True:
            body = self.packet()
            if body[:1] != b'O' or body == b'OK':
                return body
            self.console += bytes.fromhex(body[1:].decode())

    def ask(self, packet):
        self.send(packet)
        return self.answer()

    def text(self, packet):
        return self.ask(packet).decode('latin-1')

    # Checks of replies.

    def equals(self, packet, reply):
        got = self.text(packet)
        check(got == reply, '%.100s: %.300s, not %s' % (packet, got, reply))

    def has(self, packet, pattern):
        got = self.text(packet)
        check(re.search(pattern, got, re.S), '%.100s: %.600s, without %s' % (packet, got, pattern))
        return got

    def error(self, packet):
        got = self.text(packet)
        check(re.match(r'E[0-9a-f]{2}$|E\.|F-1,', got), '%.100r: %.300r is no error' % (packet, got))

    def monitor(self, command, pattern=''):
        self.equals('qRcmd,' + command.encode().hex(), 'OK')
        got = self.console.decode()
        check(re.search(pattern, got), 'monitor %s: %s, without %s' % (command, got, pattern))
        return got

    # Values of the program.

    def register(self, number):
        return int.from_bytes(bytes.fromhex(self.text('p%x' % number)), 'little')

    def memory(self, address, n):
        return bytes.fromhex(self.text('m%x,%x' % (address, n)))

    def document(self, name, piece=0x1000):
        whole = b''
        while True:
            part = self.ask('qXfer:%s:%x,%x' % (name, len(whole), piece))
            check(part[:1] in (b'm', b'l'), '%s: %.100r' % (name, part))
            whole += part[1:]
            if part[:1] == b'l':
                return whole

    def auxv(self):
        words = struct.iter_unpack('<QQ', self.document('auxv:read:'))
        return dict(words)

    def address(self, symbol):
        """The address of a symbol of the recorded program."""
        program = os.environ['PROGRAM']
        names = subprocess.run(['nm', program], stdout=subprocess.PIPE, check=True, text=True).stdout
        value = int(re.search('([0-9a-f]+) . %s$' % symbol, names, re.M)[1], 16)
        with open(program, 'rb') as f:
            entry = struct.unpack('<Q', f.read(32)[24:])[0]
        return value + self.auxv()[9] - entry

    def run_to(self, symbol):
        """Sets a breakpoint there and continues to it. Returns its address."""
        address = self.address(symbol)
        self.equals('Z0,%x,1' % address, 'OK')
        self.has('vCont;c', 'swbreak:;')
        return address


def tasks_of(server):
    """Pids of the processes that replay the recorded tasks for a server."""
    out = []
    for name in os.listdir('/proc'):
        try:
            if name.isdigit() and 'TracerPid:\t%d\n' % server in open('/proc/%s/status' % name).read():
                out.append(int(name))
        except OSError:
            pass
    return out


server = int(open('server.pid').read()) if os.path.exists('server.pid') else 0
