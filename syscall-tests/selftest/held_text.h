/* SPDX-License-Identifier: MIT */
/*
 * held_text: a crash's text that the kernel's log has and no console, until another probe brings it
 * there. Included by self_text_held and self_text_told alone.
 */
#ifndef SELFTEST_HELD_TEXT_H
#define SELFTEST_HELD_TEXT_H

#define HELD_LOG   "/dev/kmsg"
#define HELD_LINES 4

static const char *const held_text[HELD_LINES] = {
	"BUG: kernel NULL pointer dereference, address: 0000000000000008",
	"Oops: 0000 [#1] PREEMPT SMP NOPTI",
	"RIP: 0010:self_text_held+0x16/0x20",
	"---[ end trace 0000000000000000 ]---",
};

#endif
