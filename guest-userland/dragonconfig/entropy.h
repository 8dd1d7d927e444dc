/* SPDX-License-Identifier: MIT */
/*
 * entropy: random bytes for keys, passwords and salts, on kernels too whose own can be guessed.
 *
 * One pool a process. Everything there is goes into it: the kernel's random numbers, RDSEED and
 * RDRAND, seeds of the source, seed files, clocks; adding what is known to others does no harm.
 * Whether the result can be guessed is told by entropy_weakness(): it cannot when the kernel's
 * numbers look random, or the processor's do, or the source gave a seed of 32 bytes.
 */
#ifndef DRAGONCONFIG_ENTROPY_H
#define DRAGONCONFIG_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

/* A seed that this machine alone was given; before the first use of the others. */
void entropy_add(const void *data, size_t n);
/* Never waits longer than two seconds, once. */
void entropy_bytes(void *ret, size_t n);
/* NULL: the bytes cannot be guessed; else why they can. */
const char *entropy_weakness(void);
/* What is wrong with the kernel's own, NULL: nothing. */
const char *entropy_kernel_flaw(void);
/*
 * Do these words, which should be random, show that they are not? NULL: they do not. Pure. A good
 * generator is called flawed once in 10^11 times at the most: bits of one place must be 0 and 1
 * alike (eight standard deviations), and words must not go up by nearly equal steps.
 */
const char *entropy_flaw(const uint64_t *words, size_t n);

#endif
