#!/usr/bin/python3
"""Prints the names of calls that write memory by their rows of formats/syscalls but that no tracee makes. Status 1 if there are any.

A call writes memory if an argument is out, inout or special. A tracee makes it if its source contains the call's name or the C
library's name for it (rt_sigaction: sigaction; pread64: pread). A tracee that contains only a number has a comment
/* calls: NAME... */.
"""
import os, re, sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

# No tracee can make these, because:
EXCEPT = {
    "kexec_load": "reads memory only, and would replace the kernel",
    "reboot": "reads memory only, and would end the machine",
}


def rows():
    with open("formats/syscalls") as f:
        for line in f:
            fields = re.sub(r"^\d+\s+", "", line).split()
            if len(fields) > 1 and not line.startswith("#"):
                yield fields[0], fields[1], fields[2:]


def words():
    found = set()
    for folder, _, files in os.walk("tests/programs"):
        for name in files:
            with open(os.path.join(folder, name), errors="replace") as f:
                found.update(re.findall(r"\w+", f.read()))
    return found


def made(name, found):
    plain = re.sub(r"^rt_|64$", "", name)
    return any(prefix + n in found for prefix in ("", "SYS_", "__NR_") for n in (name, plain))


found = words()
missing = [name for name, kind, args in rows()
           if not kind.startswith("refuse") and re.search(r":(out|inout)\.|:special", " ".join(args))
           and name not in EXCEPT and not made(name, found)]
print("\n".join(missing), end="\n" if missing else "")
sys.exit(bool(missing))
