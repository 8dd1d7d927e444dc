/* SPDX-License-Identifier: MIT */
/*
 * chan: requests to the agent and its answers, over a reliable sequence of frames (wire/frame).
 *
 * Owns the protocol state of one boot: windows, retransmission, calls in flight. Does not own the
 * byte stream: the caller feeds what arrives and gives a function that writes. Everything that the
 * guest says has a ceiling. docs/en/PROTOCOL.md is the description of what goes over the line.
 */
#ifndef MACHINE_CHAN_H
#define MACHINE_CHAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/strbuf.h"

struct chan;
struct chan_call;

/* Facts from the agent's hello, as text: "release", "version", "machine", "cmdline", "agent",
 * "channel", "cpus", "mem_kib", "uptime_ms", "speed_us" (time of a fixed loop). */
struct chan_listener {
	int (*write)(void *arg, const void *data, size_t n);
	/* The same towards the console, for an agent that has no other device; optional. */
	int (*write_console)(void *arg, const void *data, size_t n);
	void (*on_hello)(void *arg);
	void (*on_heartbeat)(void *arg, uint64_t uptime_ms, uint64_t mem_free_kib);
	/* Damage seen and repaired or not: kind "crc", "resend", "lost", "garbage", "stale", …;
	 * also "note" (words of the agent), "ended" (a detached program) and "session" (the agent
	 * began anew). Each count is told when it has doubled since, so that a flood stays a few
	 * lines. Optional. */
	void (*on_trouble)(void *arg, const char *kind, const char *text);
	/* Optional: each frame line as sent ('>') and received ('<'), for channel.log. */
	void (*on_trace)(void *arg, char direction, const char *line, size_t n);
	void *arg;
};

int chan_new(struct loop *loop, const struct chan_listener *listener, struct chan **ret_chan,
	     struct err *err);
void chan_free(struct chan *c);
void chan_feed(struct chan *c, const char *data, size_t n);
/*
 * Bytes of the kernel's console, where the agent speaks if it can open nothing better. What is no
 * frame is not counted. Ignored once a session stands on the channel itself; an agent that greets
 * here is answered through write_console.
 */
void chan_feed_console(struct chan *c, const char *data, size_t n);
bool chan_is_up(const struct chan *c); /* hello seen */
/* NULL when unknown; owned by the channel. */
const char *chan_fact(const struct chan *c, const char *key);
/* µs (now_us) of the last valid frame. */
uint64_t chan_last_heard(const struct chan *c);

struct chan_counters {
	uint64_t frames_in, frames_out, bytes_in, bytes_out;
	uint64_t bad_crc, resent, duplicate, garbage_bytes, lost;
	uint64_t missing;  /* frames that were missed and asked for again: repaired unless lost */
	uint64_t oversize; /* claimed a length that no frame has */
	uint64_t beyond;   /* impossible numbers */
	uint64_t stale;	   /* of another session */
	uint64_t echoes;   /* our own frames, sent back by a tty */
	uint64_t bad_messages; /* frames fine, content not */
	uint64_t sessions;     /* hellos: more than one means that the agent began anew */
	/* What the agent counted on its side, as of its last heartbeat. */
	uint64_t guest_bad_crc, guest_resent, guest_duplicate, guest_garbage_bytes;
};
void chan_get_counters(const struct chan *c, struct chan_counters *ret);

/* A program in the guest. */
struct chan_exec {
	char *const *argv;
	char *const *env;	/* added to the agent's; NULL: nothing */
	const char *dir;	/* NULL: / */
	const void *stdin_data; /* copied; NULL: /dev/null */
	size_t stdin_len;
	uint64_t limit_ms; /* the agent kills the group after it; 0: none */
	bool detach; /* spawn: answer as soon as it runs; output goes to the file below or /dev/null
		      */
	const char *output; /* detach: guest file for stdout and stderr, or NULL */
};
struct chan_call_listener {
	/* stream 1: stdout, 2: stderr */
	void (*on_output)(void *arg, int stream, const char *data, size_t n);
	/* None of these callbacks may free the channel. */
	/* Once, the last word about this call. status: wait status; or error != NULL (the agent
	 * could not). For a detached program: called when it runs, pid told. */
	void (*on_done)(void *arg, int status, int pid, const char *error);
	void *arg;
};
/* The error that on_done gets, with a valid status, when the agent killed a program for its
 * limit_ms.
 */
#define CHAN_LIMIT_PASSED "time limit passed, killed"

/* The call frees itself after on_done, or with chan_free() (on_done is then not called). */
int chan_start_exec(struct chan *c, const struct chan_exec *exec,
		    const struct chan_call_listener *listener, struct chan_call **ret_call,
		    struct err *err);
/* Forget a call: its callbacks are not called any more. The agent is told to kill the program (and
 * its group) unless it is detached. */
void chan_abandon(struct chan_call *call);

/*
 * Blocking forms, on top of loop_wait(). -ETIMEDOUT (the deadline, or the program's limit_ms),
 * -EINTR, -EREMOTEIO (the agent said no, its words in err), -EPIPE (the channel was closed by
 * chan_set_dead() in the meantime).
 */
int chan_wait_hello(struct chan *c, struct deadline d, struct err *err);
int chan_run(struct chan *c, const struct chan_exec *exec, struct strbuf *out,
	     struct strbuf *err_out, int *ret_status, struct deadline d, struct err *err);
int chan_spawn(struct chan *c, const struct chan_exec *exec, int *ret_pid, struct deadline d,
	       struct err *err);
/* As kill(2): a negative pid is a process group; -1, 0 and 1 are refused. */
int chan_signal(struct chan *c, int pid, int signo, struct deadline d, struct err *err);
int chan_put(struct chan *c, const char *guest_path, const void *data, size_t n, unsigned int mode,
	     struct deadline d, struct err *err);
int chan_get(struct chan *c, const char *guest_path, struct strbuf *sb, struct deadline d,
	     struct err *err);
/* Round trip to the agent itself. */
int chan_ping(struct chan *c, struct deadline d, struct err *err);
/* Ask for a sign of life without waiting for it: chan_last_heard() tells. */
void chan_nudge(struct chan *c);
/* Ask for sync and power-off; does not wait for the machine to end. */
int chan_poweroff(struct chan *c, struct err *err);

/*
 * A machine that is saved and woken. Before saving, chan_keep() gives the agent a value that lives
 * in the guest's memory alone; each hello tells it from then on (fact "nonce"), so that a wake is
 * told from a boot. The woken agent believes itself in the session of the saved machine
 * (chan_session()), whose other end is gone: chan_attach() asks it for another until it says hello,
 * and chan_woken() then sets the guest's clock and stirs fresh entropy into its random numbers.
 */
int chan_keep(struct chan *c, const char *nonce, struct deadline d, struct err *err);
uint32_t chan_session(const struct chan *c);
void chan_attach(struct chan *c, uint32_t session);
/* entropy: hexadecimal digits, four bits each. */
int chan_woken(struct chan *c, uint64_t wall_us, const char *entropy, struct deadline d,
	       struct err *err);
/* The machine is gone: calls in flight end with an error, every wait returns -EPIPE from now on. */
void chan_set_dead(struct chan *c);

#endif
