/* SPDX-License-Identifier: MIT */
#include "cmd/image_try.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/xalloc.h"
#include "diagnose/crash.h"
#include "load/http.h"
#include "load/login.h"
#include "machine/cloud.h"
#include "machine/image_disk.h"
#include "machine/machine.h"
#include "wire/escape.h"
#include "wire/jsonr.h"

/* A machine under the translator on a busy host: a boot takes seconds, these are for the worst. */
#define BOOT_LIMIT    (900 * SEC)
#define SILENCE_LIMIT (200 * SEC)
#define SERVICE_LIMIT (200 * SEC)
/* Between two looks at a server that is not up. */
#define PAUSE (200 * MSEC)

/* As long as this belongs to a crash that is being told. */
#define CRASH_SILENCE (3 * SEC)
/* After it nobody is waited for so long. */
#define CRASHED_LIMIT (60 * SEC)

#define CONSOLE_MAX (16u << 20)
#define LINE_MAX    65536
#define READY	    "dragonconfig-ready "
#define PAGE	    "/ran.txt"
#define PROFILE	    "nocloud"

struct trial {
	const struct image_try *what;
	struct loop *loop;
	struct machine *machine;
	struct crash_scanner *scanner;
	struct crash crash;
	bool crashed, dead, ended;
	enum machine_end end;
	char why[300]; /* of the end */
	int log;       /* the console's bytes */
	char *log_path;
	uint64_t logged, heard_at, began;
	char last[200];	     /* of its lines */
	struct strbuf line;  /* the console's last one, as far as it came */
	struct jsonr *ready; /* what the agent said of itself, NULL: nothing yet */
};

static void trial_release(struct trial *t)
{
	machine_free(t->machine);
	crash_scanner_free(t->scanner);
	if (t->crashed)
		crash_release(&t->crash);
	cleanup_close(&t->log);
	free(t->log_path);
	strbuf_release(&t->line);
	jsonr_release(&t->ready);
}

/* What the guest says of itself is not trusted with a terminal. */
static void tell(const char *say, const char *topic, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void tell(const char *say, const char *topic, const char *fmt, ...)
{
	_autofree_ char *safe = NULL;
	char text[1000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	safe = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, text);
	printf("%-8s %-10s %s\n", say, topic, safe);
	fflush(stdout);
}

static int failed(const struct trial *t, const char *topic, const char *text)
{
	tell("failed", topic, "%s", text);
	tell("note", "", "the console: %s", t->log_path);
	return 1;
}

/* --- What the machine says --- */

static void look_at_line(struct trial *t)
{
	const char *at = strstr(strbuf_str(&t->line), READY);

	if (!at || t->ready)
		return;
	at += strlen(READY);
	jsonr_parse(at, strlen(at), &t->ready, NULL);
}

static void add_to_line(struct trial *t, const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (data[i] != '\n' && data[i] != '\r') {
			/* Past its ceiling a line is none of ours. */
			strbuf_add(&t->line, data + i, 1);
			continue;
		}
		look_at_line(t);
		if (t->line.len)
			snprintf(t->last, sizeof(t->last), "%s", strbuf_str(&t->line));
		strbuf_reset(&t->line);
	}
}

/* The first counts; what follows is often its echo. Whether the system goes on after one that is
 * not fatal is seen by what it says. */
static void take_crash(struct trial *t)
{
	struct crash c;

	while (crash_scanner_next(t->scanner, &c)) {
		t->dead = t->dead || c.class == CRASH_FATAL || crash_is_no_root(c.title);
		if (c.class != CRASH_WARNING && !t->crashed) {
			t->crashed = true;
			t->crash = c;
		} else {
			crash_release(&c);
		}
	}
}

static void on_console(void *arg, const char *data, size_t n)
{
	struct trial *t = arg;

	t->heard_at = now_us();
	if (t->logged + n <= CONSOLE_MAX && fd_write_all(t->log, data, n) == 0)
		t->logged += n;
	add_to_line(t, data, n);
	crash_scanner_feed(t->scanner, data, n);
	take_crash(t);
}

static void on_end(void *arg, enum machine_end end, const char *reason)
{
	static const char *const words[] = {
		[MACHINE_RUNNING] = "",
		[MACHINE_POWEROFF] = "it switched itself off",
		[MACHINE_RESET] = "it was reset",
		[MACHINE_PANICKED] = "its kernel panicked",
		[MACHINE_GONE] = "",
	};
	struct trial *t = arg;

	t->ended = true;
	t->end = end;
	snprintf(t->why, sizeof(t->why), "%s", *reason ? reason : words[end]);
}

static bool is_over(void *arg)
{
	const struct trial *t = arg;

	return t->ended || t->dead;
}

static bool is_ready(void *arg)
{
	const struct trial *t = arg;

	return t->ready || is_over(arg);
}

static const char *last_words(const struct trial *t)
{
	return *t->last ? t->last : "nothing";
}

/* A crash says more than what came of it. */
static int tell_end(const struct trial *t, const char *topic, const char *what)
{
	const char *profile = machine_profile_used(t->machine);
	_autofree_ char *text = xasprintf("%s; last on the console: %s",
					  t->crashed ? t->crash.title : what, last_words(t));

	if (t->crashed && crash_is_no_root(t->crash.title))
		tell("closed", "", "%s: the kernel finds no disk: it is on %s", profile,
		     machine_profile_disk(profile));
	return failed(t, topic, text);
}

/* Disks and their partitions are one when they begin alike: "/dev/vda", "/dev/vda1". */
static bool has_other_disk(const struct jsonr *disks)
{
	const char *first = jsonr_text(jsonr_at(disks, 0), "");

	for (size_t i = 1; i < jsonr_length(disks); i++)
		if (strncmp(jsonr_text(jsonr_at(disks, i), ""), first, strlen(first)) != 0)
			return true;
	return false;
}

/* What this cloud tells on a CD a kernel that has none cannot know. */
static void tell_missing_cd(const struct trial *t)
{
	const char *profile = machine_profile_used(t->machine);
	const struct cloud *cloud = machine_cloud(profile);
	const struct jsonr *disks = jsonr_get(t->ready, "disks");

	if (cloud && cloud->cd_label && jsonr_length(disks) && !has_other_disk(disks))
		tell("closed", "",
		     "%s: the kernel shows no CD, on which the machine is told who it is (%s): no "
		     "disk but %s",
		     profile, cloud->cd_label, jsonr_text(jsonr_at(disks, 0), ""));
}

static double seconds(const struct trial *t)
{
	return (double)(now_us() - t->began) / SEC;
}

/* --- Boot --- */

static int start(struct trial *t, const struct disk *d, const char *dir, struct err *err)
{
	static const char *const formats[DISK_FORMATS] = {
		[DISK_QCOW2] = "qcow2", [DISK_VHD] = "vpc", [DISK_VMDK] = "vmdk"};
	static const uint16_t forward[] = {22, 80, 0};
	const struct machine_listener listener = {
		.on_console = on_console, .on_end = on_end, .arg = t};
	const struct image_cloud *cloud = t->what->cloud;
	_autofree_ char *whole = realpath(t->what->file, NULL);
	struct machine_spec spec = {
		.disk = whole,
		.disk_format = formats[d->format],
		.profile = cloud->profile ? cloud->profile : PROFILE,
		.run_dir = dir,
		.forward = forward,
		.seed = t->what->seed,
	};

	if (!whole)
		return err_errno(err, errno, "cannot open %s", t->what->file);
	t->began = t->heard_at = now_us();
	return machine_start(t->loop, &spec, &listener, &t->machine, err);
}

/* For as long as the console speaks; the text of a crash has no end but silence. */
static int wait_while_heard(struct trial *t, struct deadline limit)
{
	uint64_t quiet;
	int r;

	do {
		r = loop_wait(t->loop, is_ready, t,
			      deadline_earlier(limit, deadline_in(CRASH_SILENCE)));
		if (r != -ETIMEDOUT)
			return r;
		quiet = now_us() - t->heard_at;
		if (quiet >= CRASH_SILENCE) {
			crash_scanner_flush(t->scanner);
			take_crash(t);
		}
	} while (!deadline_passed(limit) && quiet < (t->crashed ? CRASHED_LIMIT : SILENCE_LIMIT));
	return r;
}

/* Until the agent says that it is done. */
static int wait_ready(struct trial *t, struct err *err)
{
	uint64_t limit = t->what->limit_s ? t->what->limit_s * SEC : BOOT_LIMIT;
	int r = wait_while_heard(t, deadline_in(limit));
	const char *status;

	if (r == -EINTR)
		return err_set(err, EINTR, "interrupted");
	if (!t->ready) {
		_autofree_ char *text =
			xasprintf("no word of DragonConfig after %.0f s", seconds(t));

		return tell_end(t, "boot", is_over(t) ? t->why : text);
	}
	status = jsonr_string(t->ready, "status", "");
	tell("ok", "boot", "on the machine %s, in %.1f s", machine_profile_used(t->machine),
	     seconds(t));
	tell_missing_cd(t);
	if (strcmp(status, "done") != 0) {
		_autofree_ char *text =
			xasprintf("DragonConfig's status is \"%.60s\", its source %.200s", status,
				  jsonr_string(t->ready, "source", "none"));

		return failed(t, "configure", text);
	}
	tell("ok", "configure", "from %s", jsonr_string(t->ready, "source", "?"));
	return 0;
}

/* --- Login --- */

static bool login_or_end(void *arg)
{
	void **both = arg;

	return login_ended(both[0]) || is_over(both[1]);
}

/* One login: its end, or the machine's (NULL). */
static int try_login(struct trial *t, const struct login_spec *spec, struct login **ret,
		     struct err *err)
{
	void *both[2] = {NULL, t};
	struct login *l = NULL;
	int r = login_start(t->loop, spec, &l, err);

	if (r < 0)
		return r;
	both[0] = l;
	r = loop_wait(t->loop, login_or_end, both, deadline_in(2 * SERVICE_LIMIT));
	if (r < 0 || !login_ended(l)) {
		login_free(l);
		l = NULL;
	}
	*ret = l;
	return r == -EINTR ? err_set(err, EINTR, "interrupted") : 0;
}

/* The agent speaks before the servers are up. */
static bool is_early(const struct login *l)
{
	return login_stage(l) == LOGIN_CONNECT && login_error(l) && login_error(l) != -ETIMEDOUT;
}

static int judge_login(const struct trial *t, const struct login *l)
{
	_autofree_ char *want = xasprintf("root\n%s", t->what->seed->hostname);
	const char *said;

	if (login_error(l))
		return failed(t, "login", login_error_text(l));
	said = strbuf_str(login_stdout(l));
	if (strncmp(said, want, strlen(want)) != 0) {
		_autofree_ char *text = xasprintf("root and its host's name were expected, seen: "
						  "%.200s",
						  said);

		return failed(t, "login", text);
	}
	tell("ok", "login", "as root with the key from the cloud, host key as the console told it");
	return 0;
}

static int log_in(struct trial *t, struct err *err)
{
	const struct jsonr *keys = jsonr_get(t->ready, "host_keys");
	_autofree_ char *file = path_join(t->what->keys_dir, "id_ed25519");
	_cleanup_(strv_release) struct strv host_keys = STRV_INIT;
	struct deadline limit = deadline_in(SERVICE_LIMIT);
	struct login_spec spec = {.port = machine_port(t->machine, 22),
				  .user = "root",
				  .key_file = file,
				  .command = "id -un; hostname",
				  .deadline = limit};
	struct login *l = NULL;
	bool early;
	int r;

	for (size_t i = 0; i < jsonr_length(keys) && i < LOGIN_MAX_KEYS; i++)
		strv_push(&host_keys, jsonr_text(jsonr_at(keys, i), ""));
	if (host_keys.n == 0)
		return failed(t, "login", "DragonConfig told no host key");
	spec.host_keys = (const char *const *)host_keys.v;
	spec.n_host_keys = host_keys.n;
	do {
		login_free(l);
		l = NULL;
		r = try_login(t, &spec, &l, err);
		early = r == 0 && l && is_early(l) && !deadline_passed(limit);
	} while (early && loop_wait(t->loop, is_over, t, deadline_in(PAUSE)) == -ETIMEDOUT);
	if (r == 0)
		r = is_over(t) || !l ? tell_end(t, "login", t->why) : judge_login(t, l);
	login_free(l);
	return r;
}

/* --- The page --- */

static bool page_or_end(void *arg)
{
	void **both = arg;

	return http_request_ended(both[0]) || is_over(both[1]);
}

static int judge_page(const struct trial *t, const struct http_response *p)
{
	_autofree_ char *want = xasprintf("%s is up\n", t->what->seed->hostname);
	_autofree_ char *text = NULL;

	if (!p->error && p->status == 200 && strcmp(strbuf_str(&p->body), want) == 0) {
		tell("ok", "page", PAGE ", made by a command of the user data");
		return 0;
	}
	text = p->error
		       ? xstrdup(p->error_text)
		       : xasprintf(PAGE ": status %d, \"%.200s\"", p->status, strbuf_str(&p->body));
	return failed(t, "page", text);
}

static int get_page(struct trial *t, struct err *err)
{
	struct deadline limit = deadline_in(SERVICE_LIMIT);
	const struct http_spec spec = {.path = PAGE, .keep = 4096, .deadline = limit};
	struct http_request *req = NULL;
	void *both[2] = {NULL, t};
	struct http *h = NULL;
	bool early;
	int r = http_new(t->loop, machine_port(t->machine, 80), 1, &h, err);

	do {
		if (r == 0)
			r = http_start(h, &spec, &req, err);
		if (r < 0)
			break;
		both[0] = req;
		if (loop_wait(t->loop, page_or_end, both, deadline_in(2 * SERVICE_LIMIT)) == -EINTR)
			r = err_set(err, EINTR, "interrupted");
		early = r == 0 && !is_over(t) && http_response(req)->error &&
			!http_response(req)->status && !deadline_passed(limit);
	} while (early && loop_wait(t->loop, is_over, t, deadline_in(PAUSE)) == -ETIMEDOUT);
	if (r == 0)
		r = is_over(t) ? tell_end(t, "page", t->why) : judge_page(t, http_response(req));
	http_free(h);
	return r;
}

/* --- */

static int open_log(struct trial *t, struct err *err)
{
	_autofree_ char *dir = path_join(paths_cache(), "try");
	int r = mkdir_p(dir, err);

	if (r < 0)
		return r;
	t->log_path = xasprintf("%s/%s-%d.console", dir, t->what->cloud->name, (int)getpid());
	t->log = open(t->log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	return t->log < 0 ? err_errno(err, errno, "cannot write %s", t->log_path) : 0;
}

static int try_in(struct trial *t, const struct disk *d, const char *dir, struct err *err)
{
	int r = open_log(t, err);

	if (r == 0)
		r = start(t, d, dir, err);
	if (r == 0)
		r = wait_ready(t, err);
	if (r == 0)
		r = log_in(t, err);
	if (r == 0)
		r = get_page(t, err);
	return r;
}

int image_try(struct loop *loop, const struct image_try *what, struct err *err)
{
	_cleanup_(trial_release) struct trial t = {
		.what = what, .loop = loop, .log = -1, .line = STRBUF_INIT(LINE_MAX)};
	_cleanup_(disk_release) struct disk d = {.fd = -1};
	_autofree_ char *dir = NULL;
	int r = disk_probe(what->file, &d, err);

	if (r == 0)
		r = paths_new_tmp("try", &dir, err);
	if (r < 0)
		return r;
	t.scanner = crash_scanner_new();
	r = try_in(&t, &d, dir, err);
	/* Of a success nobody needs it. */
	if (r == 0)
		unlink(t.log_path);
	machine_free(t.machine);
	t.machine = NULL;
	rm_rf(dir, NULL);
	return r;
}
