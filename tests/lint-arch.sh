#!/bin/sh
# The architecture rule: only folders named x86_64 know x86-64. This prints any other line of lib/ and cmd/ that names one of
# its registers, instructions, opcodes, headers, ptrace layouts, or a system call that few other machines have. `-c` prints
# only the number of such files.
#
# Allowed are kernel files that are named as the source of a rule (arch/x86/…), and the exceptions below.
set -eu
cd "$(dirname "$0")/.."

# A pattern of paths, a space, a pattern of lines that may stay. Why:
# - one header chooses the folder of the machine
# - users type levels of features: the option and its usage text
# - the recorder emulates ptrace, so it knows the names of its requests; the kernel floor says what they read
# - entries that getdents returns are printed like those of getdents64, which all machines have
exceptions='
^lib/arch/regs.h$ defined\\(__x86_64__\\)
^cmd/rr-record.c$ x86-64-v[0-9N]
^lib/arch/ptrace.h$ PTRACE_PEEKUSER
^lib/record/emulated_requests.c$ case PTRACE_
^lib/kernel/proc.c$ case PTRACE_SET
^lib/print/coded_arguments.c$ case SYS_getdents:$
'

registers='\b([re](ax|bx|cx|dx|si|di|bp|sp|ip)|r(8|9|1[0-5])[dwb]?|[er]flags|orig_rax|[fg]s_base|dr[0-7]|cr[0-4]|[xyz]mm[0-9h]*|mxcsr|xcr0)\b|\bR_(R|CS|SS|DS|ES|FS|GS|EFL|ORIG)[A-Z0-9_]*\b'
instructions='\b(rdtscp?|cpuid|rdrand|rdseed|rdpid|xgetbv|int3|xsave[a-z]*|xrstor[a-z]*|fxsave|popfq?|pushfq?|jrcxz|sysenter)\b|\bint \$|vsyscall|zydis'
layouts='user_regs_struct|user_fpregs|struct user\b|u_debugreg|NT_X86_|NT_386_|PTRACE_(GET|SET)(FP|FPX)?REGS\b|PTRACE_(PEEK|POKE)USER|EM_X86_64|AUDIT_ARCH_X86|__x86_64__|x86-64|x86_64|i386|red zone'
headers='<(cpuid|x86intrin|immintrin|asm/prctl|asm/ldt|sys/user|sys/io|sys/reg|Zydis)[./]'
opcodes='0xcc\b|0x0f, ?0x(05|31|34|0b|a2)|0xcd, ?0x80|\\x(48|4c|0f|e9|eb|cc)\\x|0xe[89b]\b'
calls='\b(ARCH_[SG]ET_[FG]S|(SYS|__NR)_(_sysctl|access|afs_syscall|alarm|arch_prctl|chmod|chown|creat|create_module|dup2|epoll_create|epoll_ctl_old|epoll_wait|epoll_wait_old|eventfd|fork|futimesat|get_kernel_syms|get_thread_area|getdents|getpgrp|getpmsg|inotify_init|ioperm|iopl|lchown|link|lstat|mkdir|mknod|modify_ldt|newfstatat|open|pause|pipe|poll|putpmsg|query_module|readlink|rename|rmdir|security|select|set_thread_area|signalfd|stat|symlink|sysfs|time|tuxcall|unlink|uselib|ustat|utime|utimes|vfork|vserver))\b'

files=$(find lib cmd -name x86_64 -prune -o \( -name '*.[chS]' -o -name '*.lds' \) -print | sort)
found=$(sed_source='s@arch/x86[a-z0-9_./-]*@@g'
	for f in $files; do
		sed "$sed_source" "$f" | grep -niE "$registers|$instructions|$layouts|$headers|$opcodes" | sed "s@^@$f:@"
		sed "$sed_source" "$f" | grep -nE "$calls" | sed "s@^@$f:@"
	done)
# shellcheck disable=SC2086
left=$(printf '%s\n' "$found" | awk -v exceptions="$exceptions" '
	BEGIN { n = split(exceptions, line, "\n"); for (i = 1; i <= n; i++) if (p = index(line[i], " ")) { k++; file[k] = substr(line[i], 1, p - 1); what[k] = substr(line[i], p + 1) } }
	NF { f = $0; sub(/:.*/, "", f); for (i = 1; i <= k; i++) if (f ~ file[i] && $0 ~ what[i]) next; print }')
count=$(printf '%s\n' "$left" | sed -n 's/:.*//p' | sort -u | wc -l)
[ "${1-}" = -c ] && { echo "$count files outside the x86_64 folders know the machine"; exit 0; }
[ "$count" = 0 ] && exit 0
printf '%s\n' "$left" | sort -u -t: -k1,1 -k2,2n
echo "lint-arch: $count files outside the x86_64 folders know the machine" >&2
exit 1
