/* SPDX-License-Identifier: MIT */
/* Names of error numbers and signals, so that a verdict reads without a manual. */
#include <stdio.h>
#include <sys/wait.h>

#include "probe.h"

enum {
	/* What a DragonOS kernel answers when the call panicked and the panic was caught, and how
	 * it ends a process whose panic was not. */
	ERRNO_PANIC = 4095,
	WAIT_PANIC = 0xfffff,
};

#define E(name) [name] = #name
static const char *const errno_names[] = {
	[0] = "no error",   E(EPERM),
	E(ENOENT),	    E(ESRCH),
	E(EINTR),	    E(EIO),
	E(ENXIO),	    E(E2BIG),
	E(ENOEXEC),	    E(EBADF),
	E(ECHILD),	    E(EAGAIN),
	E(ENOMEM),	    E(EACCES),
	E(EFAULT),	    E(ENOTBLK),
	E(EBUSY),	    E(EEXIST),
	E(EXDEV),	    E(ENODEV),
	E(ENOTDIR),	    E(EISDIR),
	E(EINVAL),	    E(ENFILE),
	E(EMFILE),	    E(ENOTTY),
	E(ETXTBSY),	    E(EFBIG),
	E(ENOSPC),	    E(ESPIPE),
	E(EROFS),	    E(EMLINK),
	E(EPIPE),	    E(EDOM),
	E(ERANGE),	    E(EDEADLK),
	E(ENAMETOOLONG),    E(ENOLCK),
	E(ENOSYS),	    E(ENOTEMPTY),
	E(ELOOP),	    E(ENOMSG),
	E(EIDRM),	    E(ENODATA),
	E(ETIME),	    E(EPROTO),
	E(EBADMSG),	    E(EOVERFLOW),
	E(EUCLEAN),	    E(EILSEQ),
	E(ENOTSOCK),	    E(EDESTADDRREQ),
	E(EMSGSIZE),	    E(EPROTOTYPE),
	E(ENOPROTOOPT),	    E(EPROTONOSUPPORT),
	E(ESOCKTNOSUPPORT), E(EOPNOTSUPP),
	E(EPFNOSUPPORT),    E(EAFNOSUPPORT),
	E(EADDRINUSE),	    E(EADDRNOTAVAIL),
	E(ENETDOWN),	    E(ENETUNREACH),
	E(ENETRESET),	    E(ECONNABORTED),
	E(ECONNRESET),	    E(ENOBUFS),
	E(EISCONN),	    E(ENOTCONN),
	E(ESHUTDOWN),	    E(ETIMEDOUT),
	E(ECONNREFUSED),    E(EHOSTDOWN),
	E(EHOSTUNREACH),    E(EALREADY),
	E(EINPROGRESS),	    E(ESTALE),
	E(EDQUOT),	    E(ECANCELED),
	E(EOWNERDEAD),	    E(ENOTRECOVERABLE),
};

static const char *const signal_names[] = {
	E(SIGHUP),  E(SIGINT),	  E(SIGQUIT), E(SIGILL),  E(SIGTRAP),	E(SIGABRT), E(SIGBUS),
	E(SIGFPE),  E(SIGKILL),	  E(SIGUSR1), E(SIGSEGV), E(SIGUSR2),	E(SIGPIPE), E(SIGALRM),
	E(SIGTERM), E(SIGSTKFLT), E(SIGCHLD), E(SIGCONT), E(SIGSTOP),	E(SIGTSTP), E(SIGTTIN),
	E(SIGTTOU), E(SIGURG),	  E(SIGXCPU), E(SIGXFSZ), E(SIGVTALRM), E(SIGPROF), E(SIGWINCH),
	E(SIGIO),   E(SIGPWR),	  E(SIGSYS),
};

static const char *lookup(const char *const *names, size_t count, int number, const char *word)
{
	static char text[2][32];
	static int turn;

	if (number >= 0 && (size_t)number < count && names[number])
		return names[number];
	turn = !turn;
	snprintf(text[turn], sizeof(text[turn]), "%s %d", word, number);
	return text[turn];
}

const char *errno_name(int error)
{
	if (error == ERRNO_PANIC)
		return "errno 4095 (kernel panic recovered)";
	return lookup(errno_names, sizeof(errno_names) / sizeof(errno_names[0]), error, "errno");
}

const char *signal_name(int sig)
{
	return lookup(signal_names, sizeof(signal_names) / sizeof(signal_names[0]), sig, "signal");
}

const char *wait_name(int status)
{
	static char text[64];

	if (status == -1)
		return "nothing in time";
	if (status == WAIT_PANIC)
		return "wait status 0xfffff (killed by a kernel panic)";
	if (WIFEXITED(status))
		snprintf(text, sizeof(text), "exit %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "death by %s", signal_name(WTERMSIG(status)));
	else if (WIFCONTINUED(status))
		return "going on";
	else if (WIFSTOPPED(status))
		snprintf(text, sizeof(text), "a stop by %s", signal_name(WSTOPSIG(status)));
	else
		snprintf(text, sizeof(text), "wait status 0x%x", (unsigned)status);
	return text;
}
