/* SPDX-License-Identifier: MIT */
#include "entropy.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium/crypto_hash_sha512.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "base/cleanup.h"

#define POOL_SIZE    crypto_hash_sha512_BYTES
#define KERNEL_WORDS 512
#define CPU_WORDS    64
#define SEED_ENOUGH  32
#define READY_WAIT_S 2

static struct {
	unsigned char bytes[POOL_SIZE];
	bool gathered, cpu_is_good;
	size_t seeds;
	const char *kernel_flaw;
} pool;

static void stir(char what, const void *data, size_t n)
{
	crypto_hash_sha512_state h;

	crypto_hash_sha512_init(&h);
	crypto_hash_sha512_update(&h, pool.bytes, POOL_SIZE);
	crypto_hash_sha512_update(&h, (const unsigned char *)&what, 1);
	crypto_hash_sha512_update(&h, data, n);
	crypto_hash_sha512_final(&h, pool.bytes);
	explicit_bzero(&h, sizeof(h));
}

void entropy_add(const void *data, size_t n)
{
	stir('s', data, n);
	pool.seeds += n;
}

/* A bit that is nearly always the same, in any of the 64 places. */
static bool has_stuck_bit(const uint64_t *words, size_t n)
{
	for (unsigned int bit = 0; bit < 64; bit++) {
		int64_t excess = -(int64_t)n; /* ones less zeros */

		for (size_t i = 0; i < n; i++)
			excess += (int64_t)(words[i] >> bit & 1) * 2;
		if (excess * excess >= 64 * (int64_t)n)
			return true;
	}
	return false;
}

/* Steps from word to word that are equal but for their lower 40 bits, more than twice. */
static bool has_even_steps(const uint64_t *words, size_t n)
{
	unsigned int found = 0;

	for (size_t i = 2; i < n; i++) {
		uint64_t d = (words[i] - words[i - 1]) - (words[i - 1] - words[i - 2]);

		found += d + (1ULL << 39) < 1ULL << 40;
	}
	return found > 2;
}

const char *entropy_flaw(const uint64_t *words, size_t n)
{
	if (has_stuck_bit(words, n))
		return "some of their bits hardly ever change";
	return has_even_steps(words, n) ? "they follow each other in even steps" : NULL;
}

static bool read_file(const char *path, void *buf, size_t n)
{
	_autoclose_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	return fd >= 0 && read(fd, buf, n) == (ssize_t)n;
}

static void wake(int sig)
{
}

/* A kernel that has just begun may need a moment; some gather only while somebody waits. */
static void wait_for_kernel(void)
{
	struct sigaction sa = {.sa_handler = wake}, old;
	struct itimerval timer = {.it_value.tv_sec = READY_WAIT_S, .it_interval.tv_usec = 100000};
	char byte;

	sigaction(SIGALRM, &sa, &old);
	setitimer(ITIMER_REAL, &timer, NULL);
	(void)!getrandom(&byte, 1, 0);
	setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
	sigaction(SIGALRM, &old, NULL);
}

static const char *ask_kernel(void *buf, size_t n)
{
	ssize_t got = getrandom(buf, n, GRND_NONBLOCK);

	if (got < 0 && errno == EAGAIN) {
		wait_for_kernel();
		got = getrandom(buf, n, GRND_NONBLOCK);
	}
	if (got == (ssize_t)n)
		return NULL;
	if (got < 0 && errno == EAGAIN) {
		read_file("/dev/urandom", buf, n);
		return "the kernel has not gathered enough of them yet";
	}
	return read_file("/dev/urandom", buf, n) ? NULL : "the kernel has none";
}

#if defined(__x86_64__)
static bool cpu_word(bool seed, unsigned long long *ret)
{
	unsigned char ok;

	/* Both may have none at the moment; Intel's advice is to ask ten times. */
	for (int i = 0; i < 10; i++) {
		if (seed)
			__asm__ volatile("rdseed %0; setc %1" : "=r"(*ret), "=qm"(ok) : : "cc");
		else
			__asm__ volatile("rdrand %0; setc %1" : "=r"(*ret), "=qm"(ok) : : "cc");
		if (ok)
			return true;
	}
	return false;
}

/* Some processors answer with the same word always: that is looked at, too. */
static void ask_cpu(void)
{
	uint64_t words[CPU_WORDS];
	unsigned int a, b, c, d;
	bool seed = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_RDSEED);
	bool rand = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_RDRND);
	size_t n = 0;

	while ((seed || rand) && n < CPU_WORDS) {
		unsigned long long word;

		if (seed && !cpu_word(true, &word))
			seed = false;
		else if (!seed && !cpu_word(false, &word))
			break;
		else
			words[n++] = word;
	}
	stir('c', words, n * sizeof(*words));
	pool.cpu_is_good = n == CPU_WORDS && !entropy_flaw(words, n);
	explicit_bzero(words, sizeof(words));
}
#else
static void ask_cpu(void)
{
}
#endif

static void stir_clocks(void)
{
	static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME};
	struct timespec ts;

	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++)
		if (clock_gettime(clocks[i], &ts) == 0)
			stir('t', &ts, sizeof(ts));
}

/* Every copy of an image has the same: of use beside other sources, not alone. */
static void stir_files(void)
{
	static const char *const files[] = {"/var/lib/systemd/random-seed",
					    "/var/lib/seedrng/seed.credit",
					    "/var/lib/urandom/random-seed"};
	unsigned char buf[SEED_ENOUGH];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (read_file(files[i], buf, sizeof(buf)))
			stir('f', buf, sizeof(buf));
}

static void gather(void)
{
	uint64_t words[KERNEL_WORDS] = {0};

	if (pool.gathered)
		return;
	pool.gathered = true;
	pool.kernel_flaw = ask_kernel(words, sizeof(words));
	if (!pool.kernel_flaw)
		pool.kernel_flaw = entropy_flaw(words, KERNEL_WORDS);
	stir('k', words, sizeof(words));
	explicit_bzero(words, sizeof(words));
	ask_cpu();
	stir_clocks();
	stir_files();
}

void entropy_bytes(void *ret, size_t n)
{
	unsigned char *p = ret, block[POOL_SIZE];

	gather();
	for (size_t k; n; p += k, n -= k) {
		k = n < POOL_SIZE / 2 ? n : POOL_SIZE / 2;
		stir('n', "", 0);
		crypto_hash_sha512(block, pool.bytes, POOL_SIZE);
		memcpy(p, block, k);
	}
	stir('e', "", 0);
	explicit_bzero(block, sizeof(block));
}

const char *entropy_kernel_flaw(void)
{
	gather();
	return pool.kernel_flaw;
}

const char *entropy_weakness(void)
{
	gather();
	return pool.cpu_is_good || pool.seeds >= SEED_ENOUGH ? NULL : pool.kernel_flaw;
}
