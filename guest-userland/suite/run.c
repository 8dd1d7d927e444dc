/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEMP_MODE   01777
#define RESULT_FILE "/tmp/suite-result"
#define FILE_MAX    (1u << 20)
#define SLICE_MS    20
/* A program that was killed and does not end is given up. */
#define KILL_US 3000000u
#define TAIL                                                                                 \
	(4u << 10) /* of the output of a program whose output was not wanted, should it fail \
		    */

static double scale;
static unsigned long keep;
static bool ticks;		      /* waits end every SLICE_MS */
static char temp[512] = "/tmp/suite"; /* $TMPDIR of a program */
static char *env[64];
static char tail[TAIL];

/* A program in flight. */
struct flight {
	unsigned long number, limit_ms;
	const struct order *order;
	pid_t pid;
	int fd; /* its output; -1: ended */
	int status;
	bool ended, limit;
	uint64_t start, deadline;
	unsigned long kept, lost;
	size_t tail_len;
	bool tail_cut;
};

static char *pair(const char *key, const char *value)
{
	size_t n = strlen(key) + strlen(value) + 2;
	char *s = malloc(n);

	if (s)
		snprintf(s, n, "%s=%s", key, value);
	return s;
}

/* It need only interrupt a wait. */
static void on_tick(int signo)
{
}

/*
 * A tick that ends a wait for a child, all the time: cheaper than to set it for each program. Young
 * kernels may not have it, so a child that ends later than the first tick is waited for once.
 */
static void try_ticks(void)
{
	const struct itimerval tick = {.it_interval.tv_usec = SLICE_MS * 1000,
				       .it_value.tv_usec = SLICE_MS * 1000};
	pid_t pid;

	sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_tick}, NULL);
	if (setitimer(ITIMER_REAL, &tick, NULL) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		poll(NULL, 0, 10 * SLICE_MS);
		_exit(0);
	}
	ticks = pid > 0 && waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT) < 0 && errno == EINTR;
	if (pid > 0)
		kill(pid, SIGKILL);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* What every program finds, set once. */
static void inherit(void)
{
	static const struct rlimit no_core;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setrlimit(RLIMIT_CORE, &no_core);
	umask(022);
	if (fd > 0) {
		dup2(fd, STDIN_FILENO);
		close(fd);
	}
}

/* One that is there already is replaced. */
static void set_env(char *text)
{
	size_t n = 0, key = text ? strcspn(text, "=") + 1 : 0;

	while (text && env[n] && strncmp(env[n], text, key) != 0)
		n++;
	if (n + 1 < sizeof(env) / sizeof(env[0]))
		env[n] = text;
}

/* A folder of our own in the one that programs are to have. */
static void set_temp(const char *extra)
{
	if (strncmp(extra, "TMPDIR=", 7) != 0)
		return;
	mkdir(extra + 7, TEMP_MODE);
	snprintf(temp, sizeof(temp), "%s/suite", extra + 7);
}

/* Names that a booted system has and the agent has no use for. */
static void make_links(void)
{
	static const char *const links[][2] = {{"/proc/self/fd", "/dev/fd"},
					       {"fd/0", "/dev/stdin"},
					       {"fd/1", "/dev/stdout"},
					       {"fd/2", "/dev/stderr"}};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (symlink(links[i][0], links[i][1]) < 0 && errno != EEXIST)
			return;
}

void run_setup(const struct options *o)
{
	static char path[1024], mul[16];

	scale = o->scale > 1 ? o->scale : 1;
	keep = o->keep;
	inherit();
	make_links();
	try_ticks();
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	/* What waits in a pipe is lost with the machine: as little as can be. */
	fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 4096);
	snprintf(path, sizeof(path),
		 "%s:%s/testcases/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		 o->root, o->root);
	snprintf(mul, sizeof(mul), "%.0f", scale + 0.5);
	set_env(pair("PATH", path));
	set_env(pair("LTPROOT", o->root));
	set_env(pair("LTP_TIMEOUT_MUL", mul));
	set_env(pair("LTP_COLORIZE_OUTPUT", "0"));
	set_env(pair("HOME", "/root"));
	set_env(pair("TERM", "dumb"));
	set_env(pair("LC_ALL", "C"));
	for (size_t i = 0; i < o->n_extra; i++) {
		set_temp(o->extra[i]);
		set_env(o->extra[i]);
	}
	set_env(pair("TMPDIR", temp));
	set_env(pair("TEST_TMPDIR", temp));
}

/* ---- start ---- */

static char child_stack[16u << 10] __attribute__((aligned(16)));

struct start {
	const struct order *order;
	int out;
	volatile int error;
};

/* The C library would keep errno where we and the child both write. */
static long call3(long number, long a, long b, long c)
{
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return ret;
}

/*
 * Until exec it shares our memory, so it changes nothing but what it is to tell, and calls nothing
 * that could.
 */
static int child(void *arg)
{
	struct start *s = arg;
	const struct order *o = s->order;
	long r;

	if (call3(SYS_setsid, 0, 0, 0) < 0)
		call3(SYS_setpgid, 0, 0, 0);
	call3(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0);
	r = call3(SYS_dup2, s->out, 1, 0);
	if (r >= 0)
		r = call3(SYS_dup2, s->out, 2, 0);
	if (r >= 0)
		r = call3(SYS_chdir, (long)o->dir, 0, 0);
	if (r >= 0)
		r = call3(SYS_execve, (long)o->argv[0], (long)o->argv, (long)env);
	s->error = (int)-r;
	/* clone(3) ends a child that returns. */
	return 127;
}

static struct start start;

static bool launch(struct flight *f)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0) {
		start.error = errno;
		return false;
	}
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	start = (struct start){.order = f->order, .out = fds[1]};
	/* Without CLONE_VFORK: to be woken by its exec would cost as much as the exec. */
	f->pid = clone(child, child_stack + sizeof(child_stack), CLONE_VM | SIGCHLD, &start);
	if (f->pid < 0)
		start.error = errno;
	close(fds[1]);
	f->fd = fds[0];
	if (f->pid > 0)
		return true;
	close(f->fd);
	return false;
}

/* ---- output ---- */

/* What came last, for a program that ends badly. */
static void keep_tail(struct flight *f, const char *data, size_t n)
{
	if (n >= TAIL) {
		memcpy(tail, data + n - TAIL, TAIL);
		f->tail_cut |= f->tail_len + n > TAIL;
		f->tail_len = TAIL;
		return;
	}
	if (f->tail_len + n > TAIL) {
		size_t drop = f->tail_len + n - TAIL;

		memmove(tail, tail + drop, f->tail_len - drop);
		f->tail_len -= drop;
		f->tail_cut = true;
	}
	memcpy(tail + f->tail_len, data, n);
	f->tail_len += n;
}

static void take_output(struct flight *f, const char *data, size_t n)
{
	size_t part = n;

	if (!f->order->all) {
		keep_tail(f, data, n);
		return;
	}
	if (part > keep - f->kept)
		part = keep - f->kept;
	if (part)
		say_data('o', f->number, data, part);
	f->kept += part;
	f->lost += n - part;
}

/* Everything that is there; at most a pipe's worth once the program has ended. */
static void drain(struct flight *f)
{
	static char buf[16u << 10];
	size_t most = 64u << 10;

	while (f->fd >= 0) {
		ssize_t n = read(f->fd, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			close(f->fd);
			f->fd = -1;
			return;
		}
		take_output(f, buf, (size_t)n);
		if ((size_t)n >= most)
			return;
		most -= (size_t)n;
	}
}

/* ---- end ---- */

/*
 * Ended? It stays unreaped where the kernel can leave it so, that its number stays its own.
 * options: WNOHANG, or 0 to wait for it until a signal comes.
 */
static bool has_ended(struct flight *f, int options)
{
	siginfo_t info = {0};

	if (f->ended)
		return true;
	if (waitid(P_PID, (id_t)f->pid, &info, WEXITED | WNOWAIT | options) == 0) {
		f->ended = info.si_pid == f->pid;
		return f->ended;
	}
	if (errno == EINTR)
		return false;
	if (waitpid(f->pid, &f->status, options) == f->pid) {
		f->ended = true;
		f->pid = 0;
	}
	return f->ended;
}

static void wait_output(struct flight *f, uint64_t now)
{
	struct pollfd p = {.fd = f->fd, .events = POLLIN};
	int due = say_due(now), ms = SLICE_MS;

	if (due >= 0 && due < ms)
		ms = due;
	if (f->deadline - now < (uint64_t)ms * 1000)
		ms = (int)((f->deadline - now) / 1000) + 1;
	if (poll(&p, 1, ms) > 0)
		drain(f);
}

/* Most programs end before the first tick: one wake-up for all they did. */
static bool ends_at_once(struct flight *f)
{
	return ticks && has_ended(f, 0);
}

static void wait_end(struct flight *f)
{
	if (ends_at_once(f))
		return;
	for (;;) {
		uint64_t now = now_us();

		if (f->fd >= 0) {
			wait_output(f, now);
		} else {
			say_due(now);
			if (!ticks)
				poll(NULL, 0, 1);
			else if (has_ended(f, 0))
				return;
		}
		if (has_ended(f, WNOHANG))
			return;
		if (now_us() >= f->deadline) {
			f->limit = true;
			return;
		}
	}
}

static void kill_group(struct flight *f)
{
	uint64_t deadline = now_us() + KILL_US;

	if (f->pid <= 0)
		return;
	kill(-f->pid, SIGKILL);
	if (f->limit)
		kill(f->pid, SIGKILL);
	while (!has_ended(f, WNOHANG) && now_us() < deadline)
		poll(NULL, 0, 2);
	while (f->pid > 0 && f->ended && waitpid(f->pid, &f->status, 0) < 0 && errno == EINTR)
		;
}

/* The parent of a process, 0: unknown. */
static pid_t parent_of(const char *pid)
{
	char path[64], text[512], *p;
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	p = strrchr(text, ')');
	return p && strlen(p) > 4 ? (pid_t)strtol(p + 4, NULL, 10) : 0;
}

/* Those that left the group: where the kernel knows of subreapers they are our children now. */
static void kill_strays(void)
{
	static bool immortal; /* one does not die: nobody waits for it a second time */
	uint64_t deadline = now_us() + (immortal ? 0 : KILL_US);
	pid_t self = 0, r;

	while ((r = waitpid(-1, NULL, WNOHANG)) >= 0) {
		DIR *d = r == 0 ? opendir("/proc") : NULL;
		struct dirent *e;

		self = self ? self : getpid();
		while (d && (e = readdir(d)))
			if (e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
			    parent_of(e->d_name) == self)
				kill((pid_t)strtol(e->d_name, NULL, 10), SIGKILL);
		if (d)
			closedir(d);
		if (r == 0 && now_us() >= deadline) {
			immortal = true;
			return;
		}
		if (r == 0)
			poll(NULL, 0, 2);
	}
}

/*
 * What a program mounted is never gone through to be emptied: that could be all there is. Bounded,
 * for a kernel that says yes whatever it is asked.
 */
static void unmount(const char *path)
{
	for (int i = 0; i < 16 && umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0; i++)
		;
}

/* What it left in its folder is not the next one's business. */
static void clean(const char *dir, int depth)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char path[1024];

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name) >= sizeof(path))
			continue;
		if (unlink(path) == 0)
			continue;
		unmount(path);
		if (unlink(path) < 0 && rmdir(path) < 0 && depth < 32) {
			clean(path, depth + 1);
			rmdir(path);
		}
	}
	if (d)
		closedir(d);
}

static void new_temp(void)
{
	struct stat st;

	/* Where a folder's size counts its entries, one call tells that there are none. */
	if (lstat(temp, &st) == 0 && S_ISDIR(st.st_mode) && st.st_size == 0 &&
	    (st.st_mode & 07777) == TEMP_MODE && st.st_uid == 0)
		return;
	if (rmdir(temp) < 0 && errno != ENOENT) {
		unmount(temp);
		if (unlink(temp) < 0)
			clean(temp, 0);
		rmdir(temp);
	}
	mkdir(temp, TEMP_MODE);
	chmod(temp, TEMP_MODE);
}

static void say_file(const struct flight *f)
{
	static char data[FILE_MAX];
	int fd = open(RESULT_FILE, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t r = 1;

	while (fd >= 0 && n < sizeof(data) && r > 0) {
		r = read(fd, data + n, sizeof(data) - n);
		if (r > 0)
			n += (size_t)r;
	}
	if (fd >= 0)
		close(fd);
	if (n)
		say_data('f', f->number, data, n);
	unlink(RESULT_FILE);
}

static void report(struct flight *f)
{
	uint64_t time = now_us() - f->start;

	if (f->order->file)
		say_file(f);
	if (!f->order->all && f->tail_len && (f->limit || f->status))
		say_data('o', f->number, tail, f->tail_len);
	if (start.error)
		say_end(f->number, 'n', start.error, time, 0);
	else if (f->limit)
		say_end(f->number, 't', f->status, time, f->lost);
	else
		say_end(f->number, 'x', f->status, time, f->lost);
}

void run_one(unsigned long number, const struct order *order)
{
	struct flight f = {.number = number, .order = order};
	double ms = (double)order->limit_ms * scale;

	f.limit_ms = ms > 86400000 ? 86400000 : (unsigned long)ms;
	f.start = now_us();
	f.deadline = f.start + (uint64_t)f.limit_ms * 1000;
	say_due(f.start);
	say_begin(number, f.limit_ms);
	new_temp();
	if (order->file)
		unlink(RESULT_FILE);
	if (!launch(&f)) {
		say_end(number, 'n', start.error, 0, 0);
		return;
	}
	wait_end(&f);
	kill_group(&f);
	drain(&f);
	if (f.fd >= 0)
		close(f.fd);
	kill_strays();
	report(&f);
}
