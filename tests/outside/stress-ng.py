#!/usr/bin/python3
"""Records, replays and verifies each stressor of stress-ng (a Debian package), one by one, for two seconds.

usage: stress-ng.py [-o REPORT] [STRESSOR...]
A line for each goes to REPORT (default: standard output): its name, "ok" or the step that failed, and why. "native" means that this
machine or an unprivileged user can't run it. The last line has the counts. Exit status 1 if one that runs natively failed.
"""
import argparse, shutil, subprocess, sys

import outside

# What could end or harm the machine, or is about nothing but its load.
LEFT_OUT = {"cpu-online", "reboot", "memhotplug", "smi"}


def main():
    p = argparse.ArgumentParser(usage="stress-ng.py [-o REPORT] [STRESSOR...]")
    p.add_argument("-o", type=argparse.FileType("w"), default=sys.stdout)
    p.add_argument("-t", default="2")
    p.add_argument("stressors", nargs="*")
    o = p.parse_args()
    if not shutil.which("stress-ng"):
        print("skip: stress-ng is not installed")
        return 0
    names = o.stressors or subprocess.run(["stress-ng", "--stressors"], capture_output=True, text=True).stdout.split()
    with outside.Runner(o.o, limits=(60, 120, 900)) as runner:
        for name in names:
            if name not in LEFT_OUT:
                runner.case(name, ["stress-ng", "--%s" % name, "1", "-t", o.t, "--seed", "1", "--temp-path", "."])
        return runner.summary()


sys.exit(main())
