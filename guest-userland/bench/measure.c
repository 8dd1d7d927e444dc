/* SPDX-License-Identifier: MIT */
/*
 * measure NAME COMMAND…: runs it in a control group of its own and adds a line to
 * /run/bench/samples: what it and everything it started took. measure --off: switches the machine
 * off.
 *
 * CPU is the group's (user and system, whoever waited for whom), wall time is until COMMAND itself
 * ends. The peaks are resident sets of one process each: COMMAND's own, the largest of the agent
 * (COMMAND and its helpers), looked at when each is about to end, and the largest of any.
 *
 * What the user data has run (a shell with a script of the agent's folders) is in a group within
 * that one from the moment of its exec on, and no helper; how long each of them took is added up.
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
#define OWN	"/commands" /* the user data's own */
#define SAMPLES "/run/bench/samples"

/* Those that run now. */
static struct command {
	pid_t pid; /* 0: none */
	uint64_t began_us;
} commands[16];
static uint64_t commands_wall_us;

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

static void join(const char *group, int pid)
{
	FILE *f = open_in(group, "cgroup.procs", "we");

	fprintf(f, "%d\n", pid);
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

struct peaks {
	uint64_t own, agent, any; /* KiB */
};

/* Orphans came to us: those that ended, and those that stay. Returns how many stay. */
static unsigned int orphans(const char *group, struct peaks *p)
{
	FILE *f = open_in(group, "cgroup.procs", "re");
	unsigned int n = 0;
	struct rusage ru;
	int status, pid;

	while (wait4(-1, &status, WNOHANG, &ru) > 0)
		larger(&p->any, (uint64_t)ru.ru_maxrss);
	while (fscanf(f, "%d", &pid) == 1) {
		larger(&p->agent, peak_of(pid));
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
		join(group, (int)getpid());
		execvp(argv[0], argv);
		die(argv[0]);
	}
	if (ptrace(PTRACE_SEIZE, pid, NULL,
		   PTRACE_O_TRACEEXIT | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
			   PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE) < 0)
		die("ptrace");
	close(go[0]);
	close(go[1]);
	return pid;
}

/* "/bin/sh", "/var/lib/cloud/…": cloud-init has some scripts below /run. */
static int is_command(int pid)
{
	static const char *const folders[] = {"/var/lib/cloud/", "/run/cloud-init/"};
	char path[64], line[4096] = "";
	const char *script;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	(void)!fread(line, 1, sizeof(line) - 1, f);
	fclose(f);
	script = line + strlen(line) + 1;
	for (size_t i = 0; i < 2 && script < line + sizeof(line); i++)
		if (strncmp(script, folders[i], strlen(folders[i])) == 0)
			return 1;
	return 0;
}

static struct command *find_command(pid_t pid)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (commands[i].pid == pid)
			return &commands[i];
	return NULL;
}

/* From here on nothing that it does is of interest but its end. */
static void begin_command(const char *own_group, pid_t pid)
{
	struct command *c = find_command(0);

	if (!c) {
		errno = E2BIG;
		die("commands");
	}
	*c = (struct command){pid, now_us()};
	join(own_group, pid);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACEEXIT);
}

/* One process of the agent has stopped, or a command. */
static void pass_on(const char *own_group, pid_t pid, int status, uint64_t *peak)
{
	int event = status >> 16, sig = WSTOPSIG(status);
	struct command *c = find_command(pid);

	if (event == PTRACE_EVENT_EXIT && c) {
		commands_wall_us += now_us() - c->began_us;
		c->pid = 0;
	} else if (event == PTRACE_EVENT_EXIT) {
		larger(peak, peak_of(pid));
	} else if (event == PTRACE_EVENT_EXEC && is_command(pid)) {
		begin_command(own_group, pid);
	}
	if (event == PTRACE_EVENT_STOP && sig != SIGTRAP)
		ptrace(PTRACE_LISTEN, pid, NULL, NULL);
	else
		ptrace(PTRACE_CONT, pid, NULL, event ? 0 : sig);
}

/* Until it ends. */
static void follow(const char *own_group, pid_t pid, int *ret_status, struct peaks *p)
{
	struct rusage ru;
	int status;
	pid_t who;

	while ((who = wait4(-1, &status, __WALL, &ru)) > 0) {
		if (WIFSTOPPED(status)) {
			pass_on(own_group, who, status, who == pid ? &p->own : &p->agent);
			continue;
		}
		larger(&p->any, (uint64_t)ru.ru_maxrss);
		if (who == pid) {
			*ret_status = status;
			break;
		}
	}
}

static int measure(const char *name, char **argv)
{
	char path[256], own[sizeof(path)];
	FILE *out = fopen(SAMPLES, "ae");
	struct peaks peaks = {0};
	uint64_t began, wall;
	unsigned int stay;
	int status = 0;

	snprintf(own, sizeof(own), "%s" OWN, name);
	snprintf(path, sizeof(path), GROUPS "%s", name);
	if (!out || mkdir(path, 0755) < 0)
		die(path);
	snprintf(path, sizeof(path), GROUPS "%s" OWN, name);
	if (mkdir(path, 0755) < 0)
		die(path);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	began = now_us();
	follow(own, start(name, argv), &status, &peaks);
	wall = now_us() - began;
	stay = orphans(name, &peaks);
	larger(&peaks.agent, peaks.own);
	larger(&peaks.any, peaks.agent);
	fprintf(out,
		"{\"stage\": \"%s\", \"exit\": %d, \"wall_us\": %llu, \"cpu_us\": %llu, "
		"\"commands_us\": %llu, \"commands_wall_us\": %llu, \"own_peak_kib\": %llu, "
		"\"agent_peak_kib\": %llu, "
		"\"peak_kib\": %llu, \"stay\": %u}\n",
		name, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
		(unsigned long long)wall,
		(unsigned long long)number_in(name, "cpu.stat", "usage_usec "),
		(unsigned long long)number_in(own, "cpu.stat", "usage_usec "),
		(unsigned long long)commands_wall_us, (unsigned long long)peaks.own,
		(unsigned long long)peaks.agent, (unsigned long long)peaks.any, stay);
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
