#!/usr/bin/python3
"""damage_copies.py TRACE FIRST LAST

Damages one copy under files/ of a trace at a time, a seed each from FIRST to LAST: a byte changed, bytes cut off or added, or
the file removed. rr-verify --quick must find each of them. Prints the seeds it does not find; status 1 if there are any.
"""
import os, random, subprocess, sys

trace, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
files = os.path.join(trace, 'files')


def changed(r, whole):
    at = r.randrange(len(whole))
    return whole[:at] + bytes([whole[at] ^ 1 << r.randrange(8)]) + whole[at + 1:]


def cut(r, whole):
    return whole[:r.randrange(len(whole))]


def longer(r, whole):
    return whole + r.randbytes(r.randrange(1, 10000))


def removed(r, whole):
    return None


missed = 0
for seed in range(first, last + 1):
    r = random.Random(seed)
    name = r.choice(sorted(os.listdir(files)))
    how = r.choice([changed, changed, cut, longer, removed])
    path = os.path.join(files, name)
    aside = trace + '.aside'
    os.rename(path, aside)  # it may have other links
    bytes_ = how(r, open(aside, 'rb').read())
    if bytes_ is not None:
        open(path, 'wb').write(bytes_)
    found = subprocess.run(['rr-verify', '--quick', trace], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    if found.returncode != 2 or len(found.stdout.splitlines()) != 1 or name.encode() not in found.stdout:
        print(seed, how.__name__, name, found.returncode, found.stdout)
        missed += 1
    os.rename(aside, path)
sys.exit(missed > 0)
