/* SPDX-License-Identifier: MIT */
/*
 * link: a reliable sequence of messages over frames: numbers, acknowledgement, repetition, window.
 *
 * Compiled by the host program and by the agent. Owns no descriptor, no clock (the caller says what
 * time it is, in µs) and allocates nothing: the slots are the caller's. Both ends are the same code
 * with different numbers.
 *
 * The caller feeds frames (link_input), takes messages (link_take) until there is none, and pulls
 * lines to send (link_pull) whenever its outlet has room; link_wakeup() tells when to pull next if
 * nothing happens before. What is not taken is not acknowledged: that is the back-pressure.
 */
#ifndef WIRE_LINK_H
#define WIRE_LINK_H

#include "wire/frame.h"

#define LINK_BEAT_MAX  240u
#define LINK_NEVER     UINT64_MAX
#define LINK_HELLO_US  200000u /* a hello is repeated at this interval until it is answered */
#define LINK_RTO_FIRST 300000u
#define LINK_RTO_MIN   60000u
#define LINK_RTO_MAX   2000000u

struct link_slot {
	uint64_t sent_at;
	uint16_t len;
	char type;
	uint8_t flags;
	bool held;     /* receiver: filled */
	bool again;    /* sender: to be repeated */
	bool repeated; /* sender: was; says nothing about the round trip */
	uint8_t data[FRAME_PAYLOAD_MAX];
};

struct link_config {
	char dir; /* FRAME_FROM_…: ours */
	struct link_slot *tx, *rx;
	uint32_t tx_slots, rx_slots;
	uint32_t window;       /* bytes of lines sent and not acknowledged */
	uint32_t ack_delay_us; /* an acknowledgement may wait this long for company … */
	uint32_t ack_bytes;    /* … unless so many payload bytes wait for it */
	char *msg;	       /* where messages are put together */
	size_t msg_max;
};

struct link_counters {
	uint64_t frames_in, frames_out;
	uint64_t duplicate; /* came again */
	uint64_t beyond;    /* numbered past the window, or acknowledging what was never sent */
	uint64_t resent;    /* frames of ours repeated */
	uint64_t missing;   /* numbers that were asked for again */
	uint64_t too_long;  /* messages past the ceiling, dropped */
};

struct link {
	struct link_config c;
	struct link_counters n;
	uint32_t session;
	bool established; /* the peer has acknowledged something */
	/* sender: una <= nxt <= end */
	uint32_t una, nxt, end;
	uint32_t in_flight; /* line bytes */
	uint64_t progress_at;
	uint64_t srtt, rttvar, rto;
	unsigned int backoff;
	bool query, any_again;
	/* receiver */
	uint32_t rx_next; /* next to be taken */
	uint32_t rx_high; /* after the highest number known to exist */
	uint32_t nak_high;
	uint32_t rx_unacked; /* payload bytes */
	bool answer, ack_now, gap;
	uint64_t ack_at;
	size_t msg_len;
	bool msg_bad;
	/* heartbeat and reset */
	bool reset;
	uint16_t beat_len;
	char beat[LINK_BEAT_MAX];
};

void link_init(struct link *l, const struct link_config *config);
/* Begin a session: everything of the old one is forgotten, counters stay. */
void link_open(struct link *l, uint32_t session);

/* Slots free for link_put(). */
uint32_t link_room(const struct link *l);
/* Slots that a message of n bytes needs. */
uint32_t link_slots(size_t n);
/* Queue one frame; false when there is no slot or it is too long. */
bool link_put(struct link *l, char type, uint8_t flags, const void *data, size_t n);
/* Queue a whole message, all or nothing. */
bool link_put_msg(struct link *l, char type, const void *data, size_t n);
/* Queue a heartbeat; a later one replaces it. */
void link_put_beat(struct link *l, const void *data, size_t n);
/* Queued, never sent. */
static inline uint32_t link_unsent(const struct link *l)
{
	return l->end - l->nxt;
}
/* Sent or not, not acknowledged. */
static inline bool link_idle(const struct link *l)
{
	return l->una == l->end;
}

/* A frame of this session arrived. */
void link_input(struct link *l, const struct frame *f, uint64_t now);
/* The next whole message; valid until the next call. */
bool link_take(struct link *l, const void **ret_data, size_t *ret_len, uint64_t now);
/* A line to send now, newline last; 0: none. line has room for FRAME_LINE_MAX. */
size_t link_pull(struct link *l, char *line, uint64_t now);
/* When to pull again if nothing happens; LINK_NEVER: no need. */
uint64_t link_wakeup(const struct link *l);
/* Numbers that are known to exist and never arrived. */
uint32_t link_lost(const struct link *l);

#endif
