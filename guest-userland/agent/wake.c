/* SPDX-License-Identifier: MIT */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define ENTROPY_MAX 256

/* In memory and nowhere else: a machine that was booted and not woken does not have it. */
static char nonce[128];

const char *wake_nonce(void)
{
	return nonce;
}

void wake_keep(const struct msg *m)
{
	uint64_t id = 0;

	msg_get_u64(m, "id", &id);
	if (msg_get_str(m, "nonce", nonce, sizeof(nonce)))
		line_ok(id);
	else
		line_error(id, EINVAL, "nonce");
}

static void complain(const char *what)
{
	char text[200];

	line_note(glue(text, sizeof(text), "after waking: ", what, ": ", strerror(errno), NULL));
}

static void set_clock(uint64_t us)
{
	struct timespec ts = {.tv_sec = (time_t)(us / 1000000),
			      .tv_nsec = (long)(us % 1000000) * 1000};

	if (clock_settime(CLOCK_REALTIME, &ts) < 0)
		complain("the clock cannot be set");
}

/* Machines woken from one snapshot have the same generator until then. Writing mixes it in; Linux
 * does not draw from it before it is told to. */
static void stir(const char *digits)
{
	size_t n = strlen(digits);
	struct {
		struct rand_pool_info info;
		unsigned char data[ENTROPY_MAX];
	} pool;
	int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, digits, n) < 0) {
		complain("/dev/urandom takes nothing");
	} else {
		pool.info.entropy_count = (int)n * 4;
		pool.info.buf_size = (int)n;
		memcpy(pool.info.buf, digits, n);
		if (ioctl(fd, RNDADDENTROPY, &pool) < 0 || ioctl(fd, RNDRESEEDCRNG) < 0)
			complain("the random numbers cannot be reseeded");
	}
	if (fd >= 0)
		close(fd);
}

void wake_up(const struct msg *m)
{
	char digits[ENTROPY_MAX];
	uint64_t id = 0, us;

	msg_get_u64(m, "id", &id);
	if (msg_get_u64(m, "time_us", &us))
		set_clock(us);
	if (msg_get_str(m, "entropy", digits, sizeof(digits)))
		stir(digits);
	line_ok(id);
}
