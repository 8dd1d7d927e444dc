/* SPDX-License-Identifier: MIT */
/*
 * measure NAME COMMAND…: runs it in a control group of its own and adds a line to
 * /run/bench/samples: what it and everything it started took. measure --off: switches the machine
 * off.
 *
 * CPU is the group's (user and system, whoever waited for whom), wall time is until COMMAND itself
 * ends, the peak is the largest resident set that one process of the group had, whichever it was.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GROUPS	"/sys/fs/cgroup/"
#define SAMPLES "/run/bench/samples"

static __attribute__((noreturn)) void die(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(125);
}

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static FILE *open_in(const char *group, const char *file, const char *mode)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), GROUPS "%s/%s", group, file);
	f = fopen(path, mode);
	if (!f)
		die(path);
	return f;
}

/* The number behind key in a file of "key number" lines, 0 if there is none. */
static uint64_t number_behind(FILE *f, const char *key)
{
	unsigned long long value = 0;
	char line[256];
	size_t n = strlen(key);

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, key, n) == 0)
			value = strtoull(line + n, NULL, 10);
	if (f)
		fclose(f);
	return value;
}

static void larger(uint64_t *peak_kib, uint64_t kib)
{
	if (kib > *peak_kib)
		*peak_kib = kib;
}

/* Waits for pid; those that ended before it and had nobody else to wait for them count too. */
static int wait_for(pid_t pid, uint64_t *peak_kib)
{
	struct rusage ru;
	int status = 0;
	pid_t who;

	do {
		who = wait4(-1, &status, 0, &ru);
		if (who > 0)
			larger(peak_kib, (uint64_t)ru.ru_maxrss);
	} while (who != pid && (who > 0 || errno == EINTR));
	return status;
}

/* Orphans came to us: those that stay, and those that end meanwhile. Returns how many stay. */
static unsigned int orphans(const char *group, uint64_t *peak_kib)
{
	FILE *f = open_in(group, "cgroup.procs", "re");
	unsigned int n = 0;
	char path[64];
	struct rusage ru;
	int pid;

	while (fscanf(f, "%d", &pid) == 1) {
		snprintf(path, sizeof(path), "/proc/%d/status", pid);
		larger(peak_kib, number_behind(fopen(path, "re"), "VmHWM:"));
		n++;
	}
	fclose(f);
	while (wait4(-1, NULL, WNOHANG, &ru) > 0)
		larger(peak_kib, (uint64_t)ru.ru_maxrss);
	return n;
}

static pid_t start(const char *group, char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		FILE *f = open_in(group, "cgroup.procs", "we");

		fprintf(f, "%d\n", (int)getpid());
		if (fclose(f))
			die("cgroup.procs");
		execvp(argv[0], argv);
		die(argv[0]);
	}
	return pid;
}

static int measure(const char *name, char **argv)
{
	FILE *out = fopen(SAMPLES, "ae");
	uint64_t began, wall, peak_kib = 0;
	char path[256];
	unsigned int stay;
	int status;

	snprintf(path, sizeof(path), GROUPS "%s", name);
	if (!out || mkdir(path, 0755) < 0)
		die(path);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	began = now_us();
	status = wait_for(start(name, argv), &peak_kib);
	wall = now_us() - began;
	stay = orphans(name, &peak_kib);
	fprintf(out,
		"{\"stage\": \"%s\", \"exit\": %d, \"wall_us\": %llu, \"cpu_us\": %llu, "
		"\"peak_kib\": %llu, \"stay\": %u}\n",
		name, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
		(unsigned long long)wall,
		(unsigned long long)number_behind(open_in(name, "cpu.stat", "re"), "usage_usec "),
		(unsigned long long)peak_kib, stay);
	return fclose(out) ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--off") == 0) {
		sync();
		reboot(RB_POWER_OFF);
		die("reboot");
	}
	if (argc < 3) {
		fprintf(stderr, "usage: measure NAME COMMAND…\n       measure --off\n");
		return 64;
	}
	return measure(argv[1], argv + 2);
}
