/* SPDX-License-Identifier: MIT */
/*
 * Keys of the ssh servers: ssh_keys, or new ones of ssh_genkeytypes; ssh_deletekeys. An Ed25519 key
 * is made here, from a pool that does not trust the kernel alone, and is the same for all servers;
 * other types are made by the servers' own tools. Public parts are written first: who has a private
 * one is complete.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "command.h"
#include "entropy.h"
#include "files.h"
#include "hostkey.h"
#include "module.h"
#include "sshd.h"

#define OWN_TYPE    "ed25519"
#define SSH_KEYGEN  "/usr/bin/ssh-keygen"
#define DROPBEARKEY "/usr/bin/dropbearkey"

/* The last of them is only taken, no tool makes it any more. */
static const char *const types[] = {OWN_TYPE, "ecdsa", "rsa", "dsa"};
static const struct file_owner secret = {.mode = 0600}, shown = {.mode = 0644};

static bool put(const char *path, const struct strbuf *sb, const struct file_owner *owner)
{
	struct err err = ERR_INIT;

	if (file_put(path, strbuf_str(sb), sb->len, owner, &err) == 0)
		return true;
	status_warn("ssh keys: %s", err.text);
	return false;
}

/* A text of the configuration, with the line's end that ssh wants. */
static void put_text(const char *path, const char *text, const struct file_owner *owner)
{
	_cleanup_(strbuf_wipe) struct strbuf sb = STRBUF_INIT(USERDATA_MAX);
	size_t n = strlen(text);

	strbuf_addstr(&sb, text);
	if (n && text[n - 1] != '\n')
		strbuf_addch(&sb, '\n');
	put(path, &sb, owner);
}

static char *comment(void)
{
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	return xasprintf("root@%s", host);
}

static void put_public(const struct hostkey *k)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(HOSTKEY_FILE_MAX);
	_autofree_ char *key = sshd_openssh_key(OWN_TYPE), *path = xasprintf("%s.pub", key);
	_autofree_ char *who = comment();

	hostkey_public(k, who, &sb);
	put(path, &sb, &shown);
}

static void put_dropbear(const struct hostkey *k)
{
	_cleanup_(strbuf_wipe) struct strbuf sb = STRBUF_INIT(HOSTKEY_FILE_MAX);
	_autofree_ char *path = sshd_dropbear_key(OWN_TYPE);

	hostkey_dropbear(k, &sb);
	put(path, &sb, &secret);
}

static void put_openssh(const struct hostkey *k)
{
	_cleanup_(strbuf_wipe) struct strbuf sb = STRBUF_INIT(HOSTKEY_FILE_MAX);
	_autofree_ char *path = sshd_openssh_key(OWN_TYPE), *who = comment();

	put_public(k);
	hostkey_openssh(k, who, &sb);
	put(path, &sb, &secret);
}

static const char *member(const struct tree_node *keys, const char *type, const char *part)
{
	_autofree_ char *name = xasprintf("%s_%s", type, part);

	return tree_get_text(keys, name);
}

/* What can be made of a private key that was given: the other server's form, the public part. */
static void derive(const char *type, const char *private, bool has_public)
{
	struct hostkey k;

	if (strcmp(type, OWN_TYPE) == 0 && hostkey_read(private, &k) == 0) {
		if (!has_public)
			put_public(&k);
		if (sshd_has_dropbear())
			put_dropbear(&k);
		explicit_bzero(&k, sizeof(k));
	} else if (strcmp(type, OWN_TYPE) == 0) {
		status_warn("ssh_keys: ed25519_private is no key that can be read here");
	} else if (sshd_has_dropbear()) {
		status_warn("ssh_keys: dropbear cannot be given a key of type %s", type);
	}
}

static void put_given(const struct tree_node *keys, const char *type)
{
	const char *private = member(keys, type, "private"), *public = member(keys, type, "public");
	const char *cert = member(keys, type, "certificate");
	_autofree_ char *path = sshd_openssh_key(type), *pub = xasprintf("%s.pub", path);
	_autofree_ char *cert_path = xasprintf("%s-cert.pub", path);
	struct err err = ERR_INIT;

	if (public)
		put_text(pub, public, &shown);
	if (private) {
		derive(type, private, public != NULL);
		put_text(path, private, &secret);
		status_log("ssh key of type %s, as given", type);
	}
	if (!cert)
		return;
	put_text(cert_path, cert, &shown);
	if (sshd_set("HostCertificate", cert_path, &err) < 0)
		status_warn("ssh_keys: %s", err.text);
}

/* One that is there already is kept, and the other server gets it too. */
static void make_own(void)
{
	_autofree_ char *openssh = sshd_openssh_key(OWN_TYPE), *other = sshd_dropbear_key(OWN_TYPE);
	bool want_openssh = sshd_has_openssh() && !file_exists(openssh);
	bool want_dropbear = sshd_has_dropbear() && !file_exists(other);
	_cleanup_(strbuf_wipe) struct strbuf sb = STRBUF_INIT(HOSTKEY_FILE_MAX);
	unsigned char seed[HOSTKEY_SIZE];
	struct hostkey k;

	if (!want_openssh && !want_dropbear)
		return;
	if (file_read(openssh, &sb, NULL) < 0 || hostkey_read(strbuf_str(&sb), &k) < 0) {
		if (entropy_weakness())
			status_warn(
				"the ssh key can be guessed: of the kernel's random numbers %s, "
				"and neither the processor nor the source has better ones",
				entropy_weakness());
		else if (entropy_kernel_flaw())
			status_log("the kernel's random numbers are weak (%s): the ssh key is made "
				   "from others besides",
				   entropy_kernel_flaw());
		entropy_bytes(seed, sizeof(seed));
		hostkey_make(seed, &k);
		explicit_bzero(seed, sizeof(seed));
	}
	if (want_dropbear)
		put_dropbear(&k);
	if (want_openssh)
		put_openssh(&k);
	explicit_bzero(&k, sizeof(k));
}

/* Made beside its place, so that a half-made pair is never taken for one. */
static void make_by_tool(const struct context *c, const char *tool, const char *type,
			 const char *path)
{
	_autofree_ char *new = xasprintf("%s.new", path), *new_pub = xasprintf("%s.pub", new);
	_autofree_ char *pub = xasprintf("%s.pub", path);
	bool openssh = strcmp(tool, SSH_KEYGEN) == 0;
	char *const argv[] = {(char *)tool,	      "-f", new, "-t", (char *)type,
			      openssh ? "-qN" : NULL, "",   NULL};

	unlink(new);
	unlink(new_pub);
	if (command_run(c->state->id, argv) == 0 && (!openssh || rename(new_pub, pub) == 0) &&
	    rename(new, path) == 0)
		return;
	status_warn("ssh keys: %s cannot make one of type %s", path_base(tool), type);
	unlink(new);
	unlink(new_pub);
}

static void make_other(const struct context *c, const char *type)
{
	_autofree_ char *openssh = sshd_openssh_key(type), *other = sshd_dropbear_key(type);

	if (entropy_kernel_flaw()) {
		status_warn("ssh_genkeytypes: none of type %s is made: of the kernel's random "
			    "numbers, which its tool relies on, %s",
			    type, entropy_kernel_flaw());
		return;
	}
	if (sshd_has_openssh() && !file_exists(openssh))
		make_by_tool(c, SSH_KEYGEN, type, openssh);
	if (sshd_has_dropbear() && !file_exists(other))
		make_by_tool(c, DROPBEARKEY, type, other);
}

static void make_new(const struct context *c)
{
	const struct tree_node *list = tree_get(c->config, "ssh_genkeytypes");
	_cleanup_(strv_release) struct strv wanted = STRV_INIT;

	if (list)
		tree_texts(list, &wanted);
	else
		strv_push(&wanted, OWN_TYPE);
	for (size_t i = 0; i < wanted.n; i++) {
		bool known = false;

		for (size_t k = 0; k + 1 < ARRAY_SIZE(types); k++)
			known = known || strcmp(wanted.v[i], types[k]) == 0;
		if (!known)
			status_warn("ssh_genkeytypes: no such type \"%s\"", wanted.v[i]);
		else if (strcmp(wanted.v[i], OWN_TYPE) == 0)
			make_own();
		else
			make_other(c, wanted.v[i]);
	}
}

static void hostkeys(const struct context *c)
{
	const struct tree_node *keys = tree_get(c->config, "ssh_keys");
	_cleanup_(strv_release) struct strv told = STRV_INIT;
	bool fresh = true;

	tree_bool(tree_get(c->config, "ssh_deletekeys"), &fresh);
	if (fresh)
		sshd_delete_keys();
	for (size_t i = 0; keys && i < ARRAY_SIZE(types); i++)
		put_given(keys, types[i]);
	if (!keys || keys->kind != TREE_MAP)
		make_new(c);
	sshd_fingerprints(&told, NULL);
	for (size_t i = 0; i < told.n; i++)
		status_log("ssh key of this machine: %s", told.v[i]);
}

const struct module module_hostkeys = {"ssh_host_keys", STAGE_INIT, FREQUENCY_INSTANCE, hostkeys};
