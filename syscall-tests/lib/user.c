/* SPDX-License-Identifier: MIT */
#include <grp.h>
#include <sys/prctl.h>

#include "probe.h"
#include "lib/user.h"

struct job {
	void (*fn)(void *arg);
	void *arg;
};

void become_user(void)
{
	SETUP_OK(setgroups(0, NULL));
	SETUP_OK(setresgid(USER_GID, USER_GID, USER_GID));
	SETUP_OK(setresuid(USER_UID, USER_UID, USER_UID));
	/* Changing ids clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void run_job(void *arg)
{
	struct job *job = arg;

	become_user();
	job->fn(job->arg);
}

int as_user(void (*fn)(void *arg), void *arg)
{
	struct job job = {fn, arg};

	return child_join(child_start(run_job, &job));
}
