#!/usr/bin/python3
"""trace_edit.py TRACE OLD NEW [COUNT]

Replaces bytes in the data of a trace by as many others, everywhere or COUNT times, so that its replay diverges where the
program read them. `version`, whose checksums would be wrong, is removed, so the trace counts as incomplete. See rr-trace(5).
"""
import os, struct, sys, zlib

HEADER = struct.Struct('<IBBHIIQQQIIII')
trace, old, new = sys.argv[1], sys.argv[2].encode(), sys.argv[3].encode()
count = int(sys.argv[4]) if len(sys.argv) > 4 else sys.maxsize
assert len(old) == len(new)
path = trace + '/data'
whole, out, at, n = open(path, 'rb').read(), b'', 0, 0
while at < len(whole):
    fields = list(HEADER.unpack_from(whole, at))
    stored = fields[10]
    raw = zlib.decompress(whole[at + HEADER.size:at + HEADER.size + stored])
    at += HEADER.size + stored
    payload = zlib.compress(raw.replace(old, new, count - n))
    n += min(raw.count(old), count - n)
    fields[10:12] = len(payload), zlib.crc32(payload)
    head = HEADER.pack(*fields)[:-4]
    out += head + struct.pack('<I', zlib.crc32(head)) + payload
open(path, 'wb').write(out)
os.remove(trace + '/version')
sys.exit(0 if n else 'trace_edit.py: not in there: ' + sys.argv[2])
