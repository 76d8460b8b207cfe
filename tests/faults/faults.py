#!/usr/bin/python3
"""Injects faults into the toolkit's programs, and checks what they leave.

usage: faults.py inject [--most N] [--errors each] [-v] [WORK[/GROUP]]...
       faults.py kill [--times N] [-v] [WORK]...
       faults.py remove [--times N] [-v] [WORK]...
       faults.py race [--times N] [-v] [WORK+WORK]...

inject: makes each call of a group (fault.c) fail once, the 1st, the 2nd ...; with --most only N of a group, evenly spread. The
        errors of the group are used in turns, or with --errors each all of them for each call.
kill:   kills by SIGKILL N times (10), at moments spread over the time that the work takes.
remove: removes the trace at such moments.
race:   runs two at once on one trace; the second begins at such a moment of the first.

WORK is one of the names below; default: all. The programs are those in PATH. Files go to a new directory under TMPDIR.
Prints a table of faults and outcomes, and then the outcomes that are wrong. Exit status 1 if there are any.
"""
import argparse, collections, ctypes, errno, os, shutil, signal, socket, statistics, struct, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.dirname(HERE))
import gdb_client

SHIM = os.path.join(HERE, "../../build/tests/faults/fault.so")
LIMIT = 60  # seconds that a program may take
GONE = 20  # seconds after its end until its processes must be gone

GROUPS = {  # the errors of each group; 0: the call does half of its work
    "open": [errno.EMFILE, errno.ENFILE, errno.ENOMEM],
    "create": [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT, errno.EACCES],
    "write": [errno.ENOSPC, errno.EIO, 0, errno.EDQUOT],
    "read": [errno.EIO, 0],
    "truncate": [errno.ENOSPC, errno.EIO],
    "seek": [errno.EINVAL],
    "sync": [errno.EIO, errno.ENOSPC],
    "rename": [errno.EIO, errno.ENOSPC],
    "link": [errno.EXDEV, errno.EMLINK, errno.EIO],
    "mkdir": [errno.ENOSPC, errno.EROFS],
    "unlink": [errno.EIO, errno.EROFS],
    "mode": [errno.EPERM, errno.EIO],
    "stat": [errno.EIO],
    "lock": [errno.ENOLCK, errno.EINTR],
    "map": [errno.ENOMEM, errno.ENODEV],
    "dir": [errno.EIO, errno.ENOMEM],
    "make": [errno.EAGAIN, errno.ENFILE],
    "path": [errno.EIO],
    "close": [errno.EIO, errno.ENOSPC, errno.EINTR],
    "copy": [errno.EOPNOTSUPP, errno.EIO, errno.ENOSPC, 0],
    "memory": [errno.ENOMEM],
}
# A full disk stays full.
LASTING = {"write": errno.ENOSPC}


class Wrong(Exception):
    pass


def expect(truth, why):
    if not truth:
        raise Wrong(why)


class Ran:
    """A finished program: its status as a shell has it, and its output."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err
        self.lines = err.decode(errors="replace").splitlines()


def reap_orphans():
    """Processes that the program has started become our children when it ends: see main()."""
    end = time.monotonic() + GONE
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                if time.monotonic() > end:
                    left = open("/proc/self/task/%d/children" % os.getpid()).read().split()
                    for pid in left:
                        os.kill(int(pid), signal.SIGKILL)
                    raise Wrong("processes are left: %s" % left)
                time.sleep(0.002)
        except ChildProcessError:
            return


def run(argv, env={}, kill_after=None, after=None, then=None):
    """Runs it to its end, or kills it after kill_after seconds. Calls then() after so many seconds, and the result of that at the
    end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env={**os.environ, **env})
        if then:
            try:
                p.wait(after)
            except subprocess.TimeoutExpired:
                pass
            at_end = then()
        try:
            p.wait(LIMIT if kill_after is None else kill_after)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
            if kill_after is None:
                reap_orphans()
                raise Wrong("hangs: " + " ".join(argv))
        if then and at_end:
            at_end()
        reap_orphans()
        out.seek(0)
        err.seek(0)
        status = p.returncode
        return Ran(status if status >= 0 else 128 - status, out.read(), err.read())


def sums(directory):
    """Names, modes and contents of its files."""
    found = {}
    for where, dirs, files in os.walk(directory):
        for name in files:
            path = os.path.join(where, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, directory)] = (os.stat(path).st_mode, f.read())
    return found


def one_line(ran, program):
    """The error must be one line; warnings may precede it."""
    expect(ran.lines, "nothing on stderr, status %d" % ran.status)
    expect(ran.lines[-1].startswith(program + ": "), "stderr: " + ran.lines[-1])
    expect(ran.lines[-1].count(": ") >= 1, "no reason: " + ran.lines[-1])
    for line in ran.lines[:-1]:
        expect(line.startswith(program + ": ") and "is not counted" in line, "more than a line: %r" % ran.lines)


def no_memory(ran):
    """It has ended at once, and has left unfinished files for the next one."""
    return "Cannot allocate" in ran.lines[-1]


class Work:
    """A task for one program. `make` prepares the directory, `argv` is the command, and `judge` checks the result and returns the
    outcome: "done", "reported" (an error was reported, and nothing is wrong), or another word to be counted."""

    trouble = [2]
    without = []  # groups of calls whose failure it cannot handle
    lasts = True  # faults that last can be injected

    def __init__(self, shared):
        self.shared = shared
        self.ends = []

    def make(self):
        shutil.copytree(self.shared.plain, "t")

    def judge(self, ran, killed):
        raise NotImplementedError

    def reported(self, ran, killed):
        """Unless it was killed, it must have reported its failure in one line."""
        if killed:
            return
        expect(ran.status in self.trouble, "status %d, stderr %r" % (ran.status, ran.lines))
        one_line(ran, self.argv[0])


class Record(Work):
    trouble = [125, 126, 127]
    script = "ls; cat f; (exit 3); echo done"
    argv = ["rr-record", "-o", "t", "sh", "-c", script]
    expected = b"f\nt\none\ntwo\ndone\n"

    def make(self):
        with open("f", "w") as f:
            f.write("one\ntwo\n")

    def env(self):
        return {}

    def judge(self, ran, killed):
        self.expected_output(ran)
        if ran.status == 0:
            for line in ran.lines:
                expect(line.startswith("rr-record: "), "stderr: " + line)
            self.whole(ran)
            return "done" if not ran.lines else "warned"
        self.reported(ran, killed)
        return self.beginning(ran)

    def expected_output(self, ran):
        expect(self.expected.startswith(ran.out), "wrong output: %r" % ran.out)
        expect(ran.status or ran.out == self.expected, "output cut short: %r" % ran.out)

    def whole(self, ran):
        v = run(["rr-verify", "-v", "t"])
        expect(v.status == 0, "rr-verify: %d %r" % (v.status, v.lines))
        r = run(["rr-replay", "t"])
        expect(r.status == 0 and r.out == ran.out, "rr-replay: %d %r %r" % (r.status, r.out, r.lines))
        self.ends.append(int(v.out.split()[0]))

    def beginning(self, ran):
        """The part of the trace that was written, or none."""
        if not os.path.exists("t"):
            return "no trace"
        r = run(["rr-replay", "t"])
        v = run(["rr-verify", "t"])
        d = run(["rr-dump", "t"])
        expect(v.status in (0, 2), "rr-verify: %d %r" % (v.status, v.lines))
        if v.status == 0:  # killed after all was done
            self.whole(ran)
            return "whole"
        one_line(v, "rr-verify")
        one_line(d, "rr-dump")
        expect(r.status in (0, 2), "rr-replay: %d %r" % (r.status, r.lines))
        one_line(r, "rr-replay")
        expect(self.expected.startswith(r.out), "rr-replay: %r" % r.out)
        if r.status or d.status:
            expect(not d.out, "rr-dump shows events that rr-replay doesn't: %r %r %r" % (r.lines, d.lines, v.lines))
            return "no trace" if os.path.exists("t/args_env") else "no trace"
        expect(ran.out.startswith(r.out), "replayed more than recorded: %r" % r.out)
        expect("cut short" in r.lines[0] and "cut short" in d.lines[0], "%r %r" % (r.lines, d.lines))
        expect("cut short" in v.lines[0], "rr-verify: %r" % v.lines)
        self.ends.append(len(d.out.splitlines()))
        return "usable"


class RecordCold(Record):
    """The cache is empty, so code is rewritten."""

    def env(self):
        shutil.rmtree("cache", ignore_errors=True)
        return {"XDG_CACHE_HOME": os.path.abspath("cache")}

    argv = ["rr-record", "-o", "t", "/bin/echo", "hello"]
    expected = b"hello\n"

    def judge(self, ran, killed):
        result = super().judge(ran, killed)
        # What it has left there must do no harm.
        again = run(["rr-record", "-o", "again", "/bin/echo", "hello"], {"XDG_CACHE_HOME": os.path.abspath("cache")})
        expect(again.status == 0 and again.out == b"hello\n" and not again.lines, "the next: %d %r" % (again.status, again.lines))
        v = run(["rr-verify", "again"])
        expect(v.status == 0, "the next, verified: %r" % v.lines)
        return result


class RecordLong(Record):
    """Many blocks, several processes, threads."""

    script = "for i in 1 2; do head -c 200000 f | sort -R --parallel=2 --random-source=f | tail -n 1; done"
    argv = ["rr-record", "-o", "t", "sh", "-c", script]

    def make(self):
        with open("f", "w") as f:
            f.writelines("%d\n" % (i * 7919 % 1000003) for i in range(400000))

    def expected_output(self, ran):
        if not hasattr(self.shared, "long"):
            self.shared.long = run(["sh", "-c", self.script]).out
        self.expected = self.shared.long
        super().expected_output(ran)


class RecordRefused(Work):
    """There is a trace already, which must not change."""

    trouble = [125, 126]
    argv = ["rr-record", "-o", "t", "/bin/true"]

    def judge(self, ran, killed):
        expect(sums("t") == self.shared.plain_sums, "the trace has changed")
        self.reported(ran, killed)
        return "reported"


class Pack(Work):
    argv = ["rr-pack", "t"]

    def judge(self, ran, killed):
        now = sums("t")
        result = "as it was" if now == self.shared.plain_sums else "done" if now == self.shared.packed_sums else None
        if ran.status == 0:
            expect(not ran.lines, "stderr: %r" % ran.lines)
            expect(result != "as it was", "nothing done")
            if result == "done":
                return "done"
            result = "done but for old files"
        else:
            self.reported(ran, killed)
            expect(result or killed or no_memory(ran), "neither as it was nor packed: %r" % sorted(now))
            result = result or "between"
        self.usable("t")
        again = run(["rr-pack", "t"])
        expect(again.status == 0 and not again.lines, "rr-pack again: %r" % again.lines)
        expect(sums("t") == self.shared.packed_sums, "packed again: %r" % sorted(sums("t")))
        return result

    def usable(self, trace):
        r = run(["rr-replay", trace])
        expect(r.status == 0 and r.out == self.shared.output and not r.lines, "rr-replay: %d %r" % (r.status, r.lines))
        v = run(["rr-verify", "--quick", trace])
        expect(v.status == 0, "rr-verify: %r" % v.lines)


class Archive(Work):
    argv = ["rr-pack", "-o", "k.tar", "t"]
    left = "k.tar.????????"

    def judge(self, ran, killed):
        expect(sums("t") == self.shared.plain_sums, "the trace has changed")
        there = [f for f in sorted(os.listdir(".")) if f != "t"]
        if ran.status == 0:
            expect(not ran.lines, "stderr: %r" % ran.lines)
            expect(there == ["k.tar"] and self.archive() == self.shared.archive, "not the archive: %r" % there)
            return "done"
        self.reported(ran, killed)
        if there == ["k.tar"]:
            expect(killed and self.archive() == self.shared.archive, "half an archive")
            return "done"
        expect(not there, "left: %r" % there)
        return "as it was"

    def archive(self):
        with open("k.tar", "rb") as f:
            return f.read()


class Unpack(Work):
    argv = ["rr-pack", "-x", "a.tar", "new"]

    def make(self):
        os.link(self.shared.archive_path, "a.tar")

    def judge(self, ran, killed):
        there = [f for f in sorted(os.listdir(".")) if f != "a.tar"]
        if ran.status == 0:
            expect(not ran.lines, "stderr: %r" % ran.lines)
            expect(there == ["new"], "left: %r" % there)
        else:
            self.reported(ran, killed)
            if "new" not in there:
                expect(killed or not there or no_memory(ran), "left: %r" % there)
                again = run(self.argv)
                expect(again.status == 0, "again: %r" % again.lines)
                there = [f for f in sorted(os.listdir(".")) if f != "a.tar"]
                expect(there == ["new"], "left by the next: %r" % there)
                expect(sums("new") == self.shared.unpacked_sums, "unpacked again: %r" % sorted(sums("new")))
                return "as it was"
            expect(killed, "half unpacked")
        expect(sums("new") == self.shared.unpacked_sums, "not as packed: %r" % sorted(sums("new")))
        return "done"


class Into(Work):
    argv = ["rr-pack", "--into", "all", "t"]

    def judge(self, ran, killed):
        expect(sums("t") == self.shared.plain_sums, "the trace has changed")
        there = os.listdir("all") if os.path.exists("all") else []
        if ran.status == 0:
            expect(not ran.lines, "stderr: %r" % ran.lines)
        else:
            self.reported(ran, killed)
            if "t" not in there:
                expect(killed or not there or no_memory(ran), "left: %r" % there)
                again = run(self.argv)
                expect(again.status == 0, "again: %r" % again.lines)
                expect(os.listdir("all") == ["t"], "left by the next: %r" % os.listdir("all"))
                expect(sums("all/t") == self.shared.packed_sums, "packed again")
                return "as it was"
            expect(killed, "half packed")
        expect(os.listdir("all") == ["t"], "left: %r" % os.listdir("all"))
        expect(sums("all/t") == self.shared.packed_sums, "not as packed: %r" % sorted(sums("all/t")))
        return "done"


class Reader(Work):
    """The trace is only read: the output must be right, or an error."""

    def judge(self, ran, killed):
        expect(sums("t") == self.shared.plain_sums, "the trace has changed")
        right = self.right()
        if ran.status == 0:
            expect(not ran.lines, "stderr: %r" % ran.lines)
            expect(ran.out == right, "another output")
            return "done"
        self.part(right, ran.out)
        self.reported(ran, killed)
        return "reported"


    def part(self, right, out):
        expect(right.startswith(out), "wrong output: %r" % out[-300:])


class Dump(Reader):
    argv = ["rr-dump", "-m", "t"]

    def right(self):
        return self.shared.dump

    def part(self, right, out):
        """The last event may be printed without the bytes that could not be read."""
        events = out[: out.rfind(b"\n", 0, -1) + 1]
        expect(right.startswith(events), "wrong output: %r" % out[-300:])


class Replay(Reader):
    argv = ["rr-replay", "t"]

    def right(self):
        return self.shared.output


class Verify(Reader):
    argv = ["rr-verify", "--memory=100", "t"]

    def right(self):
        return b""


class Gdb(Work):
    argv = ["rr-gdb", "t", "--", "-batch", "-nx", "-ex", "continue", "-ex", "reverse-continue"]

    def judge(self, ran, killed):
        expect(sums("t") == self.shared.plain_sums, "the trace has changed")
        return self.reported_or_done(ran, killed)

    def reported_or_done(self, ran, killed):
        """gdb prints messages, too."""
        if ran.status == 0 and not killed:
            shown = iter(ran.out.splitlines())
            if all(line in shown for line in self.shared.output.splitlines()):
                return "done"
        expect(killed or any(line.startswith("rr-gdb: ") for line in ran.lines), "no error reported: %r %r" % (ran.out, ran.lines))
        return "reported"


class Serve(Work):
    """rr-gdb's server, and a client that goes to the end of the recording and back, and looks around."""

    without = ["unlink"]  # then it cannot remove its socket
    lasts = False  # it is asked through a pipe to end, and no pipe stays full for ever

    argv = ["rr-gdb", "-s", "./server", "t"]
    packets = ["QPassSignals:14", "?", "g", "qXfer:features:read:target.xml:0,400", "qXfer:auxv:read::0,400", "qXfer:libraries-svr4:read::0,400",
               "qXfer:exec-file:read::0,400", "qXfer:threads:read::0,400", "vFile:setfs:0", "vCont;s", "g", "vCont;c", "g", "bs", "g",
               "qRcmd," + b"when".hex(), "qRcmd," + b"checkpoint".hex(), "bc", "g", "qRcmd," + b"seek 20".hex(), "g", "vCont;s"]

    def __init__(self, shared):
        super().__init__(shared)
        self.right = None

    def make(self):
        super().make()
        self.ended, self.said = threading.Event(), []
        self.client = threading.Thread(target=self.ask)
        self.client.start()

    def connect(self):
        while not self.ended.wait(0.002):
            try:
                return gdb_client.Client(False)
            except OSError:
                pass
        raise gdb_client.Gone

    def ask(self):
        pid = 0
        try:
            c = self.connect()
            pid = struct.unpack("3i", c.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
            for packet in self.packets:
                self.said.append((c.ask(packet) + c.console).decode("latin-1"))
        except (gdb_client.Gone, AssertionError, OSError) as e:
            self.said.append("ended: %r" % e)
        while pid and not self.ended.wait(0.1):
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass

    def judge(self, ran, killed):
        self.ended.set()
        self.client.join()
        expect(sums("t") == self.shared.plain_sums, "the trace has changed")
        expect(killed or not os.path.exists("server"), "the socket is left")
        if self.right is None:
            expect(len(self.said) == len(self.packets) and any(a.startswith("W00") or "replaylog:end" in a for a in self.said), "the client: %r" % self.said)
            self.right = self.said
        if self.said == self.right and not ran.lines:
            return "done"
        wrong = [(p, a) for p, a, right in zip(self.packets, self.said, self.right) if a != right]
        expect(killed or ran.lines or wrong[0][1].startswith(("E", "ended")), "no error reported: %r" % wrong[:1])
        for line in ran.lines:
            expect(line.startswith("rr-gdb: "), "stderr: %r" % ran.lines)
        return "reported"


WORKS = {"record": Record, "record-cold": RecordCold, "record-long": RecordLong, "record-refused": RecordRefused, "pack": Pack, "archive": Archive,
         "unpack": Unpack, "into": Into, "dump": Dump, "verify": Verify, "replay": Replay, "gdb": Gdb, "serve": Serve}
# Too slow to be run once for each call, or another program does all its work.
KILL_ONLY = ["record-long", "gdb"]


REMOVED = ["record", "pack", "archive", "into", "dump", "verify", "replay", "gdb"]
RACERS = {"pack": Pack.argv, "archive": Archive.argv, "unpack": Unpack.argv, "into": Into.argv, "dump": Dump.argv,
          "verify": Verify.argv, "replay": Replay.argv,
          "record": ["rr-record", "-f", "-o", "t", "sh", "-c", Record.script.replace("ls", "ls f t -d")]}
RACES = ["pack+pack", "pack+record", "record+pack", "record+record", "replay+pack", "verify+pack", "dump+pack", "archive+pack",
         "pack+archive", "archive+archive", "unpack+unpack", "into+into", "pack+into", "replay+record", "verify+record",
         "dump+record", "archive+record", "into+record"]


class Shared:
    """A trace, and the programs' output for it when nothing fails."""

    def __init__(self, top):
        os.makedirs(top)
        os.chdir(top)
        with open("f", "w") as f:
            f.write("one\ntwo\n")
        self.plain = os.path.join(top, "t")
        r = run(["rr-record", "-o", "t", "sh", "-c", Record.script])
        assert r.status == 0 and r.out == Record.expected, (r.status, r.out, r.lines)
        self.output = r.out
        shutil.copytree("t", "packed")
        for argv in (["rr-pack", "packed"], ["rr-pack", "-o", "a.tar", "t"], ["rr-pack", "-x", "a.tar", "new"]):
            r = run(argv)
            assert r.status == 0, r.lines
        self.plain_sums, self.packed_sums = sums("t"), sums("packed")
        self.unpacked_sums = sums("new")
        assert {k: v[1] for k, v in self.unpacked_sums.items()} == {k: v[1] for k, v in self.packed_sums.items()}
        self.archive_path = os.path.join(top, "a.tar")
        with open("a.tar", "rb") as f:
            self.archive = f.read()
        self.dump = run(Dump.argv).out


class Bench:
    def __init__(self, options, top):
        self.o, self.top = options, top
        self.wrong = []
        self.shared = Shared(os.path.join(top, "shared"))
        self.rows = []

    def place(self):
        place = os.path.join(self.top, "place")
        os.chdir(self.top)
        shutil.rmtree(place, ignore_errors=True)
        os.mkdir(place)
        os.chdir(place)

    def attempt(self, work, name, env={}, kill_after=None, where=lambda: ""):
        self.place()
        work.make()
        if isinstance(work, Record):
            env = {**work.env(), **env}
        try:
            ran = None
            ran = run(work.argv, env, kill_after)
            result = work.judge(ran, kill_after is not None)
        except Wrong as w:
            result = self.is_wrong("%s: %s" % (name, where()), w)
            if self.o.keep:
                kept = os.path.join(self.o.keep, str(len(self.wrong)))
                os.chdir(self.top)
                shutil.copytree("place", kept, symlinks=True)
        if self.o.verbose:
            print("# %s: %s: %s %s" % (name, where(), result, ran.lines if ran else ""), flush=True)
        return result

    def inject_one(self, work, name, group, at, error, lasting):
        with open("report", "wb") as f:
            f.write(bytes(4096))
        report = os.path.join(self.top, "report")
        os.replace("report", report)
        env = {"LD_PRELOAD": SHIM, "FAULT_CALLS": group, "FAULT_AT": str(at), "FAULT_ERROR": str(error), "FAULT_REPORT": report}
        if lasting:
            env["FAULT_LASTS"] = "1"

        def read():
            with open(report, "rb") as f:
                return struct.unpack("QQ240s", f.read(256))

        def where():
            return read()[2].rstrip(b"\0").decode()

        what = "%s: %s %d of group %s%s" % (name, errno.errorcode.get(error, "half"), at, group, " and on" if lasting else "")
        result = self.attempt(work, what, env, None, where)
        return read()[0], read()[1], result

    def inject(self, name, group):
        work = WORKS[name](self.shared)
        calls, failed, result = self.inject_one(work, name, group, 0, GROUPS[group][0], False)
        if result not in ("done", "reported"):
            return
        work.ends.clear()
        counts = collections.Counter()
        step = max(1, -(-calls // self.o.most)) if self.o.most else 1
        # The last calls matter as much as the first ones: then nearly all is done.
        places = list(range(1, calls + 1, step))
        for i, at in enumerate(places):
            errors = GROUPS[group]
            for error in errors if self.o.errors == "each" else [errors[i % len(errors)]]:
                if error == 0 and group not in ("read", "write", "copy"):
                    continue
                self.count(counts, self.inject_one(work, name, group, at, error, False))
            if group in LASTING and work.lasts:
                self.count(counts, self.inject_one(work, name, group, at, LASTING[group], True))
        self.row(name, group, counts, work.ends)

    def count(self, counts, result):
        counts["faults"] += bool(result[1])
        counts[result[2] if result[1] else "none came"] += 1

    def kill(self, name):
        work = WORKS[name](self.shared)
        counts = collections.Counter()
        for after in self.moments(work):
            result = self.attempt(work, "%s: killed after %.4f s" % (name, after), {}, after)
            counts["faults"] += 1
            counts[result] += 1
        self.row(name, "SIGKILL", counts, work.ends)

    def row(self, name, group, counts, ends):
        n = counts.pop("faults", 0)
        results = ", ".join("%d %s" % (v, k) for k, v in sorted(counts.items()))
        text = "%-12s %-9s %5d  %s" % (name, group, n, results)
        if ends and name.startswith("record"):
            text += "; usable to event %d/%d/%d" % (min(ends), statistics.median(ends), max(ends))
        print(text, flush=True)
        self.rows.append((n, counts))

    def moments(self, work):
        """Moments spread over the time that the work takes, and a bit before and after."""
        self.place()
        work.make()
        start = time.monotonic()
        run(work.argv, work.env() if isinstance(work, Record) else {})
        took = time.monotonic() - start
        return [took * 1.1 * i / self.o.times for i in range(self.o.times)]

    def series(self, name, how, of, after_each):
        """Calls after_each(after), which returns an outcome, in a new directory for each moment of the work."""
        counts = collections.Counter()
        for after in self.moments(of):
            self.place()
            try:
                result = after_each(after)
            except Wrong as w:
                result = self.is_wrong("%s: %s: after %.4f s" % (name, how, after), w)
            counts["faults"] += 1
            counts[result] += 1
        self.row(name, how, counts, [])

    def remove(self, name):
        work = WORKS[name](self.shared)

        def one(after):
            work.make()
            ran = run(work.argv, {}, None, after, lambda: shutil.rmtree("t", ignore_errors=True))
            return self.judge_removed(work, ran)

        self.series(name, "removed", work, one)

    def judge_removed(self, work, ran):
        if isinstance(work, Gdb):
            return work.reported_or_done(ran, False)
        right = work.right() if isinstance(work, Reader) else work.expected if isinstance(work, Record) else b""
        if not isinstance(work, Record): # the program sees another directory than before
            expect(right.startswith(ran.out[: ran.out.rfind(b"\n", 0, -1) + 1]), "wrong output: %r" % ran.out)
        if ran.status == 0:
            expect(not ran.lines and (ran.out == right or isinstance(work, Record)), "%r %r" % (ran.out, ran.lines))
            return "done"
        work.reported(ran, False)
        return "reported"

    def race(self, name):
        """Both must end well or with one line, and what they leave must be whole."""
        first, second = (RACERS[n] for n in name.split("+"))
        work = WORKS["pack"](self.shared)

        def one(after):
            Work.make(work)
            os.link(self.shared.archive_path, "a.tar")
            with open("f", "w") as f:
                f.write("one\ntwo\n")
            other = []
            ran = run(first, {}, None, after, lambda: self.beside(second, other))
            result = self.judge_race(first, ran) + "+" + self.judge_race(second, other[0])
            v = run(["rr-verify", "t"])
            expect(v.status == 0, "rr-verify: %r" % v.lines)
            left = [f for f in os.listdir(".") if f not in ("t", "a.tar", "f", "k.tar", "new", "all")]
            expect(not left, "left: %r" % left)
            return result

        self.series(name, "race", work, one)

    def beside(self, argv, result):
        out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err)

        def end():
            try:
                p.wait(LIMIT)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
                raise Wrong("hangs: " + " ".join(argv))
            out.seek(0)
            err.seek(0)
            result.append(Ran(p.returncode if p.returncode >= 0 else 128 - p.returncode, out.read(), err.read()))

        return end

    def judge_race(self, argv, ran):
        if ran.status == 0:
            expect(not ran.lines, "%s: %r" % (argv, ran.lines))
            if argv[0] == "rr-replay":
                expect(ran.out == self.shared.output, "%s: %r" % (argv, ran.out))
            return "done"
        expect(ran.status == (125 if argv[0] == "rr-record" else 2), "%s: status %d %r" % (argv, ran.status, ran.lines))
        one_line(ran, argv[0])
        return "reported"

    def is_wrong(self, what, why):
        self.wrong.append("%s: %s" % (what, why))
        print("# " + self.wrong[-1], flush=True)
        return "WRONG"

    def total(self):
        total = collections.Counter()
        for n, counts in self.rows:
            total["faults"] += n
            total.update(counts)
        n = total.pop("faults", 0)
        print("%-22s %5d  %s" % ("all", n, ", ".join("%d %s" % (v, k) for k, v in sorted(total.items()))))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("what", choices=["inject", "kill", "remove", "race"])
    p.add_argument("works", nargs="*")
    p.add_argument("--most", type=int, default=0)
    p.add_argument("--errors", choices=["turn", "each"], default="turn")
    p.add_argument("--times", type=int, default=10)
    p.add_argument("--keep", help="a directory for the places of what was wrong")
    p.add_argument("-v", "--verbose", action="store_true")
    o = p.parse_intermixed_args()
    # PR_SET_CHILD_SUBREAPER: processes that lose their parent become our children, so they are found.
    assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0
    os.environ.update(LC_ALL="C")
    if o.keep:
        o.keep = os.path.abspath(o.keep)
        os.makedirs(o.keep, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rr-faults.") as top:
        b = Bench(o, os.path.realpath(top))
        all_works = {"remove": REMOVED, "race": RACES}.get(o.what, list(WORKS))
        for asked in o.works or all_works:
            name, _, group = asked.partition("/")
            if o.what != "inject":
                {"kill": b.kill, "remove": b.remove, "race": b.race}[o.what](name)
            elif o.works or name not in KILL_ONLY:
                for g in [group] if group else GROUPS:
                    if g not in WORKS[name].without:
                        b.inject(name, g)
        b.total()
        os.chdir("/")
    sys.exit(bool(b.wrong))


main()
