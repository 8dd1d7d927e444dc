/* SPDX-License-Identifier: MIT */
/*
 * meddle: runs a program in a root of its own and meddles with its system calls.
 *
 *   meddle count ROOT COMMAND...      tells how many there are
 *   meddle N ROOT COMMAND...          kills it just before the Nth of them, from 1
 *   meddle all:... ROOT COMMAND...    the same, all system calls counted
 *   meddle weak ROOT COMMAND...       getrandom(2) gives numbers in even steps,
 *   meddle unready ROOT COMMAND...    has not gathered enough of them,
 *   meddle none ROOT COMMAND...       or is not there
 *   meddle marks ROOT COMMAND...      ends with 99 when something is marked as done (a file in a
 *                                     folder sem) before files that it made are on the disk
 *   meddle lacks:T,T ROOT COMMAND...  rtnetlink does not know requests of these types
 *   meddle mute:T,T ROOT COMMAND...   or does not answer them
 *
 * Whatever is asked for: what would reach the whole machine, its clock and its swap, is not done
 * and succeeds.
 *
 * Without "all:" only calls that may change what others see count, as the world looks the same
 * before the next one of these as before any call until then. Ends with the command's status, or
 * 137 when it was killed. To be the first process of its name space: with it all that the command
 * began ends, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

#define BROKEN	     99
#define NO_SUCH_TYPE 1000 /* of rtnetlink */

enum random { GOOD, WEAK, UNREADY, NONE };

struct wish {
	bool all;	  /* calls count, not only those that change something */
	unsigned long at; /* which is its last; 0: none */
	enum random random;
	bool marks;
	const char *types; /* of rtnetlink, that are not known; NULL: none */
	bool is_mute;	   /* they are not even answered */
};

static const int changing[] = {
	SYS_write,     SYS_writev,   SYS_pwrite64,     SYS_rename,	  SYS_renameat,
	SYS_renameat2, SYS_mkdir,    SYS_mkdirat,      SYS_rmdir,	  SYS_link,
	SYS_linkat,    SYS_unlink,   SYS_unlinkat,     SYS_symlink,	  SYS_symlinkat,
	SYS_chmod,     SYS_fchmod,   SYS_fchmodat,     SYS_chown,	  SYS_fchown,
	SYS_lchown,    SYS_fchownat, SYS_truncate,     SYS_ftruncate,	  SYS_fallocate,
	SYS_mknod,     SYS_mknodat,  SYS_utimensat,    SYS_sethostname,	  SYS_clone,
	SYS_clone3,    SYS_fork,     SYS_vfork,	       SYS_wait4,	  SYS_waitid,
	SYS_sendto,    SYS_sendmsg,  SYS_mount,	       SYS_umount2,	  SYS_swapon,
	SYS_ioctl,     SYS_sendfile, SYS_settimeofday, SYS_clock_settime, SYS_exit_group,
};

static bool changes(const struct __ptrace_syscall_info *i)
{
	if (i->entry.nr == SYS_open)
		return i->entry.args[1] & (O_CREAT | O_TRUNC);
	if (i->entry.nr == SYS_openat)
		return i->entry.args[2] & (O_CREAT | O_TRUNC);
	for (size_t k = 0; k < ARRAY_SIZE(changing); k++)
		if (i->entry.nr == (unsigned long long)changing[k])
			return true;
	return false;
}

_Noreturn static void child(const char *root, char **argv)
{
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0 || chroot(root) < 0 || chdir("/") < 0) {
		perror("meddle");
		_exit(BROKEN);
	}
	raise(SIGSTOP);
	execv(argv[0], argv);
	_exit(BROKEN);
}

/* The next stop, with what came with it in *status; false: it has ended. */
static bool step(pid_t pid, int *status, int sig)
{
	if (ptrace(PTRACE_SYSCALL, pid, 0, sig) < 0 && errno != ESRCH)
		return false;
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFSTOPPED(*status);
}

/* true: it begins or ends a call. */
static bool at_call(pid_t pid, int status, struct __ptrace_syscall_info *ret)
{
	return WSTOPSIG(status) == (SIGTRAP | 0x80) &&
	       ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(*ret), ret) > 0;
}

static void set_register(pid_t pid, size_t offset, long value)
{
	if (ptrace(PTRACE_POKEUSER, pid, offset, value) < 0)
		perror("meddle");
}

static void write_series(pid_t pid, uint64_t to, size_t n)
{
	static uint64_t words[512], last;
	struct iovec here = {words, n < sizeof(words) ? n : sizeof(words)};
	struct iovec there = {(void *)(uintptr_t)to, here.iov_len};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = last += 0x9e3779b97f4a7c15;
	if (process_vm_writev(pid, &here, 1, &there, 1, 0) < 0)
		perror("meddle");
}

/* At the end of a getrandom(2). */
static void spoil(pid_t pid, const struct __ptrace_syscall_info *call, enum random random)
{
	long error = random == NONE			   ? -ENOSYS
		     : call->entry.args[2] & GRND_NONBLOCK ? -EAGAIN
							   : -EINTR;

	if (random == WEAK)
		write_series(pid, call->entry.args[0], call->entry.args[1]);
	else
		set_register(pid, offsetof(struct user, regs.rax), error);
}

/* After a call: each file is made under a name with ".new" at its end, then waited for alone or
 * with others. false: a mark came before that. */
static bool is_in_order(pid_t pid, const struct __ptrace_syscall_info *call)
{
	static unsigned int waiting;
	char path[4096] = "";
	struct iovec here = {path, sizeof(path) - 1};
	struct iovec there = {(void *)(uintptr_t)call->entry.args[0], here.iov_len};

	if (call->entry.nr == SYS_fsync && waiting)
		waiting--;
	if (call->entry.nr == SYS_syncfs)
		waiting = 0;
	if (call->entry.nr != SYS_open || !changes(call))
		return true;
	/* The text may stand at the end of what can be read. */
	while (here.iov_len && process_vm_readv(pid, &here, 1, &there, 1, 0) < 0)
		there.iov_len = here.iov_len /= 2;
	if (strlen(path) > 4 && strcmp(path + strlen(path) - 4, ".new") == 0)
		waiting++;
	if (!waiting || !strstr(path, "/sem/config_"))
		return true;
	fprintf(stderr, "meddle: %s comes before %u files are on the disk\n", path, waiting);
	return false;
}

static bool has_type(const char *types, unsigned int type)
{
	for (char *end; *types; types = end + (*end == ','))
		if (strtoul(types, &end, 10) == type)
			return true;
		else if (end == types)
			return false;
	return false;
}

/* Before a sendto(2): a request of such a type becomes one of a type that there is none of, or one
 * that there is nothing to say to. */
static void forget_type(pid_t pid, const struct __ptrace_syscall_info *call, const struct wish *w)
{
	struct nlmsghdr head = {0};
	struct iovec here = {&head, sizeof(head)};
	struct iovec there = {(void *)(uintptr_t)call->entry.args[1], sizeof(head)};

	if (process_vm_readv(pid, &here, 1, &there, 1, 0) != sizeof(head) ||
	    head.nlmsg_len != call->entry.args[2] || !has_type(w->types, head.nlmsg_type))
		return;
	head.nlmsg_type = w->is_mute ? NLMSG_NOOP : NO_SUCH_TYPE;
	if (w->is_mute)
		head.nlmsg_flags = NLM_F_REQUEST;
	if (process_vm_writev(pid, &here, 1, &there, 1, 0) < 0)
		perror("meddle");
}

static bool is_played(const struct __ptrace_syscall_info *call)
{
	return call->entry.nr == SYS_swapon || call->entry.nr == SYS_swapoff ||
	       call->entry.nr == SYS_clock_settime || call->entry.nr == SYS_settimeofday ||
	       call->entry.nr == SYS_adjtimex || call->entry.nr == SYS_clock_adjtime;
}

static void on_entry(pid_t pid, const struct __ptrace_syscall_info *call, const struct wish *w)
{
	if (w->types && call->entry.nr == SYS_sendto)
		forget_type(pid, call, w);
	if (is_played(call))
		set_register(pid, offsetof(struct user, regs.orig_rax), -1);
}

/* false: this must not be. */
static bool on_exit_of(pid_t pid, const struct __ptrace_syscall_info *call, bool is_error,
		       const struct wish *w)
{
	if (is_played(call))
		set_register(pid, offsetof(struct user, regs.rax), 0);
	if (w->random != GOOD && call->entry.nr == SYS_getrandom)
		spoil(pid, call, w->random);
	return !w->marks || is_error || is_in_order(pid, call);
}

/* What else stopped it: a signal of its own goes on to it, what tracing brings does not. */
static int signal_of(int status)
{
	int sig = WSTOPSIG(status);

	return sig == (SIGTRAP | 0x80) || sig == SIGTRAP ? 0 : sig;
}

static int follow(pid_t pid, const struct wish *w, unsigned long *ret_n)
{
	struct __ptrace_syscall_info now, call = {0};
	bool begun = false;
	int status, sig = 0;

	*ret_n = 0;
	if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, 0,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) < 0)
		return BROKEN;
	while (step(pid, &status, sig)) {
		sig = signal_of(status);
		begun = begun || status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8);
		if (!begun || !at_call(pid, status, &now))
			continue;
		if (now.op == PTRACE_SYSCALL_INFO_EXIT) {
			if (!on_exit_of(pid, &call, now.exit.is_error, w))
				return BROKEN;
			continue;
		}
		call = now;
		on_entry(pid, &call, w);
		if ((!w->all && !changes(&call)) || ++*ret_n != w->at)
			continue;
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		return 128 + SIGKILL;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	static const char *const words[] = {
		[WEAK] = "weak", [UNREADY] = "unready", [NONE] = "none"};
	struct wish w = {.all = argc > 3 && strncmp(argv[1], "all:", 4) == 0};
	const char *how = argc > 3 ? argv[1] + (w.all ? 4 : 0) : "";
	unsigned long n = 0;
	pid_t pid;
	int code;

	if (argc < 4) {
		fprintf(stderr,
			"usage: meddle [all:]count|N|weak|unready|none|marks|lacks:T|mute:T ROOT "
			"COMMAND...\n");
		return BROKEN;
	}
	for (enum random r = WEAK; r <= NONE; r++)
		if (strcmp(how, words[r]) == 0)
			w.random = r;
	w.is_mute = strncmp(how, "mute:", 5) == 0;
	if (w.is_mute || strncmp(how, "lacks:", 6) == 0)
		w.types = strchr(how, ':') + 1;
	w.marks = strcmp(how, "marks") == 0;
	w.at = strtoul(how, NULL, 10);
	pid = fork();
	if (pid == 0)
		child(argv[2], argv + 3);
	code = pid < 0 ? BROKEN : follow(pid, &w, &n);
	if (strcmp(how, "count") == 0)
		printf("%lu\n", n);
	return code;
}
