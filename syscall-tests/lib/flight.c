/* SPDX-License-Identifier: MIT */
/*
 * One probe in a process of its own, from fork to the end of all that it left behind.
 *
 * The kernel under test is young: this uses fork, mmap, poll, waitpid, kill and clock_gettime,
 * and tries prctl, pipe and setsid without needing them.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "flight.h"
#include "tracer.h"

enum {
	GRACE_MS = 1000,
	/* Half of what the host waits past a limit; nobody waits for a traced probe. */
	MOST_LATE_MS = 1000,
	MOST_LATE_TRACED_MS = 20000,
};

unsigned flight_limit(const struct probe *probe, const struct run_options *opt)
{
	double ms = (probe->limit_ms ? probe->limit_ms : PROBE_LIMIT_MS) * opt->scale;

	return ms < 10 ? 10 : ms > 3600000 ? 3600000 : (unsigned)ms;
}

/* ---- In the probe's process --------------------------------------------------------------- */

static void move_fd(int fd, int to)
{
	if (fd < 0 || fd == to)
		return;
	dup2(fd, to);
	close(fd);
}

/* A descriptor that a lie makes up is 0, so that what is done to it must touch nothing of the
 * machine's: not a device's mode and times, as root's would. */
static void quiet_stdio(void)
{
	int empty[2];

	move_fd(open("/dev/null", O_RDWR), STDOUT_FILENO);
	if (pipe(empty))
		return;
	close(empty[1]);
	move_fd(empty[0], STDIN_FILENO);
}

/* Whoever started us may have ignored or blocked signals: probes begin from the defaults. */
void flight_plain_process(void)
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

void flight_ask(const struct probe *probe, const struct run_options *opt)
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
	if (opt->filter && lie_install_filter(opt->filter)) {
		outcome_set(OUTCOME_BROKEN, "cannot install the filter: %s", errno_name(errno));
		probe_end();
	}
	atomic_store(&shared->phase, PHASE_RUN);
	probe->run();
	probe_end();
}

/* ---- In the runner ------------------------------------------------------------------------ */

void shared_reset(unsigned limit_ms)
{
	memset(shared, 0, sizeof(*shared));
	shared->start_us = now_us();
	shared->limit_ms = limit_ms;
}

int shared_map(void)
{
	void *map = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			 -1, 0);

	if (map == MAP_FAILED)
		return -1;
	shared = map;
	return 0;
}

/* The tracer's hand is on us when the byte comes; without one nothing may be asked. */
static void await_tracer(const int go[2])
{
	char c;

	close(go[1]);
	if (read(go[0], &c, 1) != 1)
		_exit(0);
	close(go[0]);
}

static void launch(struct flight *f, const struct run_options *opt)
{
	int alive[2] = {-1, -1}, go[2] = {-1, -1};

	if (pipe2(alive, O_CLOEXEC) && pipe(alive) == 0)
		fcntl(alive[1], F_SETFD, FD_CLOEXEC);
	if (f->tracer && pipe2(go, O_CLOEXEC)) {
		outcome_set(OUTCOME_BROKEN, "pipe: %s", errno_name(errno));
		f->pid = -1;
		return;
	}
	f->start_us = now_us();
	f->pid = fork();
	if (f->pid == 0) {
		close(alive[0]);
		quiet_stdio();
		flight_plain_process();
		if (f->tracer)
			await_tracer(go);
		flight_ask(f->probe, opt);
	}
	if (f->pid < 0)
		outcome_set(OUTCOME_BROKEN, "fork: %s", errno_name(errno));
	if (alive[1] >= 0)
		close(alive[1]);
	if (go[0] >= 0)
		close(go[0]);
	f->alive_fd = alive[0];
	f->go_fd = go[1];
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

static bool wait_reaped(struct flight *f)
{
	while (!reap(f) && atomic_load(&shared->phase) != PHASE_DONE) {
		uint64_t now = clock_look();
		uint64_t deadline_us = f->start_us + clock_late_us() + f->limit_ms * 1000ull;

		if (now >= deadline_us)
			return false;
		doze(f, (int)((deadline_us - now) / 1000) + 1);
	}
	/* It may have ended in the moment in which the machine went on. */
	clock_look();
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

/* Traced: everything is followed by the tracer, and everything it followed is ended by it. */
static void fly_traced(struct flight *f)
{
	if (tracer_attach(f->tracer, f->pid)) {
		outcome_set(OUTCOME_BROKEN, "cannot trace: %s", errno_name(errno));
	} else if (write(f->go_fd, "", 1) == 1) {
		f->timed_out = !tracer_follow(f->tracer, f->start_us + f->limit_ms * 1000ull);
		f->reaped = tracer_ended(f->tracer, &f->status);
		judge_end(f);
	}
	close(f->go_fd);
	if (!tracer_end(f->tracer, now_us() + GRACE_MS * 1000ull))
		ktap_line("# %s: a process of it does not die", f->probe->name);
}

static void fly(struct flight *f)
{
	f->timed_out = !wait_reaped(f);
	judge_end(f);
	kill_group(f);
	kill_strays();
}

enum flight_end flight_judge(const struct flight *f)
{
	shared->reason[REASON_LEN - 1] = '\0';
	if (f->timed_out)
		return END_TIMED_OUT;
	if (atomic_load(&shared->claimed) && atomic_load(&shared->outcome) == OUTCOME_NONE)
		atomic_store(&shared->outcome, OUTCOME_FAILED);
	if (atomic_load(&shared->outcome) == OUTCOME_NONE && atomic_load(&shared->waited) == 2) {
		shared->vain[REASON_LEN - 1] = '\0';
		outcome_set(OUTCOME_BROKEN, "%s", shared->vain);
	}
	switch (atomic_load(&shared->outcome)) {
	case OUTCOME_NONE:
		return END_PASSED;
	case OUTCOME_SKIPPED:
		return END_SKIPPED;
	case OUTCOME_BROKEN:
		return END_BROKEN;
	default:
		return END_FAILED;
	}
}

/* It waited in vain, but only with the time in which the machine stood still: a call that was told
 * how long to wait, or an interruption set beforehand, knows nothing of that. A short standstill
 * explains nothing. */
static bool stood_still(const struct flight *f, enum flight_end end)
{
	uint64_t limit_us = f->limit_ms * 1000ull, lived_us = f->end_us - f->start_us;
	uint64_t due_us = end == END_TIMED_OUT ? limit_us : limit_us / 1000 * PATIENCE_HELPER;
	uint64_t late_us = atomic_load(&shared->late_us);

	return !f->tracer && (end == END_TIMED_OUT || end == END_FAILED) &&
	       late_us >= limit_us / 4 && lived_us >= due_us && lived_us - due_us < late_us;
}

static enum flight_end blame_standstill(enum flight_end end)
{
	char said[REASON_LEN];

	snprintf(said, sizeof(said), "%s",
		 end == END_TIMED_OUT ? "the time limit passed" : shared->reason);
	snprintf(shared->reason, REASON_LEN, "the machine stood still for %u ms meanwhile: %.160s",
		 (unsigned)(atomic_load(&shared->late_us) / 1000), said);
	return END_BROKEN;
}

enum flight_end flight_run(struct flight *f, const struct run_options *opt)
{
	enum flight_end end;

	shared_reset(f->limit_ms);
	clock_keep(f->tracer ? MOST_LATE_TRACED_MS : MOST_LATE_MS);
	launch(f, opt);
	if (f->pid > 0 && f->tracer)
		fly_traced(f);
	else if (f->pid > 0)
		fly(f);
	f->end_us = now_us();
	if (f->alive_fd >= 0)
		close(f->alive_fd);
	shared->tmpdir[TMPDIR_LEN - 1] = '\0';
	if (shared->tmpdir[0])
		tmpdir_remove(shared->tmpdir);
	end = flight_judge(f);
	return stood_still(f, end) ? blame_standstill(end) : end;
}
