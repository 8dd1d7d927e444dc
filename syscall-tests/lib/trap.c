/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"
#include "lib/trap.h"

enum { HANDLED = 7, MARK_SIG = 10, MARK_CODE, MARK_ADDR };

struct job {
	void (*fault)(void);
	int sig;
	const void *addr;
};

static const void *expected_addr;

static void on_trap(int sig, siginfo_t *info, void *context)
{
	mark_set(MARK_SIG, sig);
	mark_set(MARK_CODE, info->si_code);
	mark_set(MARK_ADDR, info->si_addr == expected_addr);
	_exit(HANDLED);
}

static void handled(void *arg)
{
	struct job *job = arg;
	struct sigaction act = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};

	expected_addr = job->addr;
	REQUIRE_OK(sigaction(job->sig, &act, NULL));
	job->fault();
}

static void unhandled(void *arg)
{
	struct job *job = arg;

	job->fault();
}

void expect_trap(void (*fault)(void), int sig, int code, const void *addr)
{
	struct job job = {fault, sig, addr};
	int status = child_join(child_start(handled, &job));

	/* A kernel that panics here must not be asked twice. */
	REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == HANDLED,
		"no handler ran: the process ended with %s", wait_name(status));
	EXPECT(mark_get(MARK_SIG) == sig, "the handler saw %s, expected %s",
	       signal_name(mark_get(MARK_SIG)), signal_name(sig));
	if (code != ANY_CODE)
		EXPECT(mark_get(MARK_CODE) == code, "si_code is %d, expected %d",
		       mark_get(MARK_CODE), code);
	if (addr)
		EXPECT(mark_get(MARK_ADDR), "si_addr is not the address of the fault");

	status = child_join(child_start(unhandled, &job));
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == sig,
	       "without a handler there was %s, not death by %s", wait_name(status),
	       signal_name(sig));
}
