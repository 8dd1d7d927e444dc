/* SPDX-License-Identifier: MIT */
#include "load/login.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

#define OUTPUT_MAX_DEFAULT (64u << 10)
/* Turns in one event, so that one busy server cannot keep the loop from the others. */
#define TURNS_AN_EVENT 16
#define PACKET_MAX     16384
/* The library's send blocks: not for long, whatever the server does. */
#define SEND_LIMIT_S 2

/* One of the two is there. */
struct expected {
	ssh_key key;
	char *print; /* "SHA256:…" */
	enum ssh_keytypes_e type;
};

struct login {
	struct loop *loop;
	struct loop_fd watch;
	struct loop_timer limit, again;
	ssh_session session;
	ssh_channel channel;
	ssh_key identity;
	struct expected expected[LOGIN_MAX_KEYS];
	size_t n_expected;
	struct ssh_channel_callbacks_struct callbacks;
	char *password, *command;
	char *input;
	size_t input_len, input_sent;
	bool pty, hold, input_closed, eof, closed, kicked;
	uint64_t moved; /* bytes in and out of the channel */
	enum login_stage stage;
	int error, exit_status;
	char exit_signal[32];
	char error_text[400];
	struct strbuf out, err_out;
	uint64_t out_bytes, started, ended;
	bool done;
};

/* What a stage says of itself. */
enum progress { AGAIN, NEXT, FAILED };

static void on_event(void *arg, unsigned int events);
static void on_again(void *arg);

static const char *const stage_names[] = {
	[LOGIN_CONNECT] = "connection and key exchange",
	[LOGIN_HOST_KEY] = "check of the host key",
	[LOGIN_AUTH] = "authentication",
	[LOGIN_CHANNEL] = "opening a session",
	[LOGIN_PTY] = "request for a terminal",
	[LOGIN_EXEC] = "start of the command",
	[LOGIN_TALK] = "run of the command",
	[LOGIN_DONE] = "end",
};

const char *login_stage_name(enum login_stage stage)
{
	return stage_names[stage];
}

static void finish(struct login *l)
{
	if (l->done)
		return;
	l->done = true;
	l->ended = now_us();
	loop_fd_stop(&l->watch);
	loop_timer_stop(&l->limit);
	loop_timer_stop(&l->again);
}

__attribute__((format(printf, 3, 4))) static enum progress fail(struct login *l, int code,
								const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	l->error = code;
	snprintf(l->error_text, sizeof(l->error_text), "%s: %s", stage_names[l->stage], text);
	return FAILED;
}

static bool is_lost(struct login *l)
{
	return !ssh_is_connected(l->session) ||
	       (ssh_get_status(l->session) & (SSH_CLOSED | SSH_CLOSED_ERROR));
}

/* The library's text lives in the session: copied here. */
static enum progress fail_ssh(struct login *l, int code)
{
	const char *text = ssh_get_error(l->session);

	if (is_lost(l) && l->stage > LOGIN_CONNECT)
		code = ECONNRESET;
	return fail(l, code, "%s", text && *text ? text : "failed without a reason");
}

static void limit_sends(struct login *l)
{
	struct timeval tv = {.tv_sec = SEND_LIMIT_S};
	int size = 1 << 20;

	setsockopt(ssh_get_fd(l->session), SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	setsockopt(ssh_get_fd(l->session), SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

static enum progress connect_step(struct login *l)
{
	int r = ssh_connect(l->session);

	if (!l->kicked && ssh_get_fd(l->session) >= 0)
		limit_sends(l);

	if (r == SSH_AGAIN)
		return AGAIN;
	return r == SSH_OK ? NEXT : fail_ssh(l, ECONNRESET);
}

static void free_key(ssh_key *key)
{
	ssh_key_free(*key);
}

static bool is_key(ssh_key key, const struct expected *e)
{
	unsigned char *hash = NULL;
	char *print = NULL;
	bool same = false;
	size_t n;

	if (e->key)
		return ssh_key_cmp(key, e->key, SSH_KEY_CMP_PUBLIC) == 0;
	if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &n) == 0)
		print = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, n);
	if (print)
		same = strcmp(print, e->print) == 0;
	ssh_string_free_char(print);
	ssh_clean_pubkey_hash(&hash);
	return same;
}

static enum progress host_key_step(struct login *l)
{
	_cleanup_(free_key) ssh_key key = NULL;

	if (ssh_get_server_publickey(l->session, &key) != SSH_OK)
		return fail_ssh(l, EPROTO);
	for (size_t i = 0; i < l->n_expected; i++)
		if (is_key(key, &l->expected[i]))
			return NEXT;
	return fail(l, EKEYREJECTED, "the server shows another %s key than the one it made",
		    ssh_key_type_to_char(ssh_key_type(key)));
}

static enum progress auth_step(struct login *l)
{
	int r = l->identity ? ssh_userauth_publickey(l->session, NULL, l->identity)
			    : ssh_userauth_password(l->session, NULL, l->password);

	switch (r) {
	case SSH_AUTH_SUCCESS:
		return NEXT;
	case SSH_AUTH_AGAIN:
		return AGAIN;
	case SSH_AUTH_DENIED:
		return fail(l, EACCES, "the server refused the %s",
			    l->identity ? "public key" : "password");
	case SSH_AUTH_PARTIAL:
		return fail(l, EACCES, "the server wants a further proof");
	default:
		return fail_ssh(l, EPROTO);
	}
}

/* What passes the ceiling is counted and dropped. */
static int on_data(ssh_session session, ssh_channel channel, void *data, uint32_t len,
		   int is_stderr, void *arg)
{
	struct login *l = arg;
	struct strbuf *sb = is_stderr ? &l->err_out : &l->out;
	size_t room = sb->max - sb->len;

	l->moved += len;
	if (!is_stderr)
		l->out_bytes += len;
	strbuf_add(sb, data, len < room ? len : room);
	return (int)len;
}

static void on_eof(ssh_session session, ssh_channel channel, void *arg)
{
	struct login *l = arg;

	l->eof = true;
}

static void on_close(ssh_session session, ssh_channel channel, void *arg)
{
	struct login *l = arg;

	l->closed = true;
}

static void on_exit_status(ssh_session session, ssh_channel channel, int status, void *arg)
{
	struct login *l = arg;

	l->exit_status = status;
}

static void on_exit_signal(ssh_session session, ssh_channel channel, const char *signal, int core,
			   const char *message, const char *lang, void *arg)
{
	struct login *l = arg;

	snprintf(l->exit_signal, sizeof(l->exit_signal), "%s", signal ? signal : "?");
}

static enum progress channel_step(struct login *l)
{
	int r;

	if (!l->command)
		return NEXT;
	if (!l->channel) {
		l->channel = ssh_channel_new(l->session);
		if (!l->channel)
			return fail_ssh(l, EPROTO);
		l->callbacks.userdata = l;
		l->callbacks.channel_data_function = on_data;
		l->callbacks.channel_eof_function = on_eof;
		l->callbacks.channel_close_function = on_close;
		l->callbacks.channel_exit_status_function = on_exit_status;
		l->callbacks.channel_exit_signal_function = on_exit_signal;
		ssh_callbacks_init(&l->callbacks);
		ssh_set_channel_callbacks(l->channel, &l->callbacks);
	}
	r = ssh_channel_open_session(l->channel);
	if (r == SSH_AGAIN)
		return AGAIN;
	return r == SSH_OK ? NEXT : fail_ssh(l, EPROTO);
}

static enum progress pty_step(struct login *l)
{
	int r;

	if (!l->command || !l->pty)
		return NEXT;
	r = ssh_channel_request_pty_size(l->channel, "vt100", 80, 24);
	if (r == SSH_AGAIN)
		return AGAIN;
	return r == SSH_OK ? NEXT : fail_ssh(l, EPROTO);
}

static enum progress exec_step(struct login *l)
{
	int r;

	if (!l->command)
		return NEXT;
	r = ssh_channel_request_exec(l->channel, l->command);
	if (r == SSH_AGAIN)
		return AGAIN;
	return r == SSH_OK ? NEXT : fail_ssh(l, EPROTO);
}

/*
 * The library's send blocks when the socket is full, and its buffer has no ceiling: one packet at
 * a time, and only while the socket was just seen to take more.
 */
static bool can_send(struct login *l)
{
	return l->input_sent < l->input_len && ssh_channel_window_size(l->channel) > 0 &&
	       !(ssh_get_poll_flags(l->session) & SSH_WRITE_PENDING);
}

static enum progress send_input(struct login *l)
{
	if (can_send(l)) {
		size_t left = l->input_len - l->input_sent;
		uint32_t n = ssh_channel_window_size(l->channel);
		int sent;

		if (n > PACKET_MAX)
			n = PACKET_MAX;
		if (n > left)
			n = (uint32_t)left;
		sent = ssh_channel_write(l->channel, l->input + l->input_sent, n);
		if (sent < 0 && sent != SSH_AGAIN)
			return fail_ssh(l, EPROTO);
		if (sent > 0) {
			l->input_sent += (size_t)sent;
			l->moved += (size_t)sent;
		}
	}
	if (l->input_sent < l->input_len || l->hold || l->input_closed)
		return AGAIN;
	if (ssh_channel_send_eof(l->channel) == SSH_ERROR)
		return fail_ssh(l, EPROTO);
	l->input_closed = true;
	return AGAIN;
}

/* Let the library read and write its socket; what comes goes to the callbacks above. After the end
 * of output it does so only when it is asked for the exit status. */
static void pump(struct login *l)
{
	if (l->eof)
		ssh_channel_get_exit_status(l->channel);
	else
		ssh_channel_poll(l->channel, 0);
}

static bool is_over(const struct login *l)
{
	return l->closed || (l->eof && (l->exit_status >= 0 || *l->exit_signal));
}

/* The far end may close before it has read everything; then output and status count. */
static enum progress talk_step(struct login *l)
{
	if (!l->command)
		return NEXT;
	for (int i = 0; i < TURNS_AN_EVENT; i++) {
		uint64_t before = l->moved;

		if (!l->eof && !l->closed && send_input(l) == FAILED)
			return FAILED;
		pump(l);
		if (is_over(l))
			return NEXT;
		if (is_lost(l))
			return fail(l, ECONNRESET, "the connection was lost");
		if (l->moved == before && !can_send(l))
			return AGAIN;
	}
	loop_timer_start(l->loop, &l->again, 0, 0, on_again, l);
	return AGAIN;
}

static enum progress (*const stages[])(struct login *l) = {
	[LOGIN_CONNECT] = connect_step, [LOGIN_HOST_KEY] = host_key_step, [LOGIN_AUTH] = auth_step,
	[LOGIN_CHANNEL] = channel_step, [LOGIN_PTY] = pty_step,		  [LOGIN_EXEC] = exec_step,
	[LOGIN_TALK] = talk_step,
};

static void rewatch(struct login *l)
{
	int flags = ssh_get_poll_flags(l->session);
	unsigned int events = LOOP_READ;
	int r;

	if (flags & SSH_WRITE_PENDING)
		events |= LOOP_WRITE;
	/* The first answer to a connect() in progress is that one can write. */
	if (l->stage == LOGIN_CONNECT && !l->kicked)
		events |= LOOP_WRITE;
	r = loop_fd_start(l->loop, &l->watch, ssh_get_fd(l->session), events, on_event, l);
	if (r < 0) {
		fail(l, -r, "cannot watch the connection: %s", strerror(-r));
		finish(l);
	}
}

static void advance(struct login *l)
{
	enum progress p = NEXT;

	while (p == NEXT && l->stage < LOGIN_DONE) {
		p = stages[l->stage](l);
		if (p == NEXT)
			l->stage++;
	}
	if (p != AGAIN)
		finish(l);
	else
		rewatch(l);
}

static void on_event(void *arg, unsigned int events)
{
	struct login *l = arg;

	l->kicked = true;
	advance(l);
}

static void on_again(void *arg)
{
	advance(arg);
}

static void on_limit(void *arg)
{
	struct login *l = arg;

	fail(l, ETIMEDOUT, "no answer within the limit");
	finish(l);
}

/* "ssh-ed25519 AAAA… comment", "ssh-ed25519 SHA256:…" */
static int add_expected(struct login *l, const char *text, struct err *err)
{
	_autofree_ char *copy = xstrdup(text);
	char *save = NULL, *type = strtok_r(copy, " \t\r\n", &save);
	char *blob = type ? strtok_r(NULL, " \t\r\n", &save) : NULL;
	struct expected *slot = &l->expected[l->n_expected];
	bool print = blob && strncmp(blob, "SHA256:", 7) == 0;

	slot->type = type ? ssh_key_type_from_name(type) : SSH_KEYTYPE_UNKNOWN;
	if (!blob ||
	    (!print && ssh_pki_import_pubkey_base64(blob, slot->type, &slot->key) != SSH_OK))
		return err_set(err, EINVAL, "not a public key: %.60s", text);
	if (print)
		slot->print = xstrdup(blob);
	l->n_expected++;
	return 0;
}

static const char *host_key_algorithm(enum ssh_keytypes_e type)
{
	switch (type) {
	case SSH_KEYTYPE_RSA:
		return "rsa-sha2-512,rsa-sha2-256";
	case SSH_KEYTYPE_ED25519:
		return "ssh-ed25519";
	case SSH_KEYTYPE_ECDSA_P256:
		return "ecdsa-sha2-nistp256";
	case SSH_KEYTYPE_ECDSA_P384:
		return "ecdsa-sha2-nistp384";
	case SSH_KEYTYPE_ECDSA_P521:
		return "ecdsa-sha2-nistp521";
	default:
		return NULL;
	}
}

/* Ask for the kinds of key that we can check, and for no other. */
static int set_algorithms(struct login *l, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf list = STRBUF_INIT(1000);

	for (size_t i = 0; i < l->n_expected; i++) {
		const char *name = host_key_algorithm(l->expected[i].type);

		if (name)
			strbuf_addf(&list, "%s%s", list.len ? "," : "", name);
	}
	if (!list.len ||
	    ssh_options_set(l->session, SSH_OPTIONS_HOSTKEYS, strbuf_str(&list)) != SSH_OK)
		return err_set(err, EINVAL, "no usable kind of host key is known");
	return 0;
}

static int configure(struct login *l, const struct login_spec *spec, struct err *err)
{
	unsigned int port = spec->port;
	int nodelay = 1;
	bool no = false;

	if (ssh_options_set(l->session, SSH_OPTIONS_PROCESS_CONFIG, &no) != SSH_OK ||
	    ssh_options_set(l->session, SSH_OPTIONS_HOST, "127.0.0.1") != SSH_OK ||
	    ssh_options_set(l->session, SSH_OPTIONS_PORT, &port) != SSH_OK ||
	    ssh_options_set(l->session, SSH_OPTIONS_USER, spec->user) != SSH_OK ||
	    ssh_options_set(l->session, SSH_OPTIONS_NODELAY, &nodelay) != SSH_OK ||
	    ssh_options_set(l->session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null") != SSH_OK ||
	    ssh_options_set(l->session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") != SSH_OK)
		return err_set(err, EINVAL, "cannot set up an ssh session: %s",
			       ssh_get_error(l->session));
	ssh_set_blocking(l->session, 0);
	return set_algorithms(l, err);
}

static int take_spec(struct login *l, const struct login_spec *spec, struct err *err)
{
	if (!spec->n_host_keys || spec->n_host_keys > LOGIN_MAX_KEYS)
		return err_set(err, EINVAL, "no host key is known: nothing to compare with");
	for (size_t i = 0; i < spec->n_host_keys; i++) {
		int r = add_expected(l, spec->host_keys[i], err);

		if (r < 0)
			return r;
	}
	if (spec->key_file &&
	    ssh_pki_import_privkey_file(spec->key_file, NULL, NULL, NULL, &l->identity) != SSH_OK)
		return err_set(err, ENOKEY, "cannot read the private key %s", spec->key_file);
	l->password = xstrdup(spec->password ? spec->password : "");
	l->command = spec->command ? xstrdup(spec->command) : NULL;
	l->input_len = spec->input_len;
	if (spec->input_len) {
		l->input = xmalloc(spec->input_len);
		memcpy(l->input, spec->input, spec->input_len);
	}
	l->pty = spec->pty;
	l->hold = spec->hold;
	strbuf_init(&l->out, spec->output_max ? spec->output_max : OUTPUT_MAX_DEFAULT);
	strbuf_init(&l->err_out, spec->output_max ? spec->output_max : OUTPUT_MAX_DEFAULT);
	return 0;
}

int login_start(struct loop *loop, const struct login_spec *spec, struct login **ret_login,
		struct err *err)
{
	struct login *l = xcalloc(1, sizeof(*l));
	int r;

	l->loop = loop;
	l->exit_status = -1;
	l->started = now_us();
	l->session = ssh_new();
	r = l->session ? take_spec(l, spec, err) : err_set(err, ENOMEM, "cannot start libssh");
	if (r == 0)
		r = configure(l, spec, err);
	if (r < 0) {
		login_free(l);
		return r;
	}
	if (spec->deadline.at != UINT64_MAX)
		loop_timer_start(loop, &l->limit, deadline_left(spec->deadline), 0, on_limit, l);
	*ret_login = l;
	advance(l);
	return 0;
}

void login_free(struct login *l)
{
	if (!l)
		return;
	finish(l);
	if (l->channel)
		ssh_channel_free(l->channel);
	if (l->session) {
		ssh_disconnect(l->session);
		ssh_free(l->session);
	}
	ssh_key_free(l->identity);
	for (size_t i = 0; i < l->n_expected; i++) {
		ssh_key_free(l->expected[i].key);
		free(l->expected[i].print);
	}
	free(l->password);
	free(l->command);
	free(l->input);
	strbuf_release(&l->out);
	strbuf_release(&l->err_out);
	free(l);
}

void login_let_go(struct login *l)
{
	l->hold = false;
	if (!l->done && l->stage == LOGIN_TALK)
		loop_timer_start(l->loop, &l->again, 0, 0, on_again, l);
}

bool login_ended(void *login)
{
	return ((struct login *)login)->done;
}

enum login_stage login_stage(const struct login *l)
{
	return l->stage;
}

int login_error(const struct login *l)
{
	return -l->error;
}

const char *login_error_text(const struct login *l)
{
	return l->error_text;
}

int login_exit_status(const struct login *l)
{
	return l->exit_status;
}

const char *login_exit_signal(const struct login *l)
{
	return l->exit_signal;
}

const struct strbuf *login_stdout(const struct login *l)
{
	return &l->out;
}

const struct strbuf *login_stderr(const struct login *l)
{
	return &l->err_out;
}

uint64_t login_stdout_bytes(const struct login *l)
{
	return l->out_bytes;
}

uint64_t login_time(const struct login *l)
{
	return (l->done ? l->ended : now_us()) - l->started;
}
