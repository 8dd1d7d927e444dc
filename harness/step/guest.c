/* SPDX-License-Identifier: MIT */
#include "step/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "step/context.h"
#include "step/guest_priv.h"

/* Time of the agent's fixed loop in a reference guest under TCG on an idle host. */
#define SPEED_BASE_US 16000.0
/* A crash text whose rest does not come within this time is taken as it is. */
#define CRASH_TEXT_GAP (400 * MSEC)
/* From a crash to the end of a step's wait, if that is due: together with the gap, less than two
 * seconds after the text. */
#define LAST_LOOK	   (1400 * MSEC)
#define SYMBOLISED_CRASHES 8
#define CRASH_NOTE_MAX	   (256u << 10)
/* With a prompt log no text was later than 1 ms after the answer of who brought it (128 panics). */
#define PROMPT_SETTLE_MS 300
/* Where Linux does not trust the CPU's counter its log keeps time by the tick: seen up to 4 ms
 * behind its other clocks, and as long as the machine was held still (docs/en/VERDICTS.md). */
#define LOG_CLOCK_LAG	   (100 * MSEC)
#define TRACE_LOG_MAX	   (64u << 20)
#define METADATA_NOTES_MAX 500
#define CONSOLE_LOG_MAX	   (256u << 20)
#define INDEX_STEP	   (50 * MSEC)

void guest_note(struct guest *g, const char *kind, const char *text)
{
	struct err err = ERR_INIT;

	if (store_add_event(g->store, g->boot, kind, text, &err) < 0)
		log_error("%s", err.text);
}

void guest_fact(struct guest *g, const char *key, const char *value)
{
	struct err err = ERR_INIT;

	if (value && store_set_boot_fact(g->store, g->boot, key, value, &err) < 0)
		log_error("%s", err.text);
}

void guest_fact_number(struct guest *g, const char *key, uint64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	guest_fact(g, key, text);
}

static void die(struct guest *g)
{
	g->dead = true;
	if (g->chan)
		chan_set_dead(g->chan);
}

/* Takes the crash over. */
static void keep_crash(struct guest *g, const struct crash *c)
{
	if (g->crashes++) {
		crash_release(&g->last_crash);
		g->mixed |= !crash_same(&g->first_crash, c);
	} else {
		g->first_crash = *c;
		g->first_crash.text = c->text ? xstrdup(c->text) : NULL;
		if (!g->crash_began)
			g->crash_began = now_us();
	}
	g->last_crash = *c;
}

static char *crash_note(const struct crash *c)
{
	struct strbuf sb = STRBUF_INIT(CRASH_NOTE_MAX);

	strbuf_addf(&sb, "%s\n", c->title);
	for (size_t i = 0; i < c->n_also; i++)
		strbuf_addf(&sb, "also: %s\n", c->also[i]);
	strbuf_addf(&sb, "class: %s\nfingerprint: %s\n", crash_class_name(c->class),
		    c->fingerprint);
	if (c->stamp_us)
		strbuf_addf(&sb, "began: %.6f s by the kernel's log\n", (double)c->stamp_us / 1e6);
	if (c->corrupted)
		strbuf_addstr(&sb, "corrupted: the text is cut or mixed with other text\n");
	strbuf_addstr(&sb, c->text ? c->text : "");
	return strbuf_detach(&sb, NULL);
}

static void on_last_look(void *arg)
{
	struct guest *g = arg;
	struct guest_private *p = g->priv;

	if (p->task_killed)
		guest_note(g, "given-up", "a task was killed by a crash: the step waits no longer");
	else if (chan_last_heard(g->chan) < p->doubted_at)
		guest_note(g, "given-up",
			   "no sign of life after a crash: the step waits no longer");
	else
		return;
	die(g);
}

/* The machine goes on, or so the text says. */
static void doubt(struct guest *g, enum crash_class class)
{
	struct guest_private *p = g->priv;

	if (!g->in_step || p->task_killed)
		return;
	p->task_killed = class == CRASH_TASK;
	p->doubted_at = now_us();
	chan_nudge(g->chan);
	loop_timer_start(g->loop, &p->last_look, LAST_LOOK, 0, on_last_look, g);
}

static void take_crashes(struct guest *g)
{
	struct crash c;

	while (crash_scanner_next(g->scanner, &c)) {
		_autofree_ char *text = NULL;

		/* A flood of crashes is not worth the time. */
		if (g->crashes < SYMBOLISED_CRASHES)
			watch_symbolise(&g->priv->facts, &c);
		text = crash_note(&c);

		guest_note(g, c.class == CRASH_WARNING ? "warning" : "crash", text);
		if (c.class == CRASH_WARNING) {
			if (!g->crashes)
				g->crash_began = 0;
			crash_release(&c);
			continue;
		}
		keep_crash(g, &c);
		g->tainted = true;
		if (c.class == CRASH_FATAL)
			die(g);
		else
			doubt(g, c.class);
	}
}

static void on_crash_gap(void *arg)
{
	struct guest *g = arg;

	crash_scanner_flush(g->scanner);
	take_crashes(g);
}

/* The log is bounded: a storm costs disk up to the ceiling and is still scanned after it. */
static void log_console(struct guest *g, const char *data, size_t n)
{
	struct guest_private *p = g->priv;
	uint64_t now = now_us();

	if (p->console_logged >= CONSOLE_LOG_MAX)
		return;
	if (now - p->indexed_at >= INDEX_STEP) {
		char line[64];
		int len = snprintf(line, sizeof(line), "%llu %llu\n",
				   (unsigned long long)p->console_logged,
				   (unsigned long long)store_now(g->store));

		p->indexed_at = now;
		fd_write_all(p->index_fd, line, (size_t)len);
	}
	if (n > CONSOLE_LOG_MAX - p->console_logged)
		n = CONSOLE_LOG_MAX - p->console_logged;
	if (fd_write_all(p->console_fd, data, n) == 0)
		p->console_logged += n;
}

static void on_console(void *arg, const char *data, size_t n)
{
	struct guest *g = arg;

	g->console_bytes += n;
	g->priv->facts.console_bytes = g->console_bytes;
	g->console_heard = now_us();
	log_console(g, data, n);
	chan_feed_console(g->chan, data, n);
	if (g->priv->on_console)
		g->priv->on_console(g->priv->arg, data, n);
	crash_scanner_feed(g->scanner, data, n);
	if (!g->crash_began && crash_scanner_pending(g->scanner))
		g->crash_began = g->console_heard;
	take_crashes(g);
	if (crash_scanner_pending(g->scanner))
		loop_timer_start(g->loop, &g->priv->crash_gap, CRASH_TEXT_GAP, 0, on_crash_gap, g);
}

static void on_channel(void *arg, const char *data, size_t n)
{
	struct guest *g = arg;

	chan_feed(g->chan, data, n);
}

static const char *const end_names[] = {
	[MACHINE_RUNNING] = "running",	 [MACHINE_POWEROFF] = "poweroff", [MACHINE_RESET] = "reset",
	[MACHINE_PANICKED] = "panicked", [MACHINE_GONE] = "gone",
};

static void on_end(void *arg, enum machine_end end, const char *reason)
{
	struct guest *g = arg;
	_autofree_ char *text = xasprintf("%s%s%s", end_names[end], *reason ? ": " : "", reason);

	g->priv->end = g->priv->facts.end = end;
	g->priv->facts.end_reason = g->priv->end_reason;
	snprintf(g->priv->end_reason, sizeof(g->priv->end_reason), "%s", reason);
	guest_note(g, "machine-end", text);
	crash_scanner_flush(g->scanner);
	take_crashes(g);
	die(g);
}

/* A guest may ask for ever. */
static void on_metadata(void *arg, const char *what)
{
	struct guest *g = arg;

	if (g->priv->metadata_asked++ < METADATA_NOTES_MAX)
		guest_note(g, "metadata", what);
}

static int on_write(void *arg, const void *data, size_t n)
{
	struct guest *g = arg;

	return g->machine ? machine_channel_write(g->machine, data, n) : -EPIPE;
}

static int on_write_console(void *arg, const void *data, size_t n)
{
	struct guest *g = arg;

	return g->machine ? machine_console_write(g->machine, data, n) : -EPIPE;
}

static void on_trouble(void *arg, const char *kind, const char *text)
{
	struct guest *g = arg;
	_autofree_ char *k = xasprintf("channel-%s", kind);

	guest_note(g, k, text);
}

static void on_heartbeat(void *arg, uint64_t uptime_ms, uint64_t mem_free_kib)
{
	struct guest *g = arg;

	watch_heartbeat(&g->priv->facts, uptime_ms, mem_free_kib);
}

static void on_trace(void *arg, char direction, const char *line, size_t n)
{
	struct guest *g = arg;
	char head[40];
	struct iovec text[] = {{head, 0}, {(void *)line, n}, {"\n", 1}};

	if (g->priv->traced >= TRACE_LOG_MAX)
		return;
	g->priv->traced += n;
	text[0].iov_len = (size_t)snprintf(head, sizeof(head), "%llu %c ",
					   (unsigned long long)store_now(g->store), direction);
	/* A file takes less only where no more is left. */
	if (writev(g->priv->trace_fd, text, 3) != (ssize_t)(text[0].iov_len + n + 1))
		log_debug("channel.log cannot be written");
}

static int open_log(struct guest *g, const char *name, int *ret_fd, struct err *err)
{
	_autofree_ char *path = path_join(g->boot_dir, name);

	*ret_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	return *ret_fd < 0 ? err_errno(err, errno, "cannot write %s", path) : 0;
}

static int prepare(struct guest *g, struct err *err)
{
	struct guest_private *p = g->priv;
	const struct chan_listener listener = {
		.write = on_write,
		.write_console = on_write_console,
		.on_heartbeat = on_heartbeat,
		.on_trouble = on_trouble,
		.on_trace = on_trace,
		.arg = g,
	};
	int r = store_add_boot(g->store, g->cell, &g->boot, &g->boot_dir, err);

	if (r < 0)
		return r;
	g->tmp_dir = path_join(g->boot_dir, "tmp");
	r = mkdir_p(g->tmp_dir, err);
	if (r == 0)
		r = open_log(g, "console.log", &p->console_fd, err);
	if (r == 0)
		r = open_log(g, "console.idx", &p->index_fd, err);
	if (r == 0)
		r = open_log(g, "channel.log", &p->trace_fd, err);
	if (r == 0)
		r = chan_new(g->loop, &listener, &g->chan, err);
	g->scanner = crash_scanner_new();
	return r;
}

struct machine_spec guest_machine_spec(const struct guest_spec *spec)
{
	return (struct machine_spec){
		.kernel = spec->kernel,
		.initrd = spec->initrd,
		.disk = spec->disk,
		.profile = spec->profile,
		.init = "/harness/agent",
		.append = spec->append,
		.cpus = spec->cpus,
		.seed = spec->seed,
		.accel = spec->accel,
		.forward = spec->forward,
		.gdb = spec->gdb,
	};
}

static int start(struct guest *g, const struct machine_spec *ms, struct err *err)
{
	const struct machine_listener listener = {
		.on_console = on_console,
		.on_channel = on_channel,
		.on_end = on_end,
		.on_metadata = on_metadata,
		.arg = g,
	};
	struct machine_spec own = *ms;
	int r;

	own.run_dir = g->boot_dir;
	r = machine_start(g->loop, &own, &listener, &g->machine, err);
	g->priv->facts.kernel = ms->kernel;
	if (r < 0)
		return r;
	watch_start(&g->priv->facts, g->loop, g->machine);
	guest_fact(g, "accel", machine_accel_used(g->machine));
	guest_fact(g, "profile", machine_profile_used(g->machine));
	guest_fact_number(g, "cpus", machine_cpus(g->machine));
	guest_fact(g, "cmdline", machine_cmdline(g->machine));
	return 0;
}

/* A machine that wakes measures itself while everything in it is cold: what it had at its boot, if
 * that was faster, holds for it too. */
static double slowness(const struct guest *g, uint64_t boot_speed_us)
{
	const char *text = chan_fact(g->chan, "speed_us");
	double speed = text ? strtod(text, NULL) : 0;

	if (boot_speed_us && (double)boot_speed_us < speed)
		speed = (double)boot_speed_us;
	return speed > SPEED_BASE_US ? speed / SPEED_BASE_US : 1.0;
}

void guest_keep_hello(struct guest *g, double pace, uint64_t boot_speed_us)
{
	static const char *const keys[] = {"release",	"version",  "machine", "cmdline",
					   "agent",	"channel",  "cpus",    "mem_kib",
					   "uptime_ms", "speed_us", "log_us",  "log_at_us"};

	g->hello_us = now_us() - g->priv->started;
	g->slowdown = slowness(g, boot_speed_us) * (pace > 1.0 ? pace : 1.0);
	guest_fact_number(g, "hello_us", g->hello_us);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		_autofree_ char *key = xasprintf("hello.%s", keys[i]);

		guest_fact(g, key, chan_fact(g->chan, keys[i]));
	}
}

static struct guest *guest_alloc(const struct guest_spec *spec)
{
	struct guest *g = xcalloc(1, sizeof(*g));

	g->loop = spec->loop;
	g->store = spec->store;
	g->cell = spec->cell;
	g->lane = spec->lane;
	g->keys_dir = spec->keys_dir;
	g->slowdown = spec->pace > 1.0 ? spec->pace : 1.0;
	g->settle_ms = spec->settle_ms;
	g->priv = xcalloc(1, sizeof(*g->priv));
	g->priv->console_fd = g->priv->index_fd = g->priv->trace_fd = -1;
	g->priv->on_console = spec->on_console;
	g->priv->arg = spec->arg;
	g->priv->started = now_us();
	g->console_heard = g->priv->started;
	watch_init(&g->priv->facts);
	return g;
}

int guest_new(const struct guest_spec *spec, const struct machine_spec *ms,
	      struct guest **ret_guest, struct err *err)
{
	struct guest *g = guest_alloc(spec);
	int r = prepare(g, err);

	if (r == 0)
		r = start(g, ms, err);
	if (r < 0)
		guest_free(g);
	else
		*ret_guest = g;
	return r;
}

static void keep_end(struct guest *g)
{
	struct chan_counters c = {0};

	guest_fact(g, "end",
		   g->dead && g->priv->end == MACHINE_RUNNING && g->crashes
			   ? "crash"
			   : end_names[g->priv->end]);
	guest_fact_number(g, "console_bytes", g->console_bytes);
	if (!g->chan)
		return;
	chan_get_counters(g->chan, &c);
	guest_fact_number(g, "channel.frames_in", c.frames_in);
	guest_fact_number(g, "channel.frames_out", c.frames_out);
	guest_fact_number(g, "channel.bytes_in", c.bytes_in);
	guest_fact_number(g, "channel.bad_crc", c.bad_crc);
	guest_fact_number(g, "channel.resent", c.resent);
	guest_fact_number(g, "channel.lost", c.lost);
}

void guest_free(struct guest *g)
{
	struct guest_private *p;

	if (!g)
		return;
	p = g->priv;
	if (g->boot)
		keep_end(g);
	loop_timer_stop(&p->crash_gap);
	loop_timer_stop(&p->last_look);
	watch_release(&p->facts);
	machine_free(g->machine);
	chan_free(g->chan);
	crash_scanner_free(g->scanner);
	context_free(g->context);
	if (g->crashes) {
		crash_release(&g->first_crash);
		crash_release(&g->last_crash);
	}
	if (g->tmp_dir)
		rm_rf(g->tmp_dir, NULL);
	if (p->console_fd >= 0)
		close(p->console_fd);
	if (p->index_fd >= 0)
		close(p->index_fd);
	if (p->trace_fd >= 0)
		close(p->trace_fd);
	free(g->boot_dir);
	free(g->tmp_dir);
	free(p);
	free(g);
}

static bool has_ended(void *arg)
{
	struct guest *g = arg;

	return g->priv->end != MACHINE_RUNNING;
}

void guest_shutdown(struct guest *g)
{
	if (g && !g->dead && chan_poweroff(g->chan, NULL) == 0)
		loop_wait(g->loop, has_ended, g, guest_deadline(g, 3 * SEC));
	guest_free(g);
}

struct wait_state {
	struct guest *guest;
	bool (*cond)(void *);
	void *arg;
};

static bool dead_or_cond(void *arg)
{
	struct wait_state *s = arg;

	return s->guest->dead || (s->cond && s->cond(s->arg));
}

int guest_wait(struct guest *g, bool (*cond)(void *arg), void *arg, struct deadline deadline)
{
	struct wait_state s = {.guest = g, .cond = cond, .arg = arg};
	int r = loop_wait(g->loop, dead_or_cond, &s, deadline);

	if (r < 0)
		return r;
	return cond && cond(arg) ? 0 : -EPIPE;
}

struct deadline guest_deadline(const struct guest *g, uint64_t us)
{
	return deadline_in((uint64_t)((double)us * g->slowdown));
}

bool guest_clock_is_slow(const struct guest *g)
{
	return watch_clock_is_slow(&g->priv->facts, now_us() - g->priv->started - g->hello_us);
}

static uint64_t hello_number(const struct guest *g, const char *key)
{
	const char *text = chan_fact(g->chan, key);

	return text ? strtoull(text, NULL, 10) : 0;
}

uint64_t guest_crash_clock(const struct guest *g, uint64_t *ret_lag)
{
	uint64_t stamp = g->crashes ? g->first_crash.stamp_us : 0;
	uint64_t log = hello_number(g, "log_us"), at = hello_number(g, "log_at_us");

	if (!stamp || !log || stamp + at < log)
		return 0;
	*ret_lag = LOG_CLOCK_LAG + watch_stalled(&g->priv->facts);
	return stamp + at - log;
}

void guest_settle(struct guest *g)
{
	unsigned int ms = g->settle_ms;

	if (g->dead)
		return;
	if (ms > PROMPT_SETTLE_MS && machine_log_is_prompt(g->machine))
		ms = PROMPT_SETTLE_MS;
	guest_wait(g, NULL, NULL, deadline_in(ms * MSEC));
	while (!g->dead && crash_scanner_pending(g->scanner) && !loop_cancelled(g->loop))
		guest_wait(g, NULL, NULL, deadline_in(CRASH_TEXT_GAP));
}

static enum verdict judge_crash(struct guest *g, struct strbuf *reason, struct strbuf *detail)
{
	strbuf_addstr(reason, g->first_crash.title);
	if (g->first_crash.text)
		strbuf_addstr(detail, g->first_crash.text);
	die(g);
	return VERDICT_CRASH;
}

enum verdict guest_judge(struct guest *g, struct strbuf *reason, struct strbuf *detail)
{
	struct guest_private *p = g->priv;
	enum verdict v;

	/* The text of a crash may still be on its way when the machine has ended. */
	guest_wait(g, NULL, NULL, deadline_in(50 * MSEC));
	crash_scanner_flush(g->scanner);
	take_crashes(g);
	/* Crash text says more than the silence that follows. */
	if (g->crashes)
		return judge_crash(g, reason, detail);
	v = watch_judge(&p->facts, g->loop, g->machine, g->chan, reason, detail);
	if (v != VERDICT_TIMEOUT)
		die(g);
	return v;
}
