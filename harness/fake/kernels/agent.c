/* SPDX-License-Identifier: MIT */
/* The words that speak on the channel (second UART) like an agent, or almost like one. */
#include <string.h>

#include "fake.h"
#include "wire/frame.h"
#include "wire/msg.h"

#define SESSION 0x0fa4e001u

static char line[FRAME_LINE_MAX];
static size_t line_len;

static void send(char type, uint32_t seq, const struct msg_writer *w)
{
	struct frame f = {.dir = FRAME_FROM_GUEST,
			  .type = type,
			  .session = SESSION,
			  .seq = seq,
			  .len = (uint16_t)w->len,
			  .payload = w->buf};

	line_len = frame_format(&f, line, sizeof(line));
	fake_put(FAKE_COM2, line, line_len);
}

void fake_hello(void)
{
	static char buf[FRAME_PAYLOAD_MAX];
	struct msg_writer w;

	msg_begin(&w, buf, sizeof(buf), "hello");
	msg_str(&w, "agent", "fake");
	msg_str(&w, "channel", "/dev/ttyS1");
	msg_str(&w, "sysname", "Fake");
	msg_str(&w, "release", "0.0-fake");
	msg_str(&w, "version", "#1");
	msg_str(&w, "machine", "x86_64");
	msg_str(&w, "cmdline", "");
	msg_u64(&w, "cpus", 1);
	msg_u64(&w, "mem_kib", 65536);
	msg_u64(&w, "uptime_ms", 1);
	msg_u64(&w, "speed_us", 10000);
	msg_end_head(&w);
	send(FRAME_HELLO, 0, &w);
}

void fake_beat(void)
{
	static char buf[FRAME_PAYLOAD_MAX];
	struct msg_writer w;

	msg_begin(&w, buf, sizeof(buf), "beat");
	msg_u64(&w, "uptime_ms", 2);
	msg_u64(&w, "mem_free_kib", 1024);
	msg_end_head(&w);
	send(FRAME_BEAT, 1, &w);
}

/* The last line again, as a replayed one. */
void fake_replay(void)
{
	fake_put(FAKE_COM2, line, line_len);
}

/* Bytes that are no frame, a frame that claims more than any has, half a frame, a wrong CRC, the
 * host's own direction: none of it may hurt the reader. */
void fake_garbage(void)
{
	static const char noise[] = "\x00\xff\x1b[2J~~~~G1\n\r~G1D0";
	static const char huge[] = "~G1D00fa4e0010000000000000000ffff00000000AAAAAAAA\n";
	char keep;

	fake_put(FAKE_COM2, noise, sizeof(noise) - 1);
	fake_put(FAKE_COM2, huge, sizeof(huge) - 1);
	fake_hello();
	fake_put(FAKE_COM2, line, line_len / 2);
	fake_put(FAKE_COM2, "\n", 1);
	keep = line[line_len - 3];
	line[line_len - 3] = keep == 'A' ? 'B' : 'A';
	fake_replay();
	line[line_len - 3] = keep;
	keep = line[1];
	line[1] = FRAME_FROM_HOST;
	fake_replay();
	line[1] = keep;
}
