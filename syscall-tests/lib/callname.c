/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <termios.h>

#include "callname.h"
#include "inside.h"

enum { NONE = -1 };

struct row {
	const char *name;
	enum gives gives;
	signed char sub[2]; /* arguments that make it another call, NONE at the end */
};

/* Each pastes for itself: some of these names are macros of the library. */
#define ROW2(call, gives, a, b) [SYS_##call] = {#call, (gives), {(a), (b)}}
#define ROW1(call, gives, a)	[SYS_##call] = {#call, (gives), {(a), NONE}}
#define ROW(call, gives)	[SYS_##call] = {#call, (gives), {NONE, NONE}}

static const struct row rows[] = {
	ROW(read, GIVES_COUNT),
	ROW(pread64, GIVES_COUNT),
	ROW(readv, GIVES_COUNT),
	ROW(preadv, GIVES_COUNT),
	ROW(preadv2, GIVES_COUNT),
	ROW(write, GIVES_COUNT),
	ROW(pwrite64, GIVES_COUNT),
	ROW(writev, GIVES_COUNT),
	ROW(pwritev, GIVES_COUNT),
	ROW(pwritev2, GIVES_COUNT),
	ROW(sendfile, GIVES_COUNT),
	ROW(splice, GIVES_COUNT),
	ROW(tee, GIVES_COUNT),
	ROW(copy_file_range, GIVES_COUNT),
	ROW(recvfrom, GIVES_COUNT),
	ROW(recvmsg, GIVES_COUNT),
	ROW(recvmmsg, GIVES_COUNT),
	ROW(sendto, GIVES_COUNT),
	ROW(sendmsg, GIVES_COUNT),
	ROW(sendmmsg, GIVES_COUNT),
	ROW(getdents64, GIVES_COUNT),
	ROW(getrandom, GIVES_COUNT),
	ROW(readlink, GIVES_COUNT),
	ROW(readlinkat, GIVES_COUNT),
	ROW(getgroups, GIVES_COUNT),
	ROW(getcwd, GIVES_COUNT),
	ROW(poll, GIVES_COUNT),
	ROW(ppoll, GIVES_COUNT),
	ROW(select, GIVES_COUNT),
	ROW(pselect6, GIVES_COUNT),
	ROW(epoll_wait, GIVES_COUNT),
	ROW(epoll_pwait, GIVES_COUNT),
	ROW(epoll_pwait2, GIVES_COUNT),
	ROW(open, GIVES_FD),
	ROW(openat, GIVES_FD),
	ROW(openat2, GIVES_FD),
	ROW(creat, GIVES_FD),
	ROW(dup, GIVES_FD),
	ROW(dup2, GIVES_FD),
	ROW(dup3, GIVES_FD),
	ROW(socket, GIVES_FD),
	ROW(accept, GIVES_FD),
	ROW(accept4, GIVES_FD),
	ROW(epoll_create, GIVES_FD),
	ROW(epoll_create1, GIVES_FD),
	ROW(eventfd, GIVES_FD),
	ROW(eventfd2, GIVES_FD),
	ROW(signalfd, GIVES_FD),
	ROW(signalfd4, GIVES_FD),
	ROW(timerfd_create, GIVES_FD),
	ROW(inotify_init1, GIVES_FD),
	ROW(memfd_create, GIVES_FD),
	ROW(pidfd_open, GIVES_FD),
	ROW(pipe, GIVES_PAIR),
	ROW(pipe2, GIVES_PAIR),
	ROW(socketpair, GIVES_PAIR),
	ROW(wait4, GIVES_PID),
	ROW(getpgid, GIVES_PID),
	ROW(getpgrp, GIVES_PID),
	ROW(getsid, GIVES_PID),
	ROW(getpid, GIVES_PID),
	ROW(getppid, GIVES_PID),
	ROW(gettid, GIVES_PID),
	ROW(setsid, GIVES_PID),
	ROW(getuid, GIVES_VALUE),
	ROW(geteuid, GIVES_VALUE),
	ROW(getgid, GIVES_VALUE),
	ROW(getegid, GIVES_VALUE),
	ROW(getpriority, GIVES_VALUE),
	ROW(fork, GIVES_CHILD),
	ROW(vfork, GIVES_CHILD),
	ROW(clone, GIVES_CHILD),
	ROW(clone3, GIVES_CHILD),
	ROW(execve, GIVES_STATUS),
	ROW(execveat, GIVES_STATUS),
	ROW(waitid, GIVES_STATUS),
	ROW(close, GIVES_STATUS),
	ROW(close_range, GIVES_STATUS),
	ROW1(lseek, GIVES_STATUS, 2),
	ROW(ftruncate, GIVES_STATUS),
	ROW(truncate, GIVES_STATUS),
	ROW(fallocate, GIVES_STATUS),
	ROW(fsync, GIVES_STATUS),
	ROW(fdatasync, GIVES_STATUS),
	ROW(statfs, GIVES_STATUS),
	ROW(fstatfs, GIVES_STATUS),
	ROW(stat, GIVES_STATUS),
	ROW(lstat, GIVES_STATUS),
	ROW(fstat, GIVES_STATUS),
	ROW(newfstatat, GIVES_STATUS),
	ROW(statx, GIVES_STATUS),
	ROW(access, GIVES_STATUS),
	ROW(faccessat, GIVES_STATUS),
	ROW(faccessat2, GIVES_STATUS),
	ROW(chdir, GIVES_STATUS),
	ROW(fchdir, GIVES_STATUS),
	ROW(chroot, GIVES_STATUS),
	ROW(mkdir, GIVES_STATUS),
	ROW(mkdirat, GIVES_STATUS),
	ROW(rmdir, GIVES_STATUS),
	ROW(unlink, GIVES_STATUS),
	ROW(unlinkat, GIVES_STATUS),
	ROW(rename, GIVES_STATUS),
	ROW(renameat, GIVES_STATUS),
	ROW(renameat2, GIVES_STATUS),
	ROW(link, GIVES_STATUS),
	ROW(linkat, GIVES_STATUS),
	ROW(symlink, GIVES_STATUS),
	ROW(symlinkat, GIVES_STATUS),
	ROW(mknod, GIVES_STATUS),
	ROW(mknodat, GIVES_STATUS),
	ROW(chmod, GIVES_STATUS),
	ROW(fchmod, GIVES_STATUS),
	ROW(fchmodat, GIVES_STATUS),
	ROW(chown, GIVES_STATUS),
	ROW(fchown, GIVES_STATUS),
	ROW(lchown, GIVES_STATUS),
	ROW(fchownat, GIVES_STATUS),
	ROW(utimensat, GIVES_STATUS),
	ROW(flock, GIVES_STATUS),
	ROW(timerfd_settime, GIVES_STATUS),
	ROW(timerfd_gettime, GIVES_STATUS),
	ROW(inotify_add_watch, GIVES_STATUS),
	ROW(inotify_rm_watch, GIVES_STATUS),
	ROW(umask, GIVES_VALUE),
	ROW(bind, GIVES_STATUS),
	ROW(listen, GIVES_STATUS),
	ROW(connect, GIVES_STATUS),
	ROW(getsockname, GIVES_STATUS),
	ROW(getpeername, GIVES_STATUS),
	ROW1(shutdown, GIVES_STATUS, 1),
	ROW2(setsockopt, GIVES_STATUS, 1, 2),
	ROW2(getsockopt, GIVES_STATUS, 1, 2),
	ROW1(ioctl, GIVES_STATUS, 1),
	ROW1(fcntl, GIVES_STATUS, 1),
	ROW1(epoll_ctl, GIVES_STATUS, 1),
	ROW1(prctl, GIVES_STATUS, 0),
	ROW1(seccomp, GIVES_STATUS, 0),
	ROW1(arch_prctl, GIVES_STATUS, 0),
	ROW1(futex, GIVES_STATUS, 1),
	ROW1(kill, GIVES_STATUS, 1),
	ROW1(tkill, GIVES_STATUS, 1),
	ROW1(tgkill, GIVES_STATUS, 2),
	ROW1(pidfd_send_signal, GIVES_STATUS, 1),
	ROW1(rt_sigaction, GIVES_STATUS, 0),
	ROW1(rt_sigprocmask, GIVES_STATUS, 0),
	ROW(rt_sigpending, GIVES_STATUS),
	ROW(rt_sigsuspend, GIVES_STATUS),
	ROW(rt_sigtimedwait, GIVES_STATUS),
	ROW(rt_sigreturn, GIVES_STATUS),
	ROW(sigaltstack, GIVES_STATUS),
	ROW(pause, GIVES_STATUS),
	ROW(alarm, GIVES_STATUS),
	ROW1(setitimer, GIVES_STATUS, 0),
	ROW1(getitimer, GIVES_STATUS, 0),
	ROW(nanosleep, GIVES_STATUS),
	ROW(clock_nanosleep, GIVES_STATUS),
	ROW(clock_gettime, GIVES_STATUS),
	ROW(clock_getres, GIVES_STATUS),
	ROW(timer_create, GIVES_STATUS),
	ROW(timer_settime, GIVES_STATUS),
	ROW(timer_gettime, GIVES_STATUS),
	ROW(timer_getoverrun, GIVES_VALUE),
	ROW(timer_delete, GIVES_STATUS),
	ROW(gettimeofday, GIVES_STATUS),
	ROW(time, GIVES_VALUE),
	ROW(vhangup, GIVES_STATUS),
	ROW(setfsuid, GIVES_VALUE),
	ROW(setfsgid, GIVES_VALUE),
	ROW(setuid, GIVES_STATUS),
	ROW(setgid, GIVES_STATUS),
	ROW(setreuid, GIVES_STATUS),
	ROW(setregid, GIVES_STATUS),
	ROW(setresuid, GIVES_STATUS),
	ROW(setresgid, GIVES_STATUS),
	ROW(getresuid, GIVES_STATUS),
	ROW(getresgid, GIVES_STATUS),
	ROW(setgroups, GIVES_STATUS),
	ROW(setpgid, GIVES_STATUS),
	ROW(capget, GIVES_STATUS),
	ROW(capset, GIVES_STATUS),
	ROW(setpriority, GIVES_STATUS),
	ROW1(prlimit64, GIVES_STATUS, 1),
	ROW1(setrlimit, GIVES_STATUS, 0),
	ROW1(getrlimit, GIVES_STATUS, 0),
	ROW(getrusage, GIVES_STATUS),
	ROW(uname, GIVES_STATUS),
	ROW(sysinfo, GIVES_STATUS),
	ROW(mmap, GIVES_STATUS),
	ROW(munmap, GIVES_STATUS),
	ROW(mprotect, GIVES_STATUS),
	ROW(mremap, GIVES_STATUS),
	ROW(madvise, GIVES_STATUS),
	ROW(msync, GIVES_STATUS),
	ROW(brk, GIVES_STATUS),
	ROW(mlock, GIVES_STATUS),
	ROW(munlock, GIVES_STATUS),
	ROW(shmget, GIVES_STATUS),
	ROW(shmat, GIVES_STATUS),
	ROW(shmdt, GIVES_STATUS),
	ROW1(shmctl, GIVES_STATUS, 1),
	ROW(semget, GIVES_STATUS),
	ROW(semop, GIVES_STATUS),
	ROW1(semctl, GIVES_STATUS, 2),
	ROW(exit, GIVES_STATUS),
	ROW(exit_group, GIVES_STATUS),
	ROW(set_tid_address, GIVES_VALUE),
	ROW(sched_yield, GIVES_STATUS),
	ROW(restart_syscall, GIVES_STATUS),
};

/* ---- What is left alone ------------------------------------------------------------------- */

enum { ANY = -1 };

static const struct exempt {
	long nr;
	int arg; /* ANY: every call of it; else only with this argument equal to value */
	uint32_t value;
	const char *reason;
} exempts[] = {
	{SYS_exit, ANY, 0, "never comes back: there is no answer that could lie"},
	{SYS_exit_group, ANY, 0, "never comes back: there is no answer that could lie"},
	{SYS_rt_sigreturn, ANY, 0, "the end of a signal handler, no call of the program"},
	{SYS_restart_syscall, ANY, 0, "the kernel's own way back into a call"},
	{SYS_mmap, ANY, 0, "the library's memory, guarded buffers"},
	{SYS_munmap, ANY, 0, "the library's memory"},
	{SYS_mprotect, ANY, 0, "the library's memory, guarded buffers"},
	{SYS_madvise, ANY, 0, "the library's memory"},
	{SYS_mremap, ANY, 0, "the library's memory"},
	{SYS_brk, ANY, 0, "the library's memory"},
	{SYS_futex, ANY, 0, "the library's locks"},
	{SYS_rt_sigprocmask, ANY, 0, "the library blocks signals around fork, raise and abort"},
	{SYS_set_tid_address, ANY, 0, "the library's start after fork and execve"},
	{SYS_arch_prctl, ANY, 0, "the library's start after execve"},
	{SYS_getpid, ANY, 0, "cannot fail; a made-up process might be signalled"},
	{SYS_gettid, ANY, 0, "cannot fail; the library asks it in fork and raise"},
	{SYS_getppid, ANY, 0, "child_start asks whether the probe still lives"},
	{SYS_clock_gettime, ANY, 0, "the clock behind patience_ms"},
	{SYS_gettimeofday, ANY, 0, "the clock"},
	{SYS_time, ANY, 0, "the clock"},
	{SYS_poll, 1, 0, "a poll of no descriptors is pause_briefly"},
	{SYS_fcntl, 1, F_SETFD, "the library sets close-on-exec again behind open(O_CLOEXEC)"},
	{SYS_prctl, 0, PR_SET_PDEATHSIG, "the net below child_start"},
	{SYS_rt_sigaction, 0, SIGALRM,
	 "the net below calls that must not block: "
	 "interrupt_when_late"},
	{SYS_setitimer, 0, ITIMER_REAL,
	 "the net below calls that must not block: "
	 "interrupt_when_late"},
};

const char *callname_exempt(long nr, const uint64_t arg[6])
{
	for (size_t i = 0; i < sizeof(exempts) / sizeof(exempts[0]); i++) {
		const struct exempt *e = &exempts[i];

		if (e->nr == nr && (e->arg == ANY || (uint32_t)arg[e->arg] == e->value))
			return e->reason;
	}
	return NULL;
}

void callname_print_exempt(void)
{
	for (size_t i = 0; i < sizeof(exempts) / sizeof(exempts[0]); i++) {
		const struct exempt *e = &exempts[i];

		printf("%s", rows[e->nr].name);
		if (e->arg != ANY)
			printf(" (argument %d is %u)", e->arg, (unsigned)e->value);
		printf(": %s\n", e->reason);
	}
}

/* ---- Names -------------------------------------------------------------------------------- */

struct word {
	uint32_t value;
	const char *name;
};

#define W(name)                         \
	{                               \
		(uint32_t)(name), #name \
	}

static const struct word ioctls[] = {
	W(TCGETS),
	W(TCSETS),
	{0x5403, "TCSETSW"},
	{0x5404, "TCSETSF"},
	{0x802c542a, "TCGETS2"},
	{0x402c542b, "TCSETS2"},
	W(TCSBRK),
	W(TCSBRKP),
	W(TCXONC),
	W(TCFLSH),
	W(TIOCEXCL),
	W(TIOCNXCL),
	W(TIOCSCTTY),
	W(TIOCGPGRP),
	W(TIOCSPGRP),
	W(TIOCOUTQ),
	W(TIOCSTI),
	W(TIOCGWINSZ),
	W(TIOCSWINSZ),
	W(TIOCMGET),
	W(TIOCNOTTY),
	W(TIOCSETD),
	W(TIOCGETD),
	W(TIOCGSID),
	W(TIOCPKT),
	W(TIOCSBRK),
	W(TIOCCBRK),
	W(TIOCGPTN),
	W(TIOCSPTLCK),
	{0x80045439, "TIOCGPTLCK"},
	{0x80045438, "TIOCGPKT"},
	{0x80045440, "TIOCGEXCL"},
	{0x5441, "TIOCGPTPEER"},
	W(FIONREAD),
	W(FIONBIO),
	W(FIOASYNC),
	W(FIOCLEX),
	W(FIONCLEX),
	W(SIOCGIFCONF),
	W(SIOCGIFADDR),
	W(SIOCGIFFLAGS),
	W(SIOCGIFNETMASK),
	W(SIOCGIFINDEX),
	W(SIOCATMARK),
};
static const struct word fcntls[] = {
	W(F_DUPFD),	 W(F_DUPFD_CLOEXEC), W(F_GETFD),     W(F_SETFD),      W(F_GETFL),
	W(F_SETFL),	 W(F_GETLK),	     W(F_SETLK),     W(F_SETLKW),     W(F_SETOWN),
	W(F_GETOWN),	 W(F_SETSIG),	     W(F_SETOWN_EX), W(F_GETOWN_EX),  W(F_SETPIPE_SZ),
	W(F_GETPIPE_SZ), W(F_OFD_GETLK),     W(F_OFD_SETLK), W(F_OFD_SETLKW), W(F_ADD_SEALS),
	W(F_GET_SEALS),
};
static const struct word epoll_ops[] = {W(EPOLL_CTL_ADD), W(EPOLL_CTL_MOD), W(EPOLL_CTL_DEL)};
static const struct word prctls[] = {
	W(PR_SET_PDEATHSIG),	   W(PR_SET_KEEPCAPS),	   W(PR_SET_DUMPABLE),
	W(PR_GET_DUMPABLE),	   W(PR_SET_NO_NEW_PRIVS), W(PR_GET_NO_NEW_PRIVS),
	W(PR_SET_SECCOMP),	   W(PR_GET_SECCOMP),	   W(PR_CAPBSET_READ),
	W(PR_CAPBSET_DROP),	   W(PR_GET_PDEATHSIG),	   W(PR_SET_CHILD_SUBREAPER),
	W(PR_GET_CHILD_SUBREAPER), W(PR_SET_NAME),	   W(PR_GET_NAME),
	W(PR_GET_SECUREBITS),	   W(PR_SET_SECUREBITS),   W(PR_CAP_AMBIENT),
};
static const struct word levels[] = {
	W(SOL_SOCKET), {IPPROTO_IP, "IP"}, {IPPROTO_TCP, "TCP"}, {IPPROTO_IPV6, "IPV6"}};
static const struct word socket_opts[] = {
	W(SO_REUSEADDR), W(SO_TYPE),	  W(SO_ERROR),	   W(SO_BROADCAST), W(SO_SNDBUF),
	W(SO_RCVBUF),	 W(SO_KEEPALIVE), W(SO_OOBINLINE), W(SO_LINGER),    W(SO_REUSEPORT),
	W(SO_PASSCRED),	 W(SO_PEERCRED),  W(SO_RCVTIMEO),  W(SO_SNDTIMEO),  W(SO_ACCEPTCONN),
	W(SO_PROTOCOL),	 W(SO_DOMAIN),	  W(SO_RCVLOWAT),
};
static const struct word ip_opts[] = {W(IP_TOS), W(IP_TTL), W(IP_PKTINFO), W(IP_RECVERR)};
static const struct word tcp_opts[] = {
	W(TCP_NODELAY),	  W(TCP_MAXSEG),       W(TCP_CORK),	    W(TCP_KEEPIDLE),
	W(TCP_KEEPINTVL), W(TCP_KEEPCNT),      W(TCP_DEFER_ACCEPT), W(TCP_INFO),
	W(TCP_QUICKACK),  W(TCP_USER_TIMEOUT), W(TCP_FASTOPEN),
};
static const struct word ipv6_opts[] = {W(IPV6_V6ONLY), W(IPV6_TCLASS)};
static const struct word hows[] = {W(SHUT_RD), W(SHUT_WR), W(SHUT_RDWR)};
static const struct word limits[] = {W(RLIMIT_NOFILE), W(RLIMIT_CORE), W(RLIMIT_STACK)};
static const struct word whences[] = {W(SEEK_SET), W(SEEK_CUR), W(SEEK_END), W(SEEK_DATA),
				      W(SEEK_HOLE)};
static const struct word timers[] = {W(ITIMER_REAL), W(ITIMER_VIRTUAL), W(ITIMER_PROF)};
static const struct word sem_commands[] = {W(GETVAL), W(SETVAL), W(GETNCNT), W(IPC_RMID)};
static const struct word shm_commands[] = {W(IPC_STAT), W(IPC_RMID)};
static const struct word masks[] = {W(SIG_BLOCK), W(SIG_UNBLOCK), W(SIG_SETMASK)};

#define WORDS(table) (table), sizeof(table) / sizeof((table)[0])

static const struct vocabulary {
	long nr;
	int sub;	/* the argument's place among those that matter */
	uint32_t level; /* of a socket option */
	const struct word *words;
	size_t n;
} vocabularies[] = {
	{SYS_ioctl, 0, 0, WORDS(ioctls)},
	{SYS_fcntl, 0, 0, WORDS(fcntls)},
	{SYS_epoll_ctl, 0, 0, WORDS(epoll_ops)},
	{SYS_prctl, 0, 0, WORDS(prctls)},
	{SYS_shutdown, 0, 0, WORDS(hows)},
	{SYS_prlimit64, 0, 0, WORDS(limits)},
	{SYS_setrlimit, 0, 0, WORDS(limits)},
	{SYS_getrlimit, 0, 0, WORDS(limits)},
	{SYS_lseek, 0, 0, WORDS(whences)},
	{SYS_setitimer, 0, 0, WORDS(timers)},
	{SYS_getitimer, 0, 0, WORDS(timers)},
	{SYS_rt_sigprocmask, 0, 0, WORDS(masks)},
	{SYS_semctl, 0, 0, WORDS(sem_commands)},
	{SYS_shmctl, 0, 0, WORDS(shm_commands)},
	{SYS_setsockopt, 0, 0, WORDS(levels)},
	{SYS_getsockopt, 0, 0, WORDS(levels)},
	{SYS_setsockopt, 1, SOL_SOCKET, WORDS(socket_opts)},
	{SYS_getsockopt, 1, SOL_SOCKET, WORDS(socket_opts)},
	{SYS_setsockopt, 1, IPPROTO_IP, WORDS(ip_opts)},
	{SYS_getsockopt, 1, IPPROTO_IP, WORDS(ip_opts)},
	{SYS_setsockopt, 1, IPPROTO_TCP, WORDS(tcp_opts)},
	{SYS_getsockopt, 1, IPPROTO_TCP, WORDS(tcp_opts)},
	{SYS_setsockopt, 1, IPPROTO_IPV6, WORDS(ipv6_opts)},
	{SYS_getsockopt, 1, IPPROTO_IPV6, WORDS(ipv6_opts)},
};

static const char *sub_word(const struct callsite *site, int sub)
{
	for (size_t i = 0; i < sizeof(vocabularies) / sizeof(vocabularies[0]); i++) {
		const struct vocabulary *v = &vocabularies[i];

		if (v->nr != site->nr || v->sub != sub || (sub && v->level != site->sub[0]))
			continue;
		for (size_t w = 0; w < v->n; w++)
			if (v->words[w].value == site->sub[sub])
				return v->words[w].name;
	}
	return NULL;
}

static bool takes_signal(long nr)
{
	return nr == SYS_kill || nr == SYS_tkill || nr == SYS_tgkill || nr == SYS_rt_sigaction;
}

static const struct row *row_of(long nr)
{
	static const struct row unknown = {NULL, GIVES_STATUS, {NONE, NONE}};

	if (nr < 0 || (size_t)nr >= sizeof(rows) / sizeof(rows[0]) || !rows[nr].name)
		return &unknown;
	return &rows[nr];
}

struct callsite callname_site(long nr, const uint64_t arg[6])
{
	const struct row *row = row_of(nr);
	struct callsite site = {.nr = nr};

	while (site.subs < 2 && row->sub[site.subs] != NONE) {
		site.sub[site.subs] = (uint32_t)arg[row->sub[site.subs]];
		site.subs++;
	}
	return site;
}

bool callname_same(const struct callsite *a, const struct callsite *b)
{
	return a->nr == b->nr && a->subs == b->subs && a->sub[0] == b->sub[0] &&
	       a->sub[1] == b->sub[1];
}

const char *callname_text(const struct callsite *site, char *buf, size_t len)
{
	const struct row *row = row_of(site->nr);
	size_t n;

	if (row->name)
		n = (size_t)snprintf(buf, len, "%s", row->name);
	else
		n = (size_t)snprintf(buf, len, "call%ld", site->nr);
	for (int i = 0; i < site->subs && n < len; i++) {
		const char *word = sub_word(site, i);

		if (!word && takes_signal(site->nr) && site->sub[i] && site->sub[i] <= SIGSYS)
			word = signal_name((int)site->sub[i]);
		if (word)
			n += (size_t)snprintf(buf + n, len - n, ":%s", word);
		else
			n += (size_t)snprintf(buf + n, len - n, ":%#x", (unsigned)site->sub[i]);
	}
	return buf;
}

/* Those whose answer is what the call returns. */
static bool prctl_tells(uint32_t option)
{
	return option == PR_GET_NO_NEW_PRIVS || option == PR_GET_DUMPABLE ||
	       option == PR_GET_SECCOMP || option == PR_CAPBSET_READ || option == PR_GET_SECUREBITS;
}

static bool fcntl_tells(uint32_t command)
{
	return command == F_GETFD || command == F_GETFL || command == F_GET_SEALS;
}

enum gives callname_gives(const struct callsite *site)
{
	if (site->nr == SYS_fcntl && (site->sub[0] == F_DUPFD || site->sub[0] == F_DUPFD_CLOEXEC))
		return GIVES_FD;
	if (site->nr == SYS_ioctl && site->sub[0] == 0x5441) /* TIOCGPTPEER */
		return GIVES_FD;
	if (site->nr == SYS_fcntl && site->sub[0] == F_GETOWN)
		return GIVES_PID;
	if ((site->nr == SYS_fcntl && fcntl_tells(site->sub[0])) ||
	    (site->nr == SYS_semctl && (site->sub[0] == GETVAL || site->sub[0] == GETNCNT)) ||
	    (site->nr == SYS_prctl && prctl_tells(site->sub[0])) ||
	    (site->nr == SYS_lseek && site->sub[0] == SEEK_CUR))
		return GIVES_VALUE;
	return row_of(site->nr)->gives;
}

long callname_older(long nr)
{
	static const struct {
		long nr, older;
	} family[] = {
		{SYS_epoll_pwait, SYS_epoll_wait},
		{SYS_epoll_create1, SYS_epoll_create},
		{SYS_accept4, SYS_accept},
		{SYS_pipe2, SYS_pipe},
		{SYS_dup3, SYS_dup2},
		{SYS_eventfd2, SYS_eventfd},
		{SYS_signalfd4, SYS_signalfd},
		{SYS_prlimit64, SYS_setrlimit},
		{SYS_faccessat2, SYS_faccessat},
		{SYS_renameat2, SYS_renameat},
		{SYS_newfstatat, SYS_stat},
	};

	for (size_t i = 0; i < sizeof(family) / sizeof(family[0]); i++)
		if (family[i].nr == nr)
			return family[i].older;
	return nr;
}

int callname_pair_arg(const struct callsite *site)
{
	return site->nr == SYS_socketpair ? 3 : 0;
}
