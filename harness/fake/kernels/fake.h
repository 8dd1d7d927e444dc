/* SPDX-License-Identifier: MIT */
/*
 * fake: tiny kernels that misbehave on purpose, to prove on real QEMU that each kind of end is
 * recognised. One program; a script of words says what it does:
 *
 *	fake=boot,dragonos-fatal,spin
 *
 * on the command line, or else the script that was linked in (fake_script). Words run one after
 * the other; the one that ends it is last; past the end of the script it halts.
 */
#ifndef FAKE_H
#define FAKE_H

#include <stddef.h>
#include <stdint.h>

#define FAKE_COM1 0x3f8
#define FAKE_COM2 0x2f8

#define FAKE_HZ 50

/* fake.c */
void fake_put(uint16_t port, const char *s, size_t n);
void fake_say(const char *s);
void fake_poweroff(void);
/* The next byte that came in, -1: none yet. */
int fake_get(uint16_t port);
void fake_outb(uint16_t port, uint8_t v);
/* Milliseconds since the call before. */
uint32_t fake_passed_ms(void);

/* agent.c */
void fake_hello(void);
void fake_beat(void);
void fake_replay(void);
void fake_garbage(void);
/* What an agent that lives does about a runner of cases. */
struct fake_agent {
	uint32_t clock_per_mille; /* how fast its clock goes */
	enum {
		FAKE_RUN_NOTHING, /* takes the request and never answers */
		FAKE_RUN_PASS,	  /* every case passes */
		FAKE_RUN_HANG,	  /* the first one begins and never ends */
		FAKE_RUN_SPIN,	  /* the same, and the kernel with it */
		FAKE_RUN_LATE,	  /* of several the second one ends after the text, which comes when
				   * the first one is forgotten; a lone one passes */
	} run;
	const char *text; /* said on the console right after that, or NULL */
};
/* For ever: takes what the host says, answers a ping, beats, and runs cases like this. */
void fake_serve(const struct fake_agent *how) __attribute__((noreturn));

/* tick.c: halted for so many ticks of a clock of FAKE_HZ. */
void fake_doze(unsigned int ticks);

/* text.c: what a kernel says when it dies. NULL: no such text. */
const char *fake_text(const char *name, size_t n);

/* start.S */
void fake_halt(void) __attribute__((noreturn));
void fake_spin(void) __attribute__((noreturn));
void fake_reset(void) __attribute__((noreturn));

extern const char fake_script[];

#endif
