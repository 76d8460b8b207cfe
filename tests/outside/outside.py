"""What the scripts of this directory share: runs a command natively, records it, replays the trace and verifies it.

Each runs in an own directory as the user "nobody" if the script runs as root, in a memory cgroup if one can be made. One case after the
other; what a case leaves running is killed.

RR_BIN		the programs' directory (default: bin)
OUTSIDE_KEEP	a directory to which the traces of failed cases go (default: they are removed)
"""
import ctypes, os, pwd, resource, shutil, signal, subprocess, sys, tempfile, time

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
BIN = os.path.abspath(os.environ.get("RR_BIN", os.path.join(ROOT, "bin")))
KEEP = os.environ.get("OUTSIDE_KEEP")
PR_SET_CHILD_SUBREAPER = 36


def descendants(pid):
    found = []
    try:
        for thread in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/children" % (pid, thread)) as f:
                for child in map(int, f.read().split()):
                    found += [child] + descendants(child)
    except OSError:
        pass
    return found


def kill_what_is_left():
    """Kills all descendants of this process, which is their subreaper, and reaps them."""
    for _ in range(1000):
        left = descendants(os.getpid())
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.01)


class Group:
    """A memory cgroup (version 1 or 2), or nothing where none can be made."""

    def __init__(self, limit):
        self.path = None
        for base, file in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")):
            path = "%s/rr-outside.%d" % (base, os.getpid())
            try:
                os.mkdir(path)
            except OSError:
                continue
            try:
                with open(path + "/" + file, "w") as f:
                    f.write(str(limit))
                self.path = path
                return
            except OSError:
                os.rmdir(path)

    def enter(self):
        if self.path:
            with open(self.path + "/cgroup.procs", "w") as f:
                f.write("0")

    def remove(self):
        if self.path:
            os.rmdir(self.path)


class Runner:
    """Use as a context manager. report is a file that gets a line for each case, or if quiet for each that is not "ok". limits are
    the seconds that a native run, a recording, and a replay may take."""

    def __init__(self, report, limits=(60, 60, 120), quiet=False):
        self.report, self.limits, self.quiet, self.counts = report, limits, quiet, {}
        # Half of the machine's.
        self.memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE") // 2

    def __enter__(self):
        if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")
        self.group = Group(self.memory)
        self.user = pwd.getpwnam("nobody") if os.getuid() == 0 else None
        self.top = tempfile.mkdtemp(prefix="rr-outside.", dir="/tmp" if self.user else None)
        os.chmod(self.top, 0o755)
        for name in ("cache", "bin"):
            self.make(name)
        # Copies, because the user may have no right to read the directory of the source.
        for name in ("rr-record", "rr-replay", "rr-verify"):
            self.copy(os.path.join(BIN, name))
        return self

    def __exit__(self, *_):
        kill_what_is_left()
        shutil.rmtree(self.top, ignore_errors=True)
        self.group.remove()

    def make(self, name):
        path = os.path.join(self.top, name)
        shutil.rmtree(path, ignore_errors=True)
        os.mkdir(path)
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
        return path

    def copy(self, program):
        """Where the user may execute it."""
        return shutil.copy(program, os.path.join(self.top, "bin"))

    def prepare(self):
        self.group.enter()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 30, 4 << 30))
        if self.user:
            os.setgroups([])
            os.setgid(self.user.pw_gid)
            os.setuid(self.user.pw_uid)

    def attempt(self, step, argv, limit, env=None):
        """The exit status as a shell has it, or None if the command took longer than limit seconds. The output goes to files
        named after the step."""
        home = self.make("home")
        with open(self.path(step), "wb") as out, open(self.path(step + ".err"), "wb") as err:
            p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=home, preexec_fn=self.prepare,
                                 start_new_session=True, env={"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": home,
                                 "TMPDIR": home, "LC_ALL": "C", "XDG_CACHE_HOME": os.path.join(self.top, "cache"), **(env or {})})
            try:
                status = p.wait(limit)
            except subprocess.TimeoutExpired:
                status = None
        kill_what_is_left()
        return 128 - status if status is not None and status < 0 else status

    def path(self, name):
        return os.path.join(self.top, name)

    def output(self, step):
        with open(self.path(step), "rb") as f:
            return f.read()

    def case(self, name, argv, env=None, record_options=(), native=None, agree=None):
        """Runs one case, and writes a line to the report: its name, a word for what happened, and why.
        native is a list of exit statuses that show that the machine can run the case (default: 0). agree(native's output,
        recording's output) says what is wrong with the recording, or nothing."""
        word, why = self.steps(argv, env, record_options, native or [0], agree)
        self.counts[word] = self.counts.get(word, 0) + 1
        if word != "ok" or not self.quiet:
            print("%s\t%s\t%s" % (name, word, why), file=self.report, flush=True)
        if KEEP and word in ("record", "replay", "verify") and os.path.isdir(self.path("home.trace/t")):
            kept = os.path.join(KEEP, name.replace("/", "_"))
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(self.path("home.trace/t"), kept)

    def steps(self, argv, env, record_options, native, agree):
        first, second, third = self.limits
        status = self.attempt("native", argv, first, env)
        if status not in native:
            return "native", "status %s: %s" % (status, self.last_line("native"))
        trace = os.path.join(self.make("home.trace"), "t")
        recorded = self.attempt("record", [self.path("bin/rr-record"), "-o", trace, *record_options, "--", *argv], second, env)
        if recorded != status:
            return "record", "status %s, natively %s: %s" % (recorded, status, self.last_line("record"))
        wrong = agree and agree(self.output("native"), self.output("record"))
        if wrong:
            return "record", wrong
        replayed = self.attempt("replay", [self.path("bin/rr-replay"), trace], third)
        if replayed != 0:
            return "replay", "status %s: %s" % (replayed, self.last_line("replay"))
        if self.output("replay") != self.output("record"):
            return "replay", "the output differs"
        verified = self.attempt("verify", [self.path("bin/rr-verify"), trace], third)
        if verified != 0:
            return "verify", "status %s: %s" % (verified, self.last_line("verify"))
        warnings = [line for line in self.output("record.err").decode(errors="replace").splitlines() if line.startswith("rr-record:")]
        return "ok", "; ".join(warnings)

    def last_line(self, step):
        """Lines of the programs, or else the last of the recorded program's."""
        lines = self.output(step + ".err").decode(errors="replace").splitlines()
        own = [line for line in lines if line.startswith("rr-")]
        return " | ".join((own or lines)[-3:])[:400]

    def summary(self):
        """Prints the counts; the exit status."""
        words = ("ok", "native", "record", "replay", "verify")
        print(", ".join("%d %s" % (self.counts.get(word, 0), word) for word in words))
        return 1 if any(self.counts.get(word) for word in words[2:]) else 0
