/* SPDX-License-Identifier: MIT */
/* Waiting for a condition with a deadline; helper processes; signals seen. */
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "inside.h"

uint64_t now_us(void)
{
	struct timespec ts = {0};

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

enum { TARDY_MS = 10 };

static uint64_t most_late_us;

void clock_keep(unsigned most_late_ms)
{
	most_late_us = most_late_ms * 1000ull;
	atomic_store(&shared->seen_us, now_us());
}

uint64_t clock_look(void)
{
	uint64_t now = now_us(), seen = atomic_load(&shared->seen_us);

	/* Whoever was held up between its look and this has nothing to tell. */
	do
		if (!seen || now <= seen)
			return now;
	while (!atomic_compare_exchange_weak(&shared->seen_us, &seen, now));
	seen += (SLICE_MS + TARDY_MS) * 1000ull;
	if (now > seen)
		atomic_fetch_add(&shared->late_us, now - seen);
	return now;
}

uint64_t clock_late_us(void)
{
	uint64_t late = atomic_load(&shared->late_us);

	return late < most_late_us ? late : most_late_us;
}

int patience_ms(void)
{
	unsigned share = probe_is_helper ? PATIENCE_HELPER : PATIENCE;
	uint64_t now = clock_look();
	uint64_t end = shared->start_us + clock_late_us() + (uint64_t)shared->limit_ms * share;

	return now + 1000 < end ? (int)((end - now) / 1000) : 1;
}

void pause_briefly(void)
{
	poll(NULL, 0, 1);
}

uint64_t longest_wait_us(uint64_t (*wait)(void), uint64_t enough_us)
{
	enum { TRIES = 5 };
	uint64_t longest = 0;

	for (int i = 0; i < TRIES && longest < enough_us; i++) {
		uint64_t took = wait();

		longest = took > longest ? took : longest;
	}
	return longest;
}

int wait_events_ms(int fd, int events, int ms)
{
	struct pollfd p = {.fd = fd, .events = (short)events};
	uint64_t late;
	int left, n;

	do {
		left = patience_ms();
		late = clock_late_us();
		n = poll(&p, 1, ms < left ? ms : left);
		if (n < 0 && errno != EINTR)
			return 0;
		/* There is patience left where the machine stood still meanwhile. */
	} while (n < 0 || (ms > left && n == 0 && patience_ms() > 1 && clock_late_us() > late));
	return n ? p.revents : 0;
}

int wait_events(int fd, int events)
{
	return wait_events_ms(fd, events, INT_MAX);
}

ssize_t read_full(int fd, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		if (!wait_events(fd, POLLIN))
			break;
		ssize_t n = read(fd, (char *)buf + done, len - done);

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
		if (n == 0)
			break;
		if (n > 0)
			done += (size_t)n;
	}
	return (ssize_t)done;
}

bool read_ended(int fd)
{
	char c;

	return wait_events_ms(fd, POLLIN, 0) && read(fd, &c, 1) == 0;
}

int write_full(int fd, const void *buf, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = write(fd, (const char *)buf + done, len - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno == EAGAIN) {
			if (!wait_events(fd, POLLOUT))
				return -1;
		} else if (errno != EINTR)
			return -1;
	}
	return 0;
}

/* Of this helper in shared->pids; SHARED_PIDS: it has none. */
static int my_place = SHARED_PIDS;

/* SHARED_PIDS when there is none left. */
static int take_place(void)
{
	int i;

	for (i = 0; i < SHARED_PIDS; i++) {
		int none = 0;

		if (atomic_compare_exchange_strong(&shared->pids[i], &none, PLACE_TAKEN))
			break;
	}
	return i;
}

static void fill_place(int place, pid_t pid)
{
	if (place < SHARED_PIDS)
		atomic_store(&shared->pids[place], (int)pid);
}

void helper_ended(void)
{
	if (my_place < SHARED_PIDS)
		atomic_store(&shared->ended[my_place], 1);
}

/* Numbers are used again: the last one to have this one. */
static bool came_to_end(pid_t pid)
{
	for (int i = SHARED_PIDS - 1; i >= 0; i--)
		if (atomic_load(&shared->pids[i]) == (int)pid)
			return atomic_load(&shared->ended[i]);
	return true;
}

void child_remember(pid_t pid)
{
	int place = take_place();

	if (place < SHARED_PIDS)
		atomic_store(&shared->ended[place], 1);
	fill_place(place, pid);
}

pid_t child_start(void (*fn)(void *arg), void *arg)
{
	int place = take_place();
	pid_t parent = getpid();
	pid_t pid = (pid_t)SETUP_OK(fork());

	if (pid > 0) {
		fill_place(place, pid);
		return pid;
	}
	probe_is_helper = true;
	my_place = place;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	fn(arg);
	helper_ended();
	_exit(0);
}

int child_change(pid_t pid, int options)
{
	int status = 0;

	if (!EVENTUALLY(waitpid(pid, &status, options | WNOHANG) == pid))
		return -1;
	return status;
}

int child_join(pid_t pid)
{
	int status = child_change(pid, 0);

	if (status != -1)
		return status;
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return status;
}

void child_end_at(const struct probe_at *at, pid_t pid)
{
	int status = child_join(pid);

	check_that(at, status == 0, "a process of the probe ended with %s", wait_name(status));
	check_that(at, status != 0 || came_to_end(pid),
		   "a process of the probe did not come to its end");
}

void mark_set(int mark, int value)
{
	atomic_store(&shared->marks[mark], value);
}

void mark_add(int mark, int value)
{
	atomic_fetch_add(&shared->marks[mark], value);
}

int mark_get(int mark)
{
	return atomic_load(&shared->marks[mark]);
}

bool mark_wait(int mark)
{
	return EVENTUALLY(mark_get(mark) != 0);
}

static void on_alarm(int sig)
{
	probe_was_late = 1;
}

void interrupt_when_late(void)
{
	struct sigaction act = {.sa_handler = on_alarm};
	int ms = patience_ms();
	/* Again and again: the signal may come between two calls. */
	struct itimerval timer = {.it_value = {ms / 1000, ms % 1000 * 1000},
				  .it_interval = {0, 50000}};

	/* Where there are no timers, the runner's limit ends the probe. */
	if (sigaction(SIGALRM, &act, NULL) == 0)
		setitimer(ITIMER_REAL, &timer, NULL);
}

static volatile sig_atomic_t counts[NSIG];
static siginfo_t last[NSIG];

static void on_signal(int sig, siginfo_t *info, void *context)
{
	last[sig] = *info;
	counts[sig]++;
}

void signal_watch(int sig)
{
	struct sigaction act = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};

	counts[sig] = 0;
	memset(&last[sig], 0, sizeof(last[sig]));
	SETUP_OK(sigaction(sig, &act, NULL));
}

int signal_count(int sig)
{
	return counts[sig];
}

const siginfo_t *signal_last(int sig)
{
	return &last[sig];
}
