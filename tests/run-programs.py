#!/usr/bin/python3
"""Runs tracees natively, records, replays and verifies them.

usage: run-programs.py [-k] [-n] [-t] [-r TIMES] [NAME... | programs | preempted]
NAME is one of tests/programs; preempted: those that are preempted while they compute, which their traces must show; programs: all
others, the default.
Prints a line for each, "ok NAME", "skip NAME: why" or "FAIL NAME STEP", and details of failures on stderr; with -t, TAP on stdout.
-k keeps the files of failures and prints where; -n stops after the native run; -r records, replays and verifies TIMES times.
Status 1 if any failed.

RR_BIN, MAKE, LIMIT	the programs' directory (bin), make, seconds for a step (60)
THIRD	1, 2 or 3: run every third, from that one on
SLOW	set: compare the output of the first run of each only
BUILT	set if all tracees are up to date
RECORD_OPTIONS	more options for rr-record, such as -c 1
REPEAT	as -r (default: once, or PREEMPTED times (5) if preemption is at random points)
"""
import argparse, filecmp, os, re, shutil, signal, subprocess, sys, tempfile

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
SOURCES = "tests/programs"
BIN = os.environ.get("RR_BIN", "bin")
MAKE = os.environ.get("MAKE", "make")
LIMIT = float(os.environ.get("LIMIT", "60"))
RECORD_OPTIONS = os.environ.get("RECORD_OPTIONS", "").split()


# Tracees of the group preempted whose traces have no event inside a loop, and why.
NEVER_PREEMPTED = {
    "pre_insn_ignored_signal": "its signals find it at an emulated instruction",
    "pre_insn_xgetbv": "its loop is short, and nothing runs beside it",
    "pre_maps": "it looks at mappings and has no loop",
    "pre_siglongjmp": "its handlers do not return to the loop",
    "pre_timerfd_polled": "its timer sends no signal, and nothing runs beside it",
    "pre_yield_loops": "its tasks wait in calls",
}


class Failed(Exception):
    shown = ()  # lines for the report

    def __init__(self, step, why):
        super().__init__(why)
        self.step = step


class Skipped(Exception):
    pass


class Group:
    """A process group of which the tracee is not the leader, as under timeout(1) in a shell."""

    holder = None

    def id(self):
        if not self.holder or self.holder.poll() is not None:
            self.holder = subprocess.Popen(["sleep", "1000000"], process_group=0)
        return self.holder.pid

    def end(self):
        if self.holder:
            self.holder.kill()
            self.holder.wait()


def descendants(pid):
    found = [pid]
    try:
        for thread in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/children" % (pid, thread)) as f:
                for child in f.read().split():
                    found += descendants(int(child))
    except OSError:
        pass
    return found


def kill_all(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Tracee:
    def __init__(self, name, options, group):
        self.name, self.o, self.group = name, options, group
        self.program = "build/tests/programs/" + name
        self.step = None
        self.seen_preempted = not name.startswith("pre_") or name in NEVER_PREEMPTED

    def attempt(self, step, argv):
        """The command's status as a shell has it. Its output goes to files named after the step."""
        self.step = step
        path = os.path.join(self.dir, step)
        with open(path, "wb") as out, open(path + ".err", "wb") as err:
            p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, process_group=self.group.id(),
                                 env={**os.environ, "TMPDIR": os.path.join(self.dir, "tmp")})
            try:
                status = p.wait(LIMIT)
            except subprocess.TimeoutExpired:
                all_of_it = descendants(p.pid)
                p.terminate()
                try:
                    p.wait(5)
                except subprocess.TimeoutExpired:
                    pass
                kill_all(all_of_it)
                p.wait()
                raise Failed(step, "hung: stopped after %g s" % LIMIT)
        return status if status >= 0 else 128 - status

    def must(self, step, argv):
        status = self.attempt(step, argv)
        if status:
            raise Failed(step, "status %d" % status)

    def last_line(self, step):
        with open(os.path.join(self.dir, step), errors="replace") as f:
            lines = f.read().splitlines()
        return lines[-1] if lines else ""

    def must_be_ok(self, step):
        if self.last_line(step) != "ok":
            raise Failed(step, "last line is not ok")

    def natively(self):
        status = self.attempt("native", [self.program])
        if status == 77:
            raise Skipped(self.last_line("native").removeprefix("skip: "))
        if status:
            raise Failed("native", "status %d" % status)
        self.must_be_ok("native")
        try:
            os.rmdir(os.path.join(self.dir, "tmp"))
        except OSError as e:
            raise Failed("native", "left files: %s" % e)

    def once(self, first):
        trace = os.path.join(self.dir, "trace")
        shutil.rmtree(trace, ignore_errors=True)
        shutil.rmtree(os.path.join(self.dir, "tmp"), ignore_errors=True)
        os.mkdir(os.path.join(self.dir, "tmp"))
        self.must("record", [BIN + "/rr-record", *RECORD_OPTIONS, "-o", trace, self.program])
        self.must_be_ok("record")
        # Comparing memory takes two more replays, so only the first run does. If there is little time, only the first compares
        # output, too, because rr-verify also replays.
        if first or not os.environ.get("SLOW"):
            self.must("replay", [BIN + "/rr-replay", trace])
            if not filecmp.cmp(os.path.join(self.dir, "record"), os.path.join(self.dir, "replay"), shallow=False):
                raise Failed("replay", "stdout differs")
        self.seen_preempted = self.seen_preempted or self.preempted()
        self.must("verify", [BIN + "/rr-verify", "--memory=" + ("1000" if first else "none"), trace])

    def preempted(self):
        """Whether the trace has a switch, or a handler that ran inside a loop: the task computes before the signal and after the
        handler."""
        last, signalled, returned = {}, set(), {}
        self.must("dump", [BIN + "/rr-dump", os.path.join(self.dir, "trace")])
        with open(os.path.join(self.dir, "dump"), errors="replace") as f:
            for line in f:
                fields = line.rstrip("\n").split("\t")
                if len(fields) < 6:
                    continue
                task, ticks, kind, text = fields[2], int(fields[3]), fields[4], fields[5]
                if kind == "insn":  # a part of the loop, like its ticks
                    continue
                if kind == "switch" or ticks > returned.pop(task, ticks):
                    return True
                if kind == "signal" and text.endswith("handler") and ticks > last.get(task, ticks):
                    signalled.add(task)
                elif task in signalled and text.startswith("rt_sigreturn"):
                    signalled.remove(task)
                    returned[task] = ticks
                last[task] = ticks
        return False

    def must_be_preempted(self):
        """Checks that in one of its runs. If a loop takes less than a time slice, it is run with shorter ones."""
        trace = os.path.join(self.dir, "trace")
        for slice in ("1", "0.1", "0.01"):
            if self.seen_preempted:
                return
            shutil.rmtree(trace, ignore_errors=True)
            self.must("record", [BIN + "/rr-record", *RECORD_OPTIONS, "-c", slice, "-o", trace, self.program])
            self.seen_preempted = self.preempted()
        if not self.seen_preempted:
            raise Failed("dump", "no event shows that its loop was interrupted")

    def run(self, times):
        self.dir = tempfile.mkdtemp(prefix="rr-programs.")
        os.mkdir(os.path.join(self.dir, "tmp"))
        kept = False
        try:
            if not os.environ.get("BUILT"):
                self.must("build", [MAKE, "-s", self.program])
            self.natively()
            for i in range(times):
                try:
                    self.once(i == 0)
                except Failed as f:
                    raise Failed(f.step, "%s (run %d of %d)" % (f, i + 1, times))
            if times:
                self.must_be_preempted()
        except Failed as f:
            kept = self.o.k
            f.shown = self.show()
            raise
        finally:
            if not kept:
                shutil.rmtree(self.dir, ignore_errors=True)

    def show(self):
        """The last lines of the step's output."""
        lines = []
        for end in ("", ".err"):
            try:
                with open(os.path.join(self.dir, self.step + end), errors="replace") as f:
                    lines += f.read().splitlines()[-30:]
            except OSError:
                pass
        return lines + (["trace: " + os.path.join(self.dir, "trace")] if self.o.k else [])


def says(source):
    """The first sentence of its first comment, which may follow one for flags but precedes all code."""
    with open(source) as f:
        text = re.sub(r"\A(/\* c(flags|c):.*\n)*", "", f.read())
    m = re.match(r"/\*(.*?)\*/|((//.*\n)*)", text, re.S)
    words = " ".join(re.sub(r"(?m)^\s*(//|\*)? ?", "", m[1] or m[2] or "").split())
    return re.sub(r"\. .*", "", words).rstrip(" .").replace("#", "")


def all_names():
    found = {}
    for file in sorted(os.listdir(SOURCES)):
        name, end = os.path.splitext(file)
        if end in (".c", ".cc"):
            found[name] = os.path.join(SOURCES, file)
    return found


def run_all(names, sources, o, group):
    failed = False
    if o.t:
        print("1..%d" % len(names), flush=True)
    for number, name in enumerate(names, 1):
        times = o.r or int(os.environ.get("REPEAT") or (os.environ.get("PREEMPTED") or 5 if name.startswith("pre_") else 1))
        title = ("%d %s: %s" % (number, name, says(sources[name]))).rstrip(": ")
        try:
            third = os.environ.get("THIRD")
            if third and (number - int(third)) % 3:
                raise Skipped("this machine runs every third test; the next commits have this one")
            if not says(sources[name]):
                raise Failed("source", "it does not begin with a comment that says what it shows")
            Tracee(name, o, group).run(0 if o.n else times)
            print("ok " + (title if o.t else name), flush=True)
        except Skipped as s:
            print("ok %s # skip %s" % (title, s) if o.t else "skip %s: %s" % (name, s), flush=True)
        except Failed as f:
            failed = True
            report = ["%s: %s: %s" % (name, f.step, f)] + ["  | " + line for line in f.shown]
            print("not ok " + title if o.t else "FAIL %s %s" % (name, f.step), flush=True)
            print("\n".join("# " + line if o.t else line for line in report), file=sys.stdout if o.t else sys.stderr, flush=True)
    return failed


def main():
    p = argparse.ArgumentParser(usage="run-programs.py [-k] [-n] [-t] [-r TIMES] [NAME... | programs | preempted]")
    for flag in "knt":
        p.add_argument("-" + flag, action="store_true")
    p.add_argument("-r", type=int, metavar="TIMES")
    p.add_argument("names", nargs="*", metavar="NAME")
    o = p.parse_args()
    sources = all_names()
    names = []
    for name in o.names or ["programs"]:
        if name in ("programs", "preempted"):
            names += [n for n in sources if n.startswith("pre_") == (name == "preempted")]
        elif name in sources:
            names.append(name)
        else:
            p.error("there is no tracee " + name)
    group = Group()
    try:
        failed = run_all(names, sources, o, group)
    finally:
        group.end()
    sys.exit(failed)


main()
