/* SPDX-License-Identifier: MIT */
/*
 * agent: the guest's end of the channel; PID 1 or a plain service.
 *
 * One thread, one poll() loop, no allocation after start but one buffer per program that is fed.
 * The kernel under it is young: few system calls, each optional facility is tried and its failure
 * reported in the hello, never required.
 *
 * main.c the loop; line.c the tty and the link; job.c programs; file.c put and get; boot.c what a
 * PID 1 has to set up; hello.c facts about the machine; wake.c a machine that was saved.
 */
#ifndef AGENT_H
#define AGENT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire/link.h"
#include "wire/msg.h"

#define AGENT_VERSION "1"

/* Slots kept for replies: output of programs never takes the last ones. */
#define RESERVE_SLOTS 24u
/* Output is read from pipes only while fewer frames than this wait to be sent, so that small
 * writes of a program gather in its pipe when the line is busy and leave at once when it is not. */
#define UNSENT_MAX 6u
#define POLL_MAX   200

/* ---- line.c ---- */
/* Device names, tried in order; the last resort is the console. 0, or -errno of the last one. */
int line_open(const char *const *candidates);
/* Leave echo, canonical mode and translations as they are, as on a tty that cannot be set. */
void line_leave_cooked(void);
const char *line_device(void);
int line_fd(void);
bool line_wants_write(void);
bool line_is_lost(void);
void line_receive(uint64_t now);
void line_flush(uint64_t now);
/* Write out what can be written within ms. */
void line_drain(int ms);
/* A session with a number of its own and a hello as its first message. */
void line_new_session(void);
uint64_t line_wakeup(void);
bool line_take(struct msg *ret, uint64_t now);
void line_beat(uint64_t now);
/* Room for output of programs and files. */
bool line_has_room(void);
/* Send a message; false when the link has no room. */
bool line_say(const struct msg_writer *w);
/* Replies, which have room by RESERVE_SLOTS. */
void line_ok(uint64_t id);
void line_error(uint64_t id, int error, const char *what);
void line_note(const char *text);

/* ---- job.c ---- */
void job_exec(const struct msg *m);
void job_stdin(const struct msg *m);
void job_cancel(uint64_t id);
void job_cancel_all(void);
void job_signal(const struct msg *m);
size_t job_poll(struct pollfd *fds, size_t room);
void job_events(const struct pollfd *fds, size_t n, uint64_t now);
/* Reap, kill what passed its limit, report ends. */
void job_step(bool reap, uint64_t now);
uint64_t job_wakeup(uint64_t now);

/* ---- file.c ---- */
void file_put(const struct msg *m);
void file_data(const struct msg *m);
void file_end(const struct msg *m);
void file_get(const struct msg *m);
void file_cancel(uint64_t id);
void file_cancel_all(void);
/* Send more of the files being read. True when something could be sent again at once. */
bool file_step(void);

/* ---- boot.c ---- */
void boot_mounts(void);
void boot_network(void);
/* The value of word=… on the kernel's command line or in the environment. */
bool boot_word(const char *word, char *buf, size_t room);
void boot_end(bool restart);

/* ---- wake.c ---- */
const char *wake_nonce(void); /* "" when none was given */
void wake_keep(const struct msg *m);
/* The machine was saved and runs again: clock and random numbers. */
void wake_up(const struct msg *m);

/* ---- hello.c ---- */
/* How fast is this machine? again: it was measured before, so a quarter of the work is enough. */
void hello_measure(bool again);
void hello_trouble(const char *what, int error);
void hello_write(struct msg_writer *w);
uint64_t clock_now(void); /* µs, monotonic */
uint64_t mem_free_kib(void);
uint32_t random_number(void);
/* At most n bytes; how many, 0 on any failure. */
size_t read_file(const char *path, char *buf, size_t n);
/* "a", "b" … NULL glued into buf. */
const char *glue(char *buf, size_t room, ...);

#endif
