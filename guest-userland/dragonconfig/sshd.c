/* SPDX-License-Identifier: MIT */
#include "sshd.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "files.h"
#include "hostkey.h"

#define SSH_DIR	     "/etc/ssh"
#define DROPBEAR_DIR "/etc/dropbear"
#define CONFIG	     SSH_DIR "/sshd_config"
#define CONFIG_OWN   SSH_DIR "/sshd_config.d/50-cloud-init.conf"
#define CONFIG_MAX   (1u << 20)

bool sshd_has_openssh(void)
{
	return file_exists("/usr/sbin/sshd") || file_exists(SSH_DIR);
}

bool sshd_has_dropbear(void)
{
	return file_exists("/usr/sbin/dropbear") || file_exists(DROPBEAR_DIR);
}

char *sshd_openssh_key(const char *type)
{
	return xasprintf(SSH_DIR "/ssh_host_%s_key", type);
}

char *sshd_dropbear_key(const char *type)
{
	return xasprintf(DROPBEAR_DIR "/dropbear_%s_host_key", type);
}

/* Files of a folder whose names begin so and have this in them. */
static void each(const char *dir, const char *begin, const char *has,
		 void (*act)(const char *path, void *arg), void *arg)
{
	struct dirent **list = NULL;
	int n = scandir(dir, &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		_autofree_ char *path = path_join(dir, name);

		if (strncmp(name, begin, strlen(begin)) == 0 && strstr(name, has))
			act(path, arg);
		free(list[i]);
	}
	free(list);
}

static void remove_key(const char *path, void *arg)
{
	unlink(path);
}

void sshd_delete_keys(void)
{
	each(SSH_DIR, "ssh_host_", "key", remove_key, NULL);
	each(DROPBEAR_DIR, "dropbear_", "_host_key", remove_key, NULL);
}

struct telling {
	struct strv *plain, *lines; /* lines: NULL: nobody asks */
};

/* "256 SHA256:… root@host (ED25519)", of "type SHA256:…"; n: bytes of the public key. */
static void tell_line(struct strv *to, const char *told, size_t n)
{
	static const struct {
		const char *type, *name;
		size_t bits;
	} kinds[] = {
		{"ssh-ed25519 ", "ED25519", 256},
		{"ecdsa-sha2-nistp256 ", "ECDSA", 256},
		{"ecdsa-sha2-nistp384 ", "ECDSA", 384},
		{"ecdsa-sha2-nistp521 ", "ECDSA", 521},
		{"ssh-rsa ", "RSA", 0},
		{"", "DSA", 1024},
	};
	char host[256] = "";
	size_t k = 0;

	gethostname(host, sizeof(host) - 1);
	while (k + 1 < ARRAY_SIZE(kinds) &&
	       strncmp(told, kinds[k].type, strlen(kinds[k].type)) != 0)
		k++;
	/* Of an RSA key all but 23 bytes are the number that it is measured by. */
	strv_pushf(to, "%zu %s root@%s (%s)",
		   kinds[k].bits ? kinds[k].bits : (n > 23 ? (n - 23) * 8 : 0),
		   told + strcspn(told, " ") + 1, host, kinds[k].name);
}

static void tell(const char *path, void *arg)
{
	_cleanup_(strbuf_wipe) struct strbuf sb = STRBUF_INIT(HOSTKEY_FILE_MAX);
	_cleanup_(strbuf_release) struct strbuf text = STRBUF_INIT(HOSTKEY_FILE_MAX);
	bool dropbear = strncmp(path, DROPBEAR_DIR, strlen(DROPBEAR_DIR)) == 0;
	const struct telling *all = arg;
	int r = file_read(path, &sb, NULL);
	size_t n;

	if (r == 0)
		r = dropbear ? hostkey_dropbear_fingerprint(strbuf_str(&sb), sb.len, &text, &n)
			     : hostkey_fingerprint(strbuf_str(&sb), &text, &n);
	if (r < 0 || strv_has(all->plain, strbuf_str(&text)))
		return;
	strv_push(all->plain, strbuf_str(&text));
	if (all->lines)
		tell_line(all->lines, strbuf_str(&text), n);
}

void sshd_fingerprints(struct strv *ret, struct strv *ret_lines)
{
	struct telling all = {ret, ret_lines};

	each(SSH_DIR, "ssh_host_", "_key.pub", tell, &all);
	each(DROPBEAR_DIR, "dropbear_", "_host_key", tell, &all);
}

static void take_public(const char *path, void *arg)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(HOSTKEY_FILE_MAX);

	if (file_read(path, &sb, NULL) == 0)
		strv_split(arg, strbuf_str(&sb), "\n");
}

void sshd_public_keys(struct strv *ret)
{
	each(SSH_DIR, "ssh_host_", "_key.pub", take_public, ret);
}

/* The first word of a line is this one, in any case. */
static bool names(const char *line, const char *word)
{
	size_t n = strlen(word);

	line += strspn(line, " \t");
	return strncasecmp(line, word, n) == 0 && line[n] && strchr(" \t=", line[n]);
}

/* Of a setting that may stand there several times only the same value goes. */
static bool is_replaced(const char *line, const char *name, const char *value)
{
	size_t n = strlen(line), k = strlen(value);

	return names(line, name) && (strcasecmp(name, "HostCertificate") != 0 ||
				     (n > k && strcmp(line + n - k, value) == 0));
}

static bool includes_own(const struct strv *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		if (names(lines->v[i], "Include") &&
		    strstr(lines->v[i], SSH_DIR "/sshd_config.d/*.conf"))
			return true;
	return false;
}

/* Splits keeping empty lines, which a person put there. */
static int read_lines(const char *path, struct strv *lines, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(CONFIG_MAX);
	int r = file_exists(path) ? file_read(path, &sb, err) : 0;
	const char *p = strbuf_str(&sb);

	for (size_t n; r == 0 && *p; p += n + (p[n] == '\n')) {
		n = strcspn(p, "\n");
		strv_take(lines, xstrndup(p, n));
	}
	return r;
}

int sshd_set(const char *name, const char *value, struct err *err)
{
	static const struct file_owner owner = {.mode = 0600};
	_cleanup_(strv_release) struct strv main = STRV_INIT, lines = STRV_INIT;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(CONFIG_MAX);
	const char *path = CONFIG;
	bool inside = false, done = false;
	int r = read_lines(CONFIG, &main, err);

	if (r == 0 && includes_own(&main))
		path = CONFIG_OWN;
	r = r < 0 ? r : read_lines(path, &lines, err);
	for (size_t i = 0; r == 0 && i <= lines.n; i++) {
		const char *line = i < lines.n ? lines.v[i] : NULL;
		bool replaced = line && !inside && is_replaced(line, name, value);

		inside = inside || (line && names(line, "Match"));
		if (!done && (replaced || inside || !line))
			r = strbuf_addf(&sb, "%s %s\n", name, value);
		done = done || replaced || inside;
		if (r == 0 && line && !replaced)
			r = strbuf_addf(&sb, "%s\n", line);
	}
	if (r < 0)
		return err->code ? r : err_set(err, -r, "%s grows too large", path);
	if (file_holds(path, strbuf_str(&sb), sb.len))
		return 0;
	return file_exists(path) ? file_put_as_is(path, strbuf_str(&sb), sb.len, err)
				 : file_put(path, strbuf_str(&sb), sb.len, &owner, err);
}
