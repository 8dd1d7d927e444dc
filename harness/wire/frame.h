/* SPDX-License-Identifier: MIT */
/*
 * frame: one record of the channel as one printable line, and a reader that finds such lines in
 * anything.
 *
 * Compiled by the host program and by the agent; uses nothing but string.h. Owns no descriptor and
 * no clock. Called by wire/link and both ends of the channel. docs/en/PROTOCOL.md describes the
 * line:
 *
 *   ~ dir 1 type flags session(8) seq(8) ack(8) length(4) crc(8) base64(payload) \n
 *
 * Numbers are lower-case hexadecimal of fixed width. The CRC covers everything from dir to length
 * and the raw payload.
 */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_PAYLOAD_MAX 704u
#define FRAME_HEAD	  41u
#define FRAME_LINE_MAX	  1000u /* with its newline */

#define FRAME_FROM_GUEST 'G'
#define FRAME_FROM_HOST	 'H'

/* Types. HELLO and DATA are sequenced: seq is their own number. In the others seq is the number of
 * the next sequenced frame that was not sent yet. ack is always the next number expected. */
#define FRAME_HELLO 'H' /* data that opens a session: numbers begin at 0 */
#define FRAME_DATA  'D'
#define FRAME_ACK   'A'
#define FRAME_NAK   'N' /* payload: missing numbers, 8 digits each */
#define FRAME_QUERY 'Q' /* asks for an ACK or NAK at once */
#define FRAME_BEAT  'B' /* heartbeat; payload: a message header */
#define FRAME_RESET 'R' /* host: end this session, begin another */

#define FRAME_MORE 1u /* flag: the message goes on in the next sequenced frame */

struct frame {
	char dir;
	char type;
	uint8_t flags;
	uint32_t session, seq, ack;
	uint16_t len;
	const void *payload;
};

static inline bool frame_is_sequenced(char type)
{
	return type == FRAME_HELLO || type == FRAME_DATA;
}

/* Bytes of a line that carries len bytes, newline included. */
size_t frame_line_len(size_t len);
/* Write the line, newline last, no NUL. Returns its length, 0 when the payload is too long.
 * room of FRAME_LINE_MAX always suffices. */
size_t frame_format(const struct frame *f, char *line, size_t room);

/* base64 without the signs at its end that only fill up, and without a NUL: 4 characters for 3
 * bytes. */
void frame_base64_encode(char *to, const uint8_t *p, size_t n);

uint32_t frame_crc(uint32_t crc, const void *data, size_t n);
void frame_put_hex(char *s, uint32_t v, unsigned int digits);
/* False when a character is not one of 0-9a-f. */
bool frame_get_hex(const char *s, unsigned int digits, uint32_t *ret);

/* Finds frames in a stream of bytes. All memory is here; whatever arrives, it never grows. */
struct frame_reader {
	char expect;		/* direction wanted; frames of the other one are our own, echoed */
	uint64_t garbage_bytes; /* outside of any frame, line ends not counted */
	uint64_t damaged;	/* began like a frame; cut, or the CRC is wrong */
	uint64_t oversize;	/* claimed a length that no frame has */
	uint64_t echoes;
	/* The last frame found, as text without its newline; valid until the next call. */
	const char *line;
	size_t line_len;
	/* private */
	size_t start, len; /* bytes kept in buf */
	size_t checked;	   /* of them, found to fit the grammar */
	size_t whole;	   /* length of the frame that begins at start, 0: not known yet */
	char buf[2 * FRAME_LINE_MAX];
	uint8_t payload[FRAME_PAYLOAD_MAX + 3];
};

void frame_reader_init(struct frame_reader *r, char expect);
/* Consume bytes until a frame is complete or none is left. True: *ret holds a frame (its payload
 * is valid until the next call); call again for what is left. */
bool frame_read(struct frame_reader *r, const char **data, size_t *n, struct frame *ret);

#endif
