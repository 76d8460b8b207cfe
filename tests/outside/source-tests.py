#!/usr/bin/python3
"""Records, replays and verifies the tests in the source packages of busybox and coreutils, for the installed programs.

usage: source-tests.py [-o REPORT] busybox|coreutils DIR [TEST...]
DIR is the unpacked source package (apt-get source busybox coreutils, where deb-src is enabled). A line for each test goes to REPORT
(default: standard output): its name, "ok" or the step that failed, and why. The recorded run must report what the native one does.
The last line has the counts. Exit status 1 if one failed.
"""
import argparse, glob, os, re, shutil, subprocess, sys

import outside

PROGRAMS = """arch b2sum base32 base64 basename basenc cat chcon chgrp chmod chown chroot cksum comm cp csplit cut date dd df dir
dircolors dirname du echo env expand expr factor false fmt fold groups head hostid id install join link ln logname ls md5sum mkdir
mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pinky pr printenv printf ptx pwd readlink realpath rm rmdir runcon
seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac tail tee test timeout touch
tr true truncate tsort tty uname unexpand uniq unlink users vdir wc who whoami yes [""".replace("\n", " ")


def verdicts(output):
    return re.findall(r"^(PASS|FAIL|SKIPPED|ok|not ok)\b.*", output.decode(errors="replace"), re.M)


def disagreement(native, recorded):
    if verdicts(native) != verdicts(recorded):
        return "other results than natively"
    return None


def busybox(runner, top, wanted):
    """Each FILE.tests, and each script of the directories that are named after an applet."""
    links = runner.make("links")
    subprocess.run(["busybox", "--install", "-s", links], check=True)
    suite = os.path.join(runner.make("suite"), "testsuite")
    shutil.copytree(os.path.join(top, "testsuite"), suite)
    text = ""
    for file in glob.glob(suite + "/*.tests"):
        with open(file, errors="replace") as f:
            text += f.read()
    options = ":".join({word for line in re.findall(r"optional (.*)", text) for word in line.split()})
    env = {"PATH": links + ":/usr/bin:/bin", "OPTIONFLAGS": ":%s:" % options, "bindir": links, "tsdir": suite, "ECHO": "busybox echo"}
    names = [os.path.basename(file) for file in sorted(glob.glob(suite + "/*.tests"))]
    names += ["/".join(file.split("/")[-2:]) for file in sorted(glob.glob(suite + "/*/*"))]
    for name in wanted or names:
        if name.endswith(".tests"):
            command = "cp -r %s t && cd t && exec ./%s" % (suite, name)
        else:
            command = "mkdir t && cd t && d=%s exec sh -e %s/%s" % (suite, suite, name)
        runner.case(name, ["/bin/sh", "-c", command], env=env, native=range(126), agree=disagreement)


def coreutils(runner, top, wanted):
    """Each test in shell; those that need programs that only the build makes fail natively."""
    source = os.path.join(runner.make("suite"), "coreutils")
    shutil.copytree(os.path.join(top, "tests"), os.path.join(source, "tests"))
    shutil.copy(os.path.join(top, "init.cfg"), source)
    os.symlink("/usr/bin", os.path.join(source, "src"))
    version = subprocess.run(["ls", "--version"], capture_output=True, text=True).stdout.split("\n")[0].split()[-1]
    env = {"srcdir": source, "abs_srcdir": source, "abs_top_srcdir": source, "abs_top_builddir": source, "top_srcdir": source,
           "VERSION": version, "PACKAGE_VERSION": version, "SHELL": "/bin/sh", "PREFERABLY_POSIX_SHELL": "/bin/sh",
           "built_programs": PROGRAMS, "fail": "0", "LOCALE_FR": "none", "EXEEXT": "", "PERL": "perl"}
    names = ["/".join(file.split("/")[-2:]) for file in sorted(glob.glob(source + "/tests/*/*.sh"))]
    for name in wanted or names:
        # What a test prints goes to standard error, which is not compared; the status is.
        command = "cp -r %s t && cd t && exec sh tests/%s 9>&2" % (source, name)
        runner.case(name, ["/bin/sh", "-c", command], env=env, agree=disagreement)


def main():
    p = argparse.ArgumentParser(usage="source-tests.py [-o REPORT] busybox|coreutils DIR [TEST...]")
    p.add_argument("-o", type=argparse.FileType("w"), default=sys.stdout)
    p.add_argument("package", choices=["busybox", "coreutils"])
    p.add_argument("dir")
    p.add_argument("tests", nargs="*")
    o = p.parse_args()
    if not shutil.which("busybox" if o.package == "busybox" else "ls"):
        print("skip: %s is not installed" % o.package)
        return 0
    with outside.Runner(o.o, limits=(60, 180, 180)) as runner:
        {"busybox": busybox, "coreutils": coreutils}[o.package](runner, o.dir, o.tests)
        return runner.summary()


sys.exit(main())
