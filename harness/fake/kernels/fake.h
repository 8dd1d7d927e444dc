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

/* fake.c */
void fake_put(uint16_t port, const char *s, size_t n);

/* agent.c */
void fake_hello(void);
void fake_beat(void);
void fake_replay(void);
void fake_garbage(void);

/* text.c: what a kernel says when it dies. NULL: no such text. */
const char *fake_text(const char *name, size_t n);

/* start.S */
void fake_halt(void) __attribute__((noreturn));
void fake_spin(void) __attribute__((noreturn));
void fake_reset(void) __attribute__((noreturn));

extern const char fake_script[];

#endif
