/* SPDX-License-Identifier: MIT */
/*
 * chan_priv: what chan.c (session, link, dispatch), chan_call.c (calls) and chan_wait.c (blocking
 * forms) share. Included by nobody else.
 */
#ifndef MACHINE_CHAN_PRIV_H
#define MACHINE_CHAN_PRIV_H

#include "machine/chan.h"
#include "wire/link.h"
#include "wire/msg.h"

#define CHAN_WINDOW	  1024u /* line bytes on their way to a guest whose tty may take 4096 */
#define CHAN_TX_SLOTS	  32u
#define CHAN_RX_SLOTS	  256u	      /* not fewer than the agent's sending slots */
#define CHAN_CHUNK	  352u	      /* payload of bulk frames: two lines fit the window */
#define CHAN_STDIN_MAX	  (16u << 10) /* what the agent keeps for one program */
#define CHAN_FACTS_MAX	  64
#define CHAN_PAST	  16
#define CHAN_ACK_US	  (20 * MSEC)
#define CHAN_ACK_BYTES	  (16u << 10)
#define CHAN_NOTES_MAX	  200
#define CHAN_RESET_EVERY  (500 * MSEC)
#define CHAN_ATTACH_EVERY (200 * MSEC)

enum chan_call_kind { CALL_EXEC, CALL_PUT, CALL_GET, CALL_PLAIN };

struct chan_call {
	struct chan_call *next;
	struct chan *chan;
	struct chan_call_listener listener;
	enum chan_call_kind kind;
	uint64_t id;
	bool detach;
	int pid;
	/* Bytes to the guest: stdin or a file. */
	char *data;
	size_t len, off;
	uint64_t taken; /* bytes that the agent has told as taken */
	bool sending;	/* off < len, or the end is not told yet */
	uint64_t size;	/* get: bytes so far */
};

struct chan_out {
	struct chan_out *next;
	size_t len, off;
	char data[];
};

struct chan_fact {
	char *key, *value;
};

struct chan {
	struct loop *loop;
	struct chan_listener listener;
	struct loop_timer timer, attaching;
	uint32_t attach_to;
	uint64_t timer_at; /* LINK_NEVER: not running */
	struct frame_reader reader, console_reader;
	bool from_console; /* the frame being looked at */
	bool on_console;   /* the session was opened there */
	struct link link;
	struct link_slot *tx, *rx;
	char msg[MSG_TO_HOST_MAX];
	bool up, dead, pumping;
	uint32_t past[CHAN_PAST];
	unsigned int n_past;
	uint64_t last_heard, reset_at;
	struct chan_fact facts[CHAN_FACTS_MAX];
	size_t n_facts;
	struct chan_out *out, **out_tail;
	struct chan_call *calls;
	uint64_t next_id;
	uint64_t n_notes, dropped_notes;
	struct chan_counters n;
	struct chan_trouble_state {
		uint64_t told_at; /* reported when the count reaches this */
	} trouble[16];
};

/* chan.c */
int chan_send(struct chan *c, const struct msg_writer *w);
void chan_pump(struct chan *c);
void chan_tell(struct chan *c, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* chan_call.c */
void chan_call_message(struct chan *c, const struct msg *m);
/* Put one more piece of some call's data into the queue; false when there is none to be sent. */
bool chan_call_produce(struct chan *c);
void chan_call_fail_all(struct chan *c, const char *why);
void chan_call_drop_all(struct chan *c);
/* Calls that blocking forms use. w holds the whole head but the id. */
int chan_call_plain(struct chan *c, struct msg_writer *w, const struct chan_call_listener *listener,
		    struct chan_call **ret_call, struct err *err);
/* Bytes that follow the request of a put; copied. */
void chan_call_give(struct chan_call *call, const void *data, size_t n);

#endif
