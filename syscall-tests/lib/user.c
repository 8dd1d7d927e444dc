/* SPDX-License-Identifier: MIT */
#include <grp.h>
#include <sys/prctl.h>

#include "probe.h"
#include "lib/user.h"

enum { STRAY_GID = 54321 };

struct job {
	void (*fn)(void *arg);
	void *arg;
};

void become_user(void)
{
	gid_t gid[3] = {0}, stray = STRAY_GID, group = 0;
	uid_t uid[3] = {0};

	/* One that it would keep, if leaving them had no effect. */
	SETUP_OK(setgroups(1, &stray));
	SETUP(getgroups(1, &group) == 1 && group == STRAY_GID, "setgroups set no group");
	SETUP_OK(setgroups(0, NULL));
	SETUP_EQ(getgroups(1, &group), 0);
	SETUP_OK(setresgid(USER_GID, USER_GID, USER_GID));
	SETUP_OK(getresgid(&gid[0], &gid[1], &gid[2]));
	SETUP(gid[0] == USER_GID && gid[1] == USER_GID && gid[2] == USER_GID,
	      "after setresgid the groups are %d, %d, %d", (int)gid[0], (int)gid[1], (int)gid[2]);
	SETUP_OK(setresuid(USER_UID, USER_UID, USER_UID));
	SETUP_OK(getresuid(&uid[0], &uid[1], &uid[2]));
	SETUP(uid[0] == USER_UID && uid[1] == USER_UID && uid[2] == USER_UID,
	      "after setresuid the users are %d, %d, %d", (int)uid[0], (int)uid[1], (int)uid[2]);
	/* Changing ids clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void run_job(void *arg)
{
	struct job *job = arg;

	become_user();
	job->fn(job->arg);
}

void as_user_at(const struct probe_at *at, void (*fn)(void *arg), void *arg)
{
	struct job job = {fn, arg};

	child_end_at(at, child_start(run_job, &job));
}
