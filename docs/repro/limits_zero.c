/* SPDX-License-Identifier: MIT */
/*
 * Limits that nobody set are not 0. bash takes RLIMIT_NPROC for the number of ended jobs to
 * remember: with 0 it makes no table, and crashes when a job was killed and `wait` looks for it.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	static const struct {
		int resource;
		const char *name;
	} limits[] = {{RLIMIT_NPROC, "processes"},
		      {RLIMIT_CPU, "seconds of processor time"},
		      {RLIMIT_DATA, "bytes of data"}};
	int wrong = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		return 2;
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct rlimit limit = {0};

		if (getrlimit(limits[i].resource, &limit) < 0)
			return 2;
		printf("at most %llu %s\n", (unsigned long long)limit.rlim_cur, limits[i].name);
		wrong += limit.rlim_cur == 0;
	}
	return wrong != 0;
}
