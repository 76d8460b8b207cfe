#!/usr/bin/python3
"""Records, replays and verifies random_calls with one seed after the other, under rr-record --chaos with short time slices.

usage: random-calls.py [-o REPORT] [-s STEPS] FIRST LAST
A line for each seed that failed goes to REPORT (default: standard output), and then the counts. Exit status 1 if one failed.
OUTSIDE_KEEP, RR_BIN	see tests/outside/outside.py
"""
import argparse, os, sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "../outside"))
import outside

PROGRAM = os.path.join(HERE, "../../build/tests/fuzz/random_calls")


def main():
    p = argparse.ArgumentParser(usage="random-calls.py [-o REPORT] [-s STEPS] FIRST LAST")
    p.add_argument("-o", type=argparse.FileType("w"), default=sys.stdout)
    p.add_argument("-s", default="150", help="calls of each thread")
    p.add_argument("first", type=int)
    p.add_argument("last", type=int)
    o = p.parse_args()
    with outside.Runner(o.o, limits=(60, 60, 60), quiet=True) as runner:
        program = runner.copy(PROGRAM)
        for seed in range(o.first, o.last + 1):
            slice = ("50", "1", "0.1", "0.02")[seed % 4]
            runner.case("seed-%d" % seed, [program, str(seed), o.s], record_options=["--chaos", "--seed", str(seed), "-c", slice])
        return runner.summary()


sys.exit(main())
