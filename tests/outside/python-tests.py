#!/usr/bin/python3
"""Records, replays and verifies python3's own regression tests (Debian: libpython3.11-testsuite), one module after the other.

usage: python-tests.py [-o REPORT] [MODULE...]
A line for each goes to REPORT (default: standard output): its name, "ok" or the step that failed, and why. The recorded run must pass the
same tests as the native one. The last line has the counts. Exit status 1 if one failed.
"""
import argparse, re, subprocess, sys

import outside

PYTHON = "/usr/bin/python3"
MODULES = """os signal subprocess threading socket mmap fcntl posix multiprocessing_fork multiprocessing_spawn
multiprocessing_forkserver faulthandler select selectors epoll poll time pty resource io thread queue concurrent_futures
asyncio.test_events asyncio.test_subprocess asyncio.test_unix_events asyncio.test_streams asyncio.test_base_events
asyncio.test_sock_lowlevel asyncio.test_tasks asyncio.test_locks asyncio.test_queues
eintr fork1 wait3 wait4 popen openpty tty termios ioctl pipes posixpath largefile fileio
tempfile shutil pathlib glob dbm sqlite3 zlib bz2 lzma gzip tarfile zipfile shelve
locale datetime random hash dict list set gc weakref sys sysconfig platform site
socketserver httpservers httplib urllib_response ssl asyncore asynchat smtplib ftplib telnetlib
sched timeit threadsignals threading_local threadedtempfile context contextlib
ctypes struct array memoryview buffer bytes re json pickle copy decimal
getpass pwd grp crypt uuid secrets hmac readline curses cmd_line cmd code trace profile cprofile
kqueue ossaudiodev syslog stat statistics support venv runpy pkgutil import importlib exceptions
""".split()


def results(output):
    """What became of each test, in the order of their names."""
    text = output.decode(errors="replace")
    return dict(re.findall(r"^(test\w* \([\w.]+\)).*?\.\.\. (ok|FAIL|ERROR|skipped)", text, re.M))


def disagreement(native, recorded):
    before, after = results(native), results(recorded)
    wrong = [name for name, result in before.items() if result == "ok" and after.get(name) not in ("ok", None)]
    return "passed natively only: " + ", ".join(sorted(wrong)) if wrong else None


def has_tests():
    return subprocess.run([PYTHON, "-c", "import test.test_os"], capture_output=True).returncode == 0


def main():
    p = argparse.ArgumentParser(usage="python-tests.py [-o REPORT] [MODULE...]")
    p.add_argument("-o", type=argparse.FileType("w"), default=sys.stdout)
    p.add_argument("modules", nargs="*")
    o = p.parse_args()
    if not has_tests():
        print("skip: python3's tests are not installed")
        return 0
    with outside.Runner(o.o, limits=(300, 900, 900)) as runner:
        for name in o.modules or MODULES:
            # Tests that fail natively as well are compared one by one.
            name = "test_" + name
            command = [PYTHON, "-m", "test", "-v", "--timeout=800", "-u", "all,-cpu,-largefile,-network,-urlfetch", name]
            runner.case(name, command, native=[0, 2, 3], agree=disagreement)
        return runner.summary()


sys.exit(main())
