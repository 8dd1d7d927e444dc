/* SPDX-License-Identifier: MIT */
/*
 * Runs probes one after the other, each in a process of its own, and prints a verdict for each.
 *
 * The kernel under test is young: this uses fork, mmap, poll, waitpid, kill and clock_gettime,
 * and tries prctl, pipe and setsid without needing them.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "inside.h"

enum {
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_BROKEN = 3,
	SLICE_MS = 20,
	GRACE_MS = 1000,
};

struct tally {
	unsigned failed, broken;
};

/* One probe in flight. */
struct flight {
	struct probe *probe;
	unsigned index;
	unsigned limit_ms;
	pid_t pid;
	int alive_fd; /* hangs up when the probe's processes are gone; -1 when there is none */
	int status;
	bool reaped, timed_out;
	uint64_t start_us;
};

static unsigned scaled_limit(const struct probe *probe, const struct run_options *opt)
{
	double ms = (probe->limit_ms ? probe->limit_ms : PROBE_LIMIT_MS) * opt->scale;

	return ms < 10 ? 10 : ms > 3600000 ? 3600000 : (unsigned)ms;
}

/* ---- In the probe's process --------------------------------------------------------------- */

static void quiet_stdio(void)
{
	int fd = open("/dev/null", O_RDWR);

	if (fd < 0)
		return;
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Whoever started us may have ignored or blocked signals: probes begin from the defaults. */
static void plain_process(void)
{
	struct rlimit no_core = {0, 0};
	sigset_t none;

	for (int sig = 1; sig < SIGRTMIN; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(022);
	setrlimit(RLIMIT_CORE, &no_core);
	if (setsid() < 0)
		setpgid(0, 0);
}

static void ask(const struct probe *probe, const struct run_options *opt)
{
	char text[REASON_LEN];

	if (need_missing(probe, text, sizeof(text)))
		probe_skip("%s", text);
	atomic_store(&shared->phase, PHASE_SETUP);
	if (probe->setup)
		probe->setup();
	if (opt->lie != LIE_NONE && lie_install(probe, opt->lie)) {
		outcome_set(OUTCOME_BROKEN, "cannot install the lie: %s", errno_name(errno));
		probe_end();
	}
	atomic_store(&shared->phase, PHASE_RUN);
	probe->run();
	probe_end();
}

/* ---- In the runner ------------------------------------------------------------------------ */

static void shared_reset(unsigned limit_ms)
{
	memset(shared, 0, sizeof(*shared));
	shared->start_us = now_us();
	shared->limit_ms = limit_ms;
}

static int shared_map(void)
{
	void *map = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			 -1, 0);

	if (map == MAP_FAILED)
		return -1;
	shared = map;
	return 0;
}

static void launch(struct flight *f, const struct run_options *opt)
{
	int alive[2] = {-1, -1};

	if (pipe2(alive, O_CLOEXEC) && pipe(alive) == 0)
		fcntl(alive[1], F_SETFD, FD_CLOEXEC);
	f->start_us = now_us();
	f->pid = fork();
	if (f->pid == 0) {
		close(alive[0]);
		quiet_stdio();
		plain_process();
		ask(f->probe, opt);
	}
	if (f->pid < 0)
		outcome_set(OUTCOME_BROKEN, "fork: %s", errno_name(errno));
	if (alive[1] >= 0)
		close(alive[1]);
	f->alive_fd = alive[0];
}

static bool reap(struct flight *f)
{
	if (!f->reaped && waitpid(f->pid, &f->status, WNOHANG) == f->pid)
		f->reaped = true;
	return f->reaped;
}

/* Waits for the probe's process to hang up or, at most, for `ms`. */
static void doze(struct flight *f, int ms)
{
	struct pollfd p = {.fd = f->alive_fd, .events = POLLIN};

	if (f->alive_fd < 0) {
		poll(NULL, 0, ms < 2 ? ms : 2);
	} else if (poll(&p, 1, ms < SLICE_MS ? ms : SLICE_MS) > 0) {
		close(f->alive_fd);
		f->alive_fd = -1;
	}
}

static bool wait_reaped(struct flight *f, uint64_t deadline_us)
{
	while (!reap(f) && atomic_load(&shared->phase) != PHASE_DONE) {
		uint64_t now = now_us();

		if (now >= deadline_us)
			return false;
		doze(f, (int)((deadline_us - now) / 1000) + 1);
	}
	return true;
}

static void kill_group(struct flight *f)
{
	uint64_t deadline_us = now_us() + GRACE_MS * 1000ull;

	/* The group before its leader is reaped, so that the number is surely still ours. */
	kill(-f->pid, SIGKILL);
	if (f->reaped)
		return;
	kill(f->pid, SIGKILL);
	while (!reap(f) && now_us() < deadline_us)
		doze(f, SLICE_MS);
	if (!f->reaped)
		ktap_line("# %s: process %d does not die", f->probe->name, (int)f->pid);
}

/* Helpers that left the group are our children now, if the kernel knows of subreapers: only
 * what waitpid says is our own living child may be killed, since numbers are used again. */
static void kill_strays(void)
{
	for (int i = 0; i < SHARED_PIDS; i++) {
		pid_t pid = atomic_load(&shared->pids[i]);

		if (pid > 1 && waitpid(pid, NULL, WNOHANG) == 0) {
			kill(pid, SIGKILL);
			for (int tries = 0; tries < 100 && waitpid(pid, NULL, WNOHANG) == 0;
			     tries++)
				poll(NULL, 0, 1);
		}
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* What the end of the process says, when the probe itself said nothing. */
static void judge_end(const struct flight *f)
{
	enum outcome outcome = OUTCOME_FAILED;
	const char *where = "";

	if (atomic_load(&shared->phase) == PHASE_DONE || f->timed_out || f->pid < 0)
		return;
	if (atomic_load(&shared->phase) < PHASE_RUN) {
		outcome = OUTCOME_BROKEN;
		where = " in set-up";
	}
	/* Cut off while it wrote its reason: that reason is not to be trusted. */
	if (atomic_load(&shared->outcome) == OUTCOME_NONE)
		atomic_store(&shared->claimed, 0);
	if (WIFSIGNALED(f->status))
		outcome_set(outcome, "died with %s%s", signal_name(WTERMSIG(f->status)), where);
	else if (WIFEXITED(f->status))
		outcome_set(outcome, "exited with %d without a verdict%s", WEXITSTATUS(f->status),
			    where);
	else
		outcome_set(outcome, "ended with %s%s", wait_name(f->status), where);
}

static void report(const struct flight *f, struct tally *tally)
{
	const char *name = f->probe->name;
	unsigned long long us = now_us() - f->start_us;

	shared->reason[REASON_LEN - 1] = '\0';
	ktap_notes(name, shared->notes, NOTES_LEN);
	if (f->timed_out) {
		if (atomic_load(&shared->phase) < PHASE_RUN)
			ktap_line("# %s: the limit passed in set-up", name);
		tally->failed++;
		ktap_line("not ok %u %s # TIMEOUT after %u", f->index, name, f->limit_ms);
		return;
	}
	if (atomic_load(&shared->claimed) && atomic_load(&shared->outcome) == OUTCOME_NONE)
		atomic_store(&shared->outcome, OUTCOME_FAILED);
	if (atomic_load(&shared->outcome) == OUTCOME_NONE && atomic_load(&shared->waited) == 2) {
		shared->vain[REASON_LEN - 1] = '\0';
		outcome_set(OUTCOME_BROKEN, "%s", shared->vain);
	}
	switch (atomic_load(&shared->outcome)) {
	case OUTCOME_NONE:
		ktap_line("ok %u %s # time=%llu", f->index, name, us);
		break;
	case OUTCOME_SKIPPED:
		ktap_line("ok %u %s # SKIP %s", f->index, name, shared->reason);
		break;
	case OUTCOME_BROKEN:
		tally->broken++;
		ktap_line("not ok %u %s # BROKEN %s", f->index, name, shared->reason);
		break;
	default:
		tally->failed++;
		ktap_line("not ok %u %s # time=%llu %s", f->index, name, us, shared->reason);
	}
}

static void run_probe(struct probe *probe, unsigned index, const struct run_options *opt,
		      struct tally *tally)
{
	struct flight f = {.probe = probe, .index = index, .limit_ms = scaled_limit(probe, opt)};

	shared_reset(f.limit_ms);
	ktap_line("# begin %s limit=%u", probe->name, f.limit_ms);
	launch(&f, opt);
	if (f.pid > 0) {
		f.timed_out = !wait_reaped(&f, f.start_us + f.limit_ms * 1000ull);
		judge_end(&f);
		kill_group(&f);
		kill_strays();
	}
	if (f.alive_fd >= 0)
		close(f.alive_fd);
	shared->tmpdir[TMPDIR_LEN - 1] = '\0';
	if (shared->tmpdir[0])
		tmpdir_remove(shared->tmpdir);
	report(&f, tally);
}

int runner_run(char *const patterns[], const struct run_options *opt)
{
	struct tally tally = {0};
	unsigned count = 0, index = 0;

	if (registry_unmatched(patterns))
		return EXIT_USAGE;
	if (shared_map()) {
		fprintf(stderr, "probes: no shared memory: %s\n", errno_name(errno));
		return EXIT_BROKEN;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	for (struct probe *p = registry_first(); p; p = p->next)
		count += registry_match(p, patterns);
	ktap_line("KTAP version 1");
	ktap_line("1..%u", count);
	for (struct probe *p = registry_first(); p; p = p->next)
		if (registry_match(p, patterns))
			run_probe(p, ++index, opt, &tally);
	return tally.failed ? EXIT_FAILED : tally.broken ? EXIT_BROKEN : 0;
}

/* ---- In one process, for strace and gdb --------------------------------------------------- */

static struct flight one;

static void one_end(void)
{
	struct tally tally = {0};

	report(&one, &tally);
	if (shared->tmpdir[0])
		tmpdir_remove(shared->tmpdir);
	_exit(tally.failed ? EXIT_FAILED : tally.broken ? EXIT_BROKEN : 0);
}

int runner_one(struct probe *probe, const struct run_options *opt)
{
	if (shared_map()) {
		fprintf(stderr, "probes: no shared memory: %s\n", errno_name(errno));
		return EXIT_BROKEN;
	}
	one = (struct flight){.probe = probe, .index = 1, .limit_ms = scaled_limit(probe, opt)};
	shared_reset(one.limit_ms);
	one.start_us = now_us();
	probe_on_end = one_end;
	ktap_line("KTAP version 1");
	ktap_line("1..1");
	ktap_line("# begin %s limit=%u", probe->name, one.limit_ms);
	plain_process();
	ask(probe, opt);
	return EXIT_BROKEN;
}
