/* SPDX-License-Identifier: MIT */
/*
 * measure NAME COMMAND…: runs it in a control group of its own and adds a line to
 * /run/bench/samples: what it and everything it started took. measure --off: switches the machine
 * off.
 *
 * CPU is the group's (user and system, whoever waited for whom), wall time is until COMMAND itself
 * ends. The peaks are resident sets: COMMAND's own, looked at when it is about to end, and the
 * largest that any one process of the group reached.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
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

static uint64_t number_in(const char *group, const char *file, const char *key)
{
	FILE *f = open_in(group, file, "re");
	unsigned long long value = 0;
	char line[128];
	size_t n = strlen(key);

	while (fgets(line, sizeof(line), f))
		if (strncmp(line, key, n) == 0)
			value = strtoull(line + n, NULL, 10);
	fclose(f);
	return value;
}

static void join(const char *group)
{
	FILE *f = open_in(group, "cgroup.procs", "we");

	fprintf(f, "%d\n", (int)getpid());
	if (fclose(f))
		die("cgroup.procs");
}

static uint64_t peak_of(int pid)
{
	unsigned long long kib = 0;
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtoull(line + 6, NULL, 10);
	if (f)
		fclose(f);
	return kib;
}

static void larger(uint64_t *peak, uint64_t kib)
{
	if (kib > *peak)
		*peak = kib;
}

/* Orphans came to us: those that ended, and those that stay. Returns how many stay. */
static unsigned int orphans(const char *group, uint64_t *peak)
{
	FILE *f = open_in(group, "cgroup.procs", "re");
	unsigned int n = 0;
	struct rusage ru;
	int status, pid;

	while (wait4(-1, &status, WNOHANG, &ru) > 0)
		larger(peak, (uint64_t)ru.ru_maxrss);
	while (fscanf(f, "%d", &pid) == 1) {
		larger(peak, peak_of(pid));
		n++;
	}
	fclose(f);
	return n;
}

/* The child waits for a byte, so that nothing of it is missed. */
static pid_t start(const char *group, char **argv)
{
	int go[2];
	pid_t pid;
	char byte;

	if (pipe(go) < 0 || (pid = fork()) < 0)
		die("fork");
	if (pid == 0) {
		close(go[1]);
		if (read(go[0], &byte, 1) != 0)
			die("pipe");
		close(go[0]);
		join(group);
		execvp(argv[0], argv);
		die(argv[0]);
	}
	if (ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACEEXIT) < 0)
		die("ptrace");
	close(go[0]);
	close(go[1]);
	return pid;
}

/* Until it ends; every stop on the way is passed on. Returns its own peak. */
static uint64_t follow(pid_t pid, int *status, struct rusage *ru)
{
	uint64_t own = 0;

	while (wait4(pid, status, 0, ru) == pid && WIFSTOPPED(*status)) {
		int event = *status >> 16, sig = event ? 0 : WSTOPSIG(*status);

		if (event == PTRACE_EVENT_EXIT)
			own = peak_of(pid);
		if (event == PTRACE_EVENT_STOP)
			ptrace(PTRACE_LISTEN, pid, NULL, NULL);
		else
			ptrace(PTRACE_CONT, pid, NULL, sig);
	}
	return own;
}

static int measure(const char *name, char **argv)
{
	uint64_t began, wall, own, peak = 0;
	struct rusage ru;
	unsigned int stay;
	int status;
	char path[256];
	FILE *out = fopen(SAMPLES, "ae");

	snprintf(path, sizeof(path), GROUPS "%s", name);
	if (!out || mkdir(path, 0755) < 0)
		die(path);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	began = now_us();
	own = follow(start(name, argv), &status, &ru);
	wall = now_us() - began;
	larger(&peak, (uint64_t)ru.ru_maxrss);
	stay = orphans(name, &peak);
	fprintf(out,
		"{\"stage\": \"%s\", \"exit\": %d, \"wall_us\": %llu, \"cpu_us\": %llu, "
		"\"user_us\": %llu, "
		"\"system_us\": %llu, \"own_peak_kib\": %llu, \"peak_kib\": %llu, "
		"\"group_peak_bytes\": %llu, \"stay\": %u}\n",
		name, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
		(unsigned long long)wall,
		(unsigned long long)number_in(name, "cpu.stat", "usage_usec "),
		(unsigned long long)number_in(name, "cpu.stat", "user_usec "),
		(unsigned long long)number_in(name, "cpu.stat", "system_usec "),
		(unsigned long long)own, (unsigned long long)peak,
		(unsigned long long)number_in(name, "memory.peak", ""), stay);
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
