/* SPDX-License-Identifier: MIT */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOBS 48
/* Every probe by its name, several times over; a message holds no more of such names. */
#define ARGS_MAX 2048
#define ENVS_MAX 128
#define FEED_MAX (16u << 10) /* stdin kept for a program; the host never has more on its way */
/* After the end of a program its pipes are read until they are empty; a grandchild that holds them
 * open delays the report by no more than this, and adds no more than a pipe holds. */
#define DRAIN_US  200000u
#define DRAIN_MAX (64u << 10)
/* A program that was killed and does not end is given up. */
#define KILL_US 3000000u

struct job {
	bool used, exited, detached, limit_hit, killed, feed_end, cancelled;
	uint64_t id;
	pid_t pid;
	int status;
	int in, out[2];
	char *feed;
	size_t feed_at, feed_len;
	uint64_t fed, told; /* bytes of stdin taken by the program; of those, told the host */
	uint64_t limit_at, killed_at, exit_at;
	size_t after_exit;
};

static struct job jobs[JOBS];

/* What a program is started with; strings point into the message. */
struct plan {
	char *argv[ARGS_MAX + 1];
	char *envp[ENVS_MAX + 4];
	char dir[1024], output[1024], path[1024];
	int fd[3];
};

static struct job *find(uint64_t id)
{
	for (size_t i = 0; i < JOBS; i++)
		if (jobs[i].used && jobs[i].id == id)
			return &jobs[i];
	return NULL;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void stop_feed(struct job *j)
{
	close_fd(&j->in);
	if (j->feed)
		munmap(j->feed, FEED_MAX);
	j->feed = NULL;
	j->feed_len = 0;
}

static void forget(struct job *j)
{
	stop_feed(j);
	close_fd(&j->out[0]);
	close_fd(&j->out[1]);
	j->used = false;
}

static void kill_job(struct job *j, uint64_t now)
{
	if (j->exited)
		return;
	if (kill(-j->pid, SIGKILL) < 0)
		kill(j->pid, SIGKILL);
	if (!j->killed)
		j->killed_at = now;
	j->killed = true;
}

/* ---- start ---- */

/* Cut the body into argv and environment: strings that end in NUL. */
static bool cut_strings(const struct msg *m, struct plan *p, uint64_t args, uint64_t envs)
{
	static char home[] = "HOME=/root", term[] = "TERM=linux";
	static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	char *s = (char *)m->body;
	size_t left = m->body_len, env = 0;

	if (args == 0 || args > ARGS_MAX || envs > ENVS_MAX)
		return false;
	for (uint64_t i = 0; i < args + envs; i++) {
		char *end = memchr(s, '\0', left);

		if (!end)
			return false;
		if (i < args)
			p->argv[i] = s;
		else
			p->envp[env++] = s;
		left -= (size_t)(end + 1 - s);
		s = end + 1;
	}
	/* The host's words come first: the first one of a name counts. */
	p->envp[env++] = path;
	p->envp[env++] = home;
	p->envp[env++] = term;
	p->envp[env] = NULL;
	p->argv[args] = NULL;
	return true;
}

/* A name that stands in the environment twice may be read either way: keep the first. */
static void drop_doubles(char **envp)
{
	for (size_t i = 0; envp[i]; i++) {
		char *eq = strchr(envp[i], '=');
		size_t n = eq ? (size_t)(eq + 1 - envp[i]) : strlen(envp[i]), to = i + 1;

		for (size_t k = i + 1; envp[k]; k++)
			if (strncmp(envp[k], envp[i], n) != 0)
				envp[to++] = envp[k];
		envp[to] = NULL;
	}
}

static const char *search_path(const struct plan *p)
{
	for (size_t i = 0; p->envp[i]; i++)
		if (strncmp(p->envp[i], "PATH=", 5) == 0)
			return p->envp[i] + 5;
	return "/bin";
}

static int find_program(struct plan *p)
{
	const char *dirs = search_path(p);

	if (strchr(p->argv[0], '/')) {
		glue(p->path, sizeof(p->path), p->argv[0], NULL);
		return 0;
	}
	while (*dirs) {
		size_t n = strcspn(dirs, ":");
		char dir[256];

		if (n > 0 && n < sizeof(dir)) {
			memcpy(dir, dirs, n);
			dir[n] = '\0';
			glue(p->path, sizeof(p->path), dir, "/", p->argv[0], NULL);
			if (access(p->path, X_OK) == 0)
				return 0;
		}
		dirs += n + (dirs[n] == ':');
	}
	return -ENOENT;
}

/* In the child. After vfork() it shares the parent's memory: nothing but system calls here. */
static void become(struct plan *p, volatile int *ret_error, volatile int *ret_stage)
{
	setsid();
	for (int i = 0; i < 3; i++)
		if (dup2(p->fd[i], i) < 0) {
			*ret_error = errno;
			_exit(127);
		}
	if (chdir(p->dir) < 0) {
		*ret_error = errno;
		*ret_stage = 1;
		_exit(127);
	}
	execve(p->path, p->argv, p->envp);
	*ret_error = errno;
	_exit(127);
}

/* vfork() spares a young kernel the copy of our memory; where it is missing fork() does. */
static __attribute__((noinline)) pid_t launch(struct plan *p, volatile int *ret_error,
					      volatile int *ret_stage)
{
	pid_t pid = vfork();

	if (pid == 0)
		become(p, ret_error, ret_stage);
	if (pid < 0)
		pid = fork();
	if (pid == 0)
		become(p, ret_error, ret_stage);
	return pid;
}

static int open_pipes(struct job *j, struct plan *p, bool feed)
{
	int pipes[2];

	if (feed) {
		if (pipe2(pipes, O_CLOEXEC) < 0)
			return -errno;
		p->fd[0] = pipes[0];
		j->in = pipes[1];
		fcntl(j->in, F_SETFL, O_NONBLOCK);
		j->feed = mmap(NULL, FEED_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			       -1, 0);
		if (j->feed == MAP_FAILED) {
			j->feed = NULL;
			return -ENOMEM;
		}
	}
	for (int i = 0; i < 2; i++) {
		if (pipe2(pipes, O_CLOEXEC) < 0)
			return -errno;
		j->out[i] = pipes[0];
		p->fd[i + 1] = pipes[1];
		fcntl(j->out[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

static int open_output(struct plan *p)
{
	const char *path = p->output[0] ? p->output : "/dev/null";
	int fd =
		open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);

	if (fd < 0)
		return -errno;
	/* Only the opening must not wait (a fifo without a reader). */
	fcntl(fd, F_SETFL, O_APPEND);
	p->fd[1] = fd;
	p->fd[2] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return p->fd[2] < 0 ? -errno : 0;
}

/* 0, or -errno with *ret_what saying what failed. */
static int start(struct job *j, struct plan *p, bool feed, const char **ret_what)
{
	volatile int error = 0, stage = 0;
	int r;

	*ret_what = p->argv[0];
	r = find_program(p);
	if (r < 0)
		return r;
	*ret_what = "pipes or output file";
	r = j->detached ? open_output(p) : open_pipes(j, p, feed);
	if (r == 0 && p->fd[0] < 0) {
		p->fd[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
		r = p->fd[0] < 0 ? -errno : 0;
	}
	if (r < 0)
		return r;
	j->pid = launch(p, &error, &stage);
	*ret_what = j->pid < 0 ? "fork" : stage ? p->dir : p->argv[0];
	if (j->pid < 0)
		return -errno;
	if (error) {
		waitpid(j->pid, NULL, 0);
		return -error;
	}
	return 0;
}

static void say_started(const struct job *j)
{
	char buf[96];
	struct msg_writer w;

	msg_begin(&w, buf, sizeof(buf), "started");
	msg_u64(&w, "id", j->id);
	msg_u64(&w, "pid", (uint64_t)j->pid);
	msg_end_head(&w);
	line_say(&w);
}

static struct job *new_job(uint64_t id)
{
	for (size_t i = 0; i < JOBS; i++)
		if (!jobs[i].used) {
			jobs[i] = (struct job){.used = true, .id = id, .in = -1, .out = {-1, -1}};
			return &jobs[i];
		}
	return NULL;
}

static bool read_plan(const struct msg *m, struct plan *p)
{
	uint64_t args = 0, envs = 0;

	p->fd[0] = p->fd[1] = p->fd[2] = -1;
	p->dir[0] = p->output[0] = '\0';
	if (!msg_get_str(m, "dir", p->dir, sizeof(p->dir)))
		glue(p->dir, sizeof(p->dir), "/", NULL);
	msg_get_str(m, "output", p->output, sizeof(p->output));
	msg_get_u64(m, "args", &args);
	msg_get_u64(m, "envs", &envs);
	if (!cut_strings(m, p, args, envs))
		return false;
	drop_doubles(p->envp);
	return true;
}

void job_exec(const struct msg *m)
{
	static struct plan p;
	uint64_t id = 0, limit = 0;
	const char *what;
	struct job *j;
	int r;

	if (!msg_get_u64(m, "id", &id) || find(id) || !read_plan(m, &p)) {
		line_error(id, EINVAL, "exec");
		return;
	}
	j = new_job(id);
	if (!j) {
		line_error(id, EAGAIN, "too many programs run at once");
		return;
	}
	j->detached = msg_is(m, "detach", "1");
	r = start(j, &p, msg_is(m, "stdin", "1"), &what);
	for (int i = 0; i < 3; i++)
		close_fd(&p.fd[i]);
	if (r < 0) {
		forget(j);
		line_error(id, -r, what);
		return;
	}
	if (msg_get_u64(m, "limit_ms", &limit) && limit)
		j->limit_at = clock_now() + limit * 1000;
	say_started(j);
}

/* ---- stdin ---- */

void job_stdin(const struct msg *m)
{
	uint64_t id = 0;
	struct job *j = msg_get_u64(m, "id", &id) ? find(id) : NULL;

	/* A program that has closed its stdin is no error; what is meant for it is dropped. */
	if (!j || !j->feed)
		return;
	if (m->body_len > FEED_MAX - j->feed_len) {
		line_note("stdin past the window was dropped");
		kill_job(j, clock_now());
		return;
	}
	memmove(j->feed, j->feed + j->feed_at, j->feed_len);
	j->feed_at = 0;
	memcpy(j->feed + j->feed_len, m->body, m->body_len);
	j->feed_len += m->body_len;
	if (msg_is(m, "eof", "1"))
		j->feed_end = true;
	if (j->feed_end && !j->feed_len)
		stop_feed(j);
}

static void tell_fed(struct job *j)
{
	char buf[96];
	struct msg_writer w;

	if (j->fed == j->told || (j->fed - j->told < FEED_MAX / 4 && j->feed_len))
		return;
	msg_begin(&w, buf, sizeof(buf), "credit");
	msg_u64(&w, "id", j->id);
	msg_u64(&w, "n", j->fed);
	msg_end_head(&w);
	if (line_has_room() && line_say(&w))
		j->told = j->fed;
}

static void feed(struct job *j)
{
	/* At most PIPE_BUF: a writable pipe takes that without blocking, should O_NONBLOCK not
	 * hold. */
	size_t part = j->feed_len > 4096 ? 4096 : j->feed_len;
	ssize_t n = write(j->in, j->feed + j->feed_at, part);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		stop_feed(j);
		return;
	}
	j->feed_at += (size_t)n;
	j->feed_len -= (size_t)n;
	j->fed += (uint64_t)n;
	if (j->feed_end && !j->feed_len)
		stop_feed(j);
	tell_fed(j);
}

/* ---- output ---- */

static void say_output(const struct job *j, int stream, const char *data, size_t n)
{
	char buf[FRAME_PAYLOAD_MAX];
	struct msg_writer w;

	while (n) {
		size_t part;

		msg_begin(&w, buf, sizeof(buf), "out");
		msg_u64(&w, "id", j->id);
		msg_u64(&w, "s", (uint64_t)stream + 1);
		msg_end_head(&w);
		part = w.room - w.len < n ? w.room - w.len : n;
		msg_add(&w, data, part);
		line_say(&w);
		data += part;
		n -= part;
	}
}

/* True when something came. */
static bool drain(struct job *j, int stream)
{
	char buf[4 * 660]; /* four or five frames: RESERVE_SLOTS has room for them */
	ssize_t n = read(j->out[stream], buf, sizeof(buf));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		close_fd(&j->out[stream]);
		return false;
	}
	if (j->exited)
		j->after_exit += (size_t)n;
	if (!j->cancelled)
		say_output(j, stream, buf, (size_t)n);
	return true;
}

/* ---- end ---- */

static void say_exit(struct job *j)
{
	char buf[128];
	struct msg_writer w;

	msg_begin(&w, buf, sizeof(buf), j->detached ? "ended" : "exit");
	msg_u64(&w, "id", j->id);
	msg_u64(&w, "pid", (uint64_t)j->pid);
	msg_u64(&w, "status", (uint32_t)j->status);
	if (j->limit_hit)
		msg_str(&w, "limit", "1");
	msg_end_head(&w);
	if (j->cancelled || line_say(&w))
		forget(j);
}

static void reap_children(uint64_t now)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < JOBS; i++) {
			struct job *j = &jobs[i];

			if (!j->used || j->exited || j->pid != pid)
				continue;
			j->exited = true;
			j->exit_at = now;
			j->status = status;
			stop_feed(j);
		}
}

/* Read what the program left in its pipes; true when that is all. */
static bool drained(struct job *j, uint64_t now)
{
	for (int i = 0; i < 2; i++)
		while (j->out[i] >= 0 && j->after_exit < DRAIN_MAX) {
			struct pollfd p = {.fd = j->out[i], .events = POLLIN};

			if (!line_has_room())
				return false;
			if (poll(&p, 1, 0) <= 0 || !drain(j, i))
				break;
		}
	return (j->out[0] < 0 && j->out[1] < 0) || j->after_exit >= DRAIN_MAX ||
	       now - j->exit_at >= DRAIN_US;
}

static void step(struct job *j, uint64_t now)
{
	if (!j->exited && j->limit_at && now >= j->limit_at && !j->killed) {
		j->limit_hit = true;
		kill_job(j, now);
	}
	if (!j->exited && j->killed && now - j->killed_at > KILL_US) {
		if (!j->cancelled)
			line_error(j->id, ETIMEDOUT, "killed, but it does not end");
		forget(j);
		return;
	}
	if (j->feed)
		tell_fed(j);
	if (j->exited && drained(j, now))
		say_exit(j);
}

void job_step(bool reap, uint64_t now)
{
	if (reap)
		reap_children(now);
	for (size_t i = 0; i < JOBS; i++)
		if (jobs[i].used)
			step(&jobs[i], now);
}

uint64_t job_wakeup(uint64_t now)
{
	uint64_t at = LINK_NEVER;

	for (size_t i = 0; i < JOBS; i++) {
		const struct job *j = &jobs[i];
		uint64_t t = LINK_NEVER;

		if (!j->used)
			continue;
		if (j->exited)
			t = j->exit_at + DRAIN_US > now ? j->exit_at + DRAIN_US : now + 5000;
		else if (j->killed || (!j->detached && j->out[0] < 0 && j->out[1] < 0))
			t = now + 10000; /* ends any moment: the signal may be missed */
		else if (j->limit_at)
			t = j->limit_at;
		at = t < at ? t : at;
	}
	return at;
}

/* ---- poll ---- */

size_t job_poll(struct pollfd *fds, size_t room)
{
	bool output = line_has_room();
	size_t n = 0;

	for (size_t i = 0; i < JOBS && n + 3 <= room; i++) {
		struct job *j = &jobs[i];

		if (!j->used)
			continue;
		if (j->in >= 0 && j->feed_len)
			fds[n++] = (struct pollfd){.fd = j->in, .events = POLLOUT};
		for (int k = 0; k < 2; k++)
			if (output && j->out[k] >= 0)
				fds[n++] = (struct pollfd){.fd = j->out[k], .events = POLLIN};
	}
	return n;
}

static void event(int fd, uint64_t now)
{
	for (size_t i = 0; i < JOBS; i++) {
		struct job *j = &jobs[i];

		if (!j->used)
			continue;
		if (j->in == fd)
			feed(j);
		else if (j->out[0] == fd && line_has_room())
			drain(j, 0);
		else if (j->out[1] == fd && line_has_room())
			drain(j, 1);
		else
			continue;
		return;
	}
}

void job_events(const struct pollfd *fds, size_t n, uint64_t now)
{
	for (size_t i = 0; i < n; i++)
		if (fds[i].revents)
			event(fds[i].fd, now);
}

/* ---- orders ---- */

void job_cancel(uint64_t id)
{
	struct job *j = find(id);

	if (!j)
		return;
	j->cancelled = true;
	stop_feed(j);
	kill_job(j, clock_now());
}

void job_cancel_all(void)
{
	for (size_t i = 0; i < JOBS; i++)
		if (jobs[i].used && !jobs[i].detached)
			job_cancel(jobs[i].id);
}

void job_signal(const struct msg *m)
{
	uint64_t id = 0, pid = 0, signo = 0;
	bool group = msg_is(m, "group", "1");

	if (!msg_get_u64(m, "id", &id) || !msg_get_u64(m, "pid", &pid) ||
	    !msg_get_u64(m, "signo", &signo) || pid < 2 || pid > INT32_MAX || signo > 64) {
		line_error(id, EINVAL, "signal");
		return;
	}
	if (kill(group ? -(pid_t)pid : (pid_t)pid, (int)signo) < 0)
		line_error(id, errno, "kill");
	else
		line_ok(id);
}
