/* SPDX-License-Identifier: MIT */
/*
 * The interface a probe is written against.
 *
 * Owns:       what a probe is, how it states what it expects, and the helpers it may use.
 * Called by:  every file in calls/ and selftest/.
 * Never does: anything the question does not ask for: few system calls, no threads, no sleep.
 *
 * A probe is one file, one question. Its name is the file's name and its area the folder's name;
 * PROBE() registers it, so no list has to be edited. See docs/en/ADD-A-PROBE.md.
 *
 * How a probe runs: in a forked child, leader of its own session and process group, signals at
 * their defaults, standard input and output on /dev/null, umask 022. The runner checks .needs,
 * calls .setup, installs the lie if one was asked for, calls .run, and kills what is left over.
 *
 * Three families state what must hold, and a failing one means:
 *	EXPECT_x   the probe fails and goes on
 *	REQUIRE_x  the probe fails and ends
 *	SETUP_x    the probe is broken (its question could not be asked) and ends
 * The first one that does not hold gives the verdict. All may be used in helper processes too.
 */
#ifndef PROBE_H
#define PROBE_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum {
	PROBE_LIMIT_MS = 2000,
	PROBE_MAX_CALLS = 4,
	PROBE_MAX_NAME = 64,
	PROBE_MARKS = 16,
};

/* One system call the mutation makes lie; with .matches, only when those arguments are equal. */
struct probe_call {
	bool used;
	long nr;
	int matches;
	struct {
		int arg;	/* 0 to 5 */
		uint32_t value; /* compared with the low 32 bits */
	} match[2];
};

#define CALL(nr_)                         \
	{                                 \
		.used = true, .nr = (nr_) \
	}
#define CALL_IF(nr_, arg_, value_)                                                                 \
	{                                                                                          \
		.used = true, .nr = (nr_), .matches = 1, .match = { {(arg_), (uint32_t)(value_)} } \
	}
#define CALL_IOCTL(request) CALL_IF(SYS_ioctl, 1, request)
#define CALL_OPT(nr_, level_, name_)                                \
	{                                                           \
		.used = true, .nr = (nr_), .matches = 2, .match = { \
			{1, (uint32_t)(level_)},                    \
			{2, (uint32_t)(name_)}                      \
		}                                                   \
	}
#define CALL_SETSOCKOPT(level, name) CALL_OPT(SYS_setsockopt, level, name)
#define CALL_GETSOCKOPT(level, name) CALL_OPT(SYS_getsockopt, level, name)

struct probe {
	/* What the manual promises, in one sentence, and where it does. */
	const char *promise;
	const char *source;
	/* Requirement names this probe asks about: "call", "call:FLAG", "ioctl:REQUEST". */
	const char *const *covers;
	/* Facts that must hold, else the probe is skipped: see lib/need.c. */
	const char *const *needs;
	/* Time limit at scale 1, in milliseconds; 0 stands for PROBE_LIMIT_MS. */
	unsigned limit_ms;
	/* The calls the promise is about. When all of them lie, the probe must fail. */
	struct probe_call call[PROBE_MAX_CALLS];
	/* Optional: brings about the state the question is asked in. Never lied to. */
	void (*setup)(void);
	void (*run)(void);

	/* Filled in by PROBE() and the registry. */
	const char *file;
	char name[PROBE_MAX_NAME];
	char area[PROBE_MAX_NAME];
	bool chosen;
	struct probe *next;
};

#define COVERS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NEEDS(...)  ((const char *const[]){__VA_ARGS__, NULL})

/* The linker gathers the addresses of all probes in one section, in the order of their files. */
#define PROBE(...)                                                                        \
	static struct probe this_probe = {__VA_ARGS__, .file = __FILE__};                 \
	static struct probe *const probe_entry __attribute__((section("probes"), used)) = \
		&this_probe;                                                              \
	struct probe

/* ---- What must hold ----------------------------------------------------------------------- */

enum probe_force { FORCE_EXPECT, FORCE_REQUIRE, FORCE_SETUP };

/* Where a statement stands and how strong it is. */
struct probe_at {
	const char *file;
	int line;
	enum probe_force force;
};

#define AT(force) (&(const struct probe_at){__FILE__, __LINE__, (force)})

void check_ok(const struct probe_at *at, const char *what, long seen, int error);
void check_errno(const struct probe_at *at, const char *what, long seen, int error, int expected);
void check_eq(const struct probe_at *at, const char *what, long long seen, long long expected);
void check_between(const struct probe_at *at, const char *what, long long seen, long long low,
		   long long high);
void check_bytes(const struct probe_at *at, const char *what, const void *seen,
		 const void *expected, size_t len);
void check_str(const struct probe_at *at, const char *what, const char *seen, const char *expected);
void check_that(const struct probe_at *at, bool holds, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define CHECK_OK_(force, what, call)                     \
	({                                               \
		errno = 0;                               \
		long seen_ = (long)(call);               \
		check_ok(AT(force), what, seen_, errno); \
		seen_;                                   \
	})
#define CHECK_ERRNO_(force, what, call, expected)                     \
	({                                                            \
		errno = 0;                                            \
		long seen_ = (long)(call);                            \
		check_errno(AT(force), what, seen_, errno, expected); \
	})

/* The call must not return -1. Gives the call's value. */
#define EXPECT_OK(call)	 CHECK_OK_(FORCE_EXPECT, #call, call)
#define REQUIRE_OK(call) CHECK_OK_(FORCE_REQUIRE, #call, call)
#define SETUP_OK(call)	 CHECK_OK_(FORCE_SETUP, #call, call)

/* The call must return -1 and set errno to the one named. */
#define EXPECT_ERRNO(call, error)  CHECK_ERRNO_(FORCE_EXPECT, #call, call, error)
#define REQUIRE_ERRNO(call, error) CHECK_ERRNO_(FORCE_REQUIRE, #call, call, error)

/* Integers: what was seen first, what is right second. Calls among them show their errno. */
#define CHECK_EQ_(force, what, seen, expected)                           \
	({                                                               \
		errno = 0;                                               \
		long long seen_ = (long long)(seen);                     \
		check_eq(AT(force), what, seen_, (long long)(expected)); \
	})
#define EXPECT_EQ(seen, expected)  CHECK_EQ_(FORCE_EXPECT, #seen, seen, expected)
#define REQUIRE_EQ(seen, expected) CHECK_EQ_(FORCE_REQUIRE, #seen, seen, expected)
#define SETUP_EQ(seen, expected)   CHECK_EQ_(FORCE_SETUP, #seen, seen, expected)
#define EXPECT_BETWEEN(seen, low, high) \
	check_between(AT(FORCE_EXPECT), #seen, (long long)(seen), (low), (high))

/* Memory of equal length; strings. */
#define EXPECT_BYTES(seen, expected, len) \
	check_bytes(AT(FORCE_EXPECT), #seen, (seen), (expected), (len))
#define REQUIRE_BYTES(seen, expected, len) \
	check_bytes(AT(FORCE_REQUIRE), #seen, (seen), (expected), (len))
#define EXPECT_STR(seen, expected) check_str(AT(FORCE_EXPECT), #seen, (seen), (expected))

/* A condition, told in words: EXPECT(n == 10, "%d of 10 events were delivered", n). The words
 * say what was seen, since they are printed when the condition does not hold; they may tell errno,
 * since the condition is found out first. */
#define CHECK_THAT_(force, condition, ...)                     \
	({                                                     \
		bool it_holds_ = (condition);                  \
		check_that(AT(force), it_holds_, __VA_ARGS__); \
	})
#define EXPECT(holds, ...)  CHECK_THAT_(FORCE_EXPECT, holds, __VA_ARGS__)
#define REQUIRE(holds, ...) CHECK_THAT_(FORCE_REQUIRE, holds, __VA_ARGS__)
#define SETUP(holds, ...)   CHECK_THAT_(FORCE_SETUP, holds, __VA_ARGS__)

/* Ends the probe as skipped, when only the kernel itself can tell that the question is moot. */
void probe_skip(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* One more line of evidence, printed before the verdict. */
void probe_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "EAGAIN", "SIGSEGV"; in a static buffer for numbers without a name. */
const char *errno_name(int error);
const char *signal_name(int sig);
/* "exit 1", "death by SIGSEGV", "a stop by SIGTTIN", for what waitpid and child_change gave; valid
 * until the next call. */
const char *wait_name(int status);

/* ---- Waiting, never sleeping -------------------------------------------------------------- */

/* Microseconds, monotonic. */
uint64_t now_us(void);

/* What is left of the probe's patience in milliseconds: seven tenths of the limit from its start,
 * so that a probe waiting in vain fails by its own words before the runner ends it; a little less
 * in a helper process. Time in which the machine stood still does not count. Never less than 1. */
int patience_ms(void);

/* Lets a millisecond go by. */
void pause_briefly(void);

/* True as soon as the condition is, false when patience has run out. */
#define EVENTUALLY(condition)                                        \
	({                                                           \
		bool holds_;                                         \
		while (!(holds_ = (condition)) && patience_ms() > 1) \
			pause_briefly();                             \
		holds_;                                              \
	})

/* For a probe that makes calls which must not block: one that does so all the same is interrupted
 * with EINTR when patience runs out, and the probe can tell which one it was. */
void interrupt_when_late(void);

/* How long wait() took, in microseconds: the longest of a few tries, the last being the first that
 * took enough. A kernel that counts ticks may end one too early where they come late in a heap. */
uint64_t longest_wait_us(uint64_t (*wait)(void), uint64_t enough_us);

/* poll(2) on one descriptor until an event or the end of patience; gives revents, 0 for none.
 * wait_events_ms waits no longer than ms milliseconds. */
int wait_events(int fd, int events);
int wait_events_ms(int fd, int events, int ms);

/* Reads until len bytes, end of file or the end of patience. Gives the number of bytes, or -1. */
ssize_t read_full(int fd, void *buf, size_t len);
/* Whether the end of file is there to read, which read_full may have waited for in vain. */
bool read_ended(int fd);
/* Writes all of it, waiting for room. Gives 0 or -1. */
int write_full(int fd, const void *buf, size_t len);

/* ---- Helper processes --------------------------------------------------------------------- */

/* Forks a process that runs fn(arg) and exits 0. Trouble with fork is a broken probe. */
pid_t child_start(void (*fn)(void *arg), void *arg);
/* Waits for its end, killing it when patience runs out. Gives the wait status. */
int child_join(pid_t pid);
/* Waits so for one that shall return from fn, or fail by a statement of its own: any other end
 * fails the probe, were it by exit 0. */
#define child_end(pid) child_end_at(AT(FORCE_EXPECT), pid)
void child_end_at(const struct probe_at *at, pid_t pid);
/* Waits for the next change waitpid(2) reports with these options. Gives the wait status, or -1
 * when patience ran out. */
int child_change(pid_t pid, int options);

/* Tells the runner of a process made by fork itself, which may leave the group: it will be ended
 * with the probe. child_start does this. */
void child_remember(pid_t pid);

/* Sixteen integers that all processes of the probe share, for knowing how far the other one is. */
void mark_set(int mark, int value);
int mark_get(int mark);
/* Adds to a mark. What several processes add at once is all there, as it is not when they set a
 * mark to what they read there and one more. */
void mark_add(int mark, int value);
/* Waits until the mark is not 0; false when patience ran out. */
bool mark_wait(int mark);

/* Counts a signal from now on, in this process; the last one's siginfo is kept. */
void signal_watch(int sig);
int signal_count(int sig);
const siginfo_t *signal_last(int sig);

/* ---- Memory and files --------------------------------------------------------------------- */

/* A buffer whose last byte is followed by a page that may not be touched, filled with 0xa5. */
void *guard_buf(size_t len);
/* An address that is not mapped, for calls that must answer EFAULT. */
void *bad_address(void);

/* A path in a folder of this probe's own, removed after it. The string lives as long as
 * the probe. */
const char *tmp_path(const char *name);
/* Creates a file there with these bytes, and gives its path. */
const char *tmp_file(const char *name, const void *bytes, size_t len, mode_t mode);

/* Bytes that show where they stand: byte i of a stream is pattern_byte(i). */
static inline unsigned char pattern_byte(size_t i)
{
	return (unsigned char)(i * 131 + (i >> 8) * 17 + (i >> 16));
}
void pattern_fill(void *buf, size_t len, size_t from);
/* The first index where buf differs from the pattern, or len. */
size_t pattern_check(const void *buf, size_t len, size_t from);

#endif
