/* SPDX-License-Identifier: MIT */
#include "schema.h"

#include <string.h>

#include "base/cleanup.h"

/* What a value may be. */
enum {
	STR = 1, /* any scalar but a map's or list's place */
	BOOL = 2,
	INT = 4,
	LIST = 8,
	MAP = 16,
	NUL = 32,
};

struct key {
	const char *name;
	unsigned int types;
	const struct key *members; /* of the map, or of each map in the list; NULL: any */
	const char *no_effect;	   /* NULL, or why */
};

#define NOT_YET	     "it is not carried out"
#define NO_PACKAGES  "there is no package manager"
#define ONE_EXCHANGE "the clock is set by one exchange"

/* Carried out; carried out, with members of its own; known, and why it has no effect. */
#define KEY(name, types)                \
	{                               \
		name, types, NULL, NULL \
	}
#define KEYS(name, types, members)         \
	{                                  \
		name, types, members, NULL \
	}
#define NONE(name, types, why)         \
	{                              \
		name, types, NULL, why \
	}

static const struct key user_keys[] = {
	KEY("name", STR),
	KEY("gecos", STR),
	KEY("groups", STR | LIST | MAP),
	KEY("primary_group", STR),
	KEY("homedir", STR),
	KEY("shell", STR),
	KEY("uid", INT | STR),
	KEY("system", BOOL),
	KEY("no_create_home", BOOL),
	NONE("create_groups", BOOL, NOT_YET),
	KEY("no_user_group", BOOL),
	KEY("passwd", STR),
	KEY("hashed_passwd", STR),
	KEY("plain_text_passwd", STR),
	KEY("lock_passwd", BOOL),
	KEY("expiredate", STR),
	KEY("inactive", STR | INT),
	KEY("sudo", STR | LIST | BOOL | NUL),
	NONE("doas", LIST, "there is no doas"),
	KEY("ssh_authorized_keys", LIST),
	NONE("ssh_redirect_user", BOOL, NOT_YET),
	NONE("ssh_import_id", LIST, "it needs a key server and TLS"),
	NONE("snapuser", STR, "there are no snaps"),
	NONE("selinux_user", STR, "there is no SELinux"),
	{0},
};

static const struct key file_keys[] = {
	KEY("path", STR),
	KEY("content", STR | NUL),
	NONE("source", MAP, "only content is written"),
	KEY("owner", STR),
	KEY("permissions", STR | INT),
	KEY("encoding", STR),
	KEY("append", BOOL),
	KEY("defer", BOOL),
	{0},
};

static const struct key chpasswd_user_keys[] = {
	KEY("name", STR),
	KEY("password", STR),
	KEY("type", STR),
	{0},
};

static const struct key chpasswd_keys[] = {
	KEY("expire", BOOL),
	KEYS("users", LIST, chpasswd_user_keys),
	KEY("list", STR | LIST),
	{0},
};

static const struct key growpart_keys[] = {
	KEY("mode", STR | BOOL),
	KEY("devices", LIST),
	KEY("ignore_growroot_disabled", BOOL),
	{0},
};

static const struct key swap_keys[] = {
	KEY("filename", STR),
	KEY("size", STR | INT),
	KEY("maxsize", STR | INT),
	{0},
};

static const struct key ntp_keys[] = {
	KEY("enabled", BOOL),
	KEY("servers", LIST),
	KEY("pools", LIST),
	NONE("peers", LIST, ONE_EXCHANGE),
	NONE("allow", LIST, ONE_EXCHANGE),
	NONE("ntp_client", STR, ONE_EXCHANGE),
	NONE("config", MAP, ONE_EXCHANGE),
	{0},
};

static const struct key power_keys[] = {
	KEY("mode", STR),
	KEY("delay", STR | INT),
	KEY("message", STR),
	KEY("timeout", INT),
	KEY("condition", STR | LIST | BOOL),
	{0},
};

static const struct key phone_keys[] = {
	KEY("url", STR),
	KEY("post", STR | LIST),
	KEY("tries", INT),
	{0},
};

static const struct key resolv_keys[] = {
	KEY("nameservers", LIST), KEY("searchdomains", LIST), KEY("domain", STR),
	KEY("sortlist", LIST),	  KEY("options", MAP),	      {0},
};

static const struct key ssh_keys[] = {
	KEY("ed25519_private", STR),
	KEY("ed25519_public", STR),
	KEY("ed25519_certificate", STR),
	KEY("ecdsa_private", STR),
	KEY("ecdsa_public", STR),
	KEY("ecdsa_certificate", STR),
	KEY("rsa_private", STR),
	KEY("rsa_public", STR),
	KEY("rsa_certificate", STR),
	KEY("dsa_private", STR),
	KEY("dsa_public", STR),
	KEY("dsa_certificate", STR),
	{0},
};

static const struct key console_keys[] = {
	KEY("emit_keys_to_console", BOOL),
	{0},
};

static const struct key seed_keys[] = {
	KEY("file", STR),
	KEY("data", STR),
	KEY("encoding", STR),
	NONE("command", LIST, "the pool has its own sources"),
	NONE("command_required", BOOL, "the pool has its own sources"),
	{0},
};

static const struct key vendor_keys[] = {
	KEY("enabled", BOOL),
	KEY("prefix", STR | LIST),
	{0},
};

static const struct key top_keys[] = {
	KEY("hostname", STR),
	KEY("fqdn", STR),
	KEY("preserve_hostname", BOOL),
	KEY("prefer_fqdn_over_hostname", BOOL),
	KEY("create_hostname_file", BOOL),
	KEY("manage_etc_hosts", BOOL | STR),
	KEYS("users", LIST | STR, user_keys),
	KEYS("user", STR | MAP, user_keys),
	KEY("groups", LIST | MAP | STR),
	KEY("ssh_authorized_keys", LIST),
	KEY("allow_public_ssh_keys", BOOL),
	KEY("ssh_pwauth", BOOL | STR),
	KEY("ssh_deletekeys", BOOL),
	KEY("ssh_genkeytypes", LIST),
	KEYS("ssh_keys", MAP, ssh_keys),
	NONE("ssh_publish_hostkeys", MAP, "no source takes them"),
	NONE("ssh_quiet_keygen", BOOL, "keys are made without a word"),
	KEY("ssh_fp_console_blacklist", LIST),
	KEY("ssh_key_console_blacklist", LIST),
	KEYS("ssh", MAP, console_keys),
	NONE("ssh_import_id", LIST, "it needs a key server and TLS"),
	KEY("disable_root", BOOL),
	KEY("disable_root_opts", STR),
	NONE("no_ssh_fingerprints", BOOL, "the console is not told who may log in"),
	KEY("password", STR),
	KEYS("chpasswd", MAP, chpasswd_keys),
	KEYS("write_files", LIST, file_keys),
	KEY("bootcmd", LIST),
	KEY("runcmd", LIST),
	KEY("timezone", STR),
	KEY("locale", STR | BOOL),
	KEY("locale_configfile", STR),
	KEY("final_message", STR),
	KEYS("growpart", MAP, growpart_keys),
	KEY("resize_rootfs", BOOL | STR),
	KEY("mounts", LIST),
	KEY("mount_default_fields", LIST),
	KEYS("swap", MAP, swap_keys),
	KEYS("ntp", MAP | NUL, ntp_keys),
	KEYS("power_state", MAP, power_keys),
	KEYS("phone_home", MAP, phone_keys),
	KEY("manage_resolv_conf", BOOL),
	KEYS("resolv_conf", MAP, resolv_keys),
	KEYS("vendor_data", MAP, vendor_keys),
	KEY("merge_how", STR | LIST),
	KEY("merge_type", STR | LIST),
	NONE("manual_cache_clean", BOOL, NOT_YET),
	NONE("output", MAP, "output goes to /var/log/cloud-init-output.log"),
	KEYS("random_seed", MAP, seed_keys),
	NONE("packages", LIST, NO_PACKAGES),
	NONE("package_update", BOOL, NO_PACKAGES),
	NONE("package_upgrade", BOOL, NO_PACKAGES),
	NONE("package_reboot_if_required", BOOL, NO_PACKAGES),
	NONE("apt", MAP, NO_PACKAGES),
	NONE("apt_update", BOOL, NO_PACKAGES),
	NONE("apt_upgrade", BOOL, NO_PACKAGES),
	NONE("snap", MAP, NO_PACKAGES),
	NONE("yum_repos", MAP, NO_PACKAGES),
	NONE("zypper", MAP, NO_PACKAGES),
	NONE("apk_repos", MAP, NO_PACKAGES),
	NONE("ca_certs", MAP, "there is no TLS"),
	NONE("disk_setup", MAP, "disks are left as they are"),
	NONE("fs_setup", LIST, "disks are left as they are"),
	NONE("keyboard", MAP, "there is no keymap tool"),
	NONE("ansible", MAP, "there is no Python"),
	NONE("chef", MAP, "there is no Ruby"),
	NONE("puppet", MAP, "there is no Ruby"),
	NONE("salt_minion", MAP, "there is no Python"),
	NONE("rsyslog", MAP | LIST, "there is no rsyslog"),
	NONE("byobu_by_default", STR, "there is no byobu"),
	NONE("landscape", MAP, "it is for Ubuntu"),
	NONE("ubuntu_advantage", MAP, "it is for Ubuntu"),
	NONE("ubuntu_pro", MAP, "it is for Ubuntu"),
	NONE("wireguard", MAP, "there is no wireguard"),
	NONE("lxd", MAP, "there is no lxd"),
	NONE("fan", MAP, "there is no fan networking"),
	NONE("updates", MAP, "the network is set up at boot only"),
	NONE("network", MAP, "user data cannot set the network: it comes from the source"),
	{0},
};

static const struct {
	unsigned int bit;
	const char *name;
} type_names[] = {
	{STR, "text"},	  {BOOL, "true or false"}, {INT, "a number"},
	{LIST, "a list"}, {MAP, "a map"},	   {NUL, "nothing"},
};

static bool has_type(const struct tree_node *v, unsigned int types)
{
	int64_t number;
	bool flag;

	switch (v->kind) {
	case TREE_NULL:
		return types & NUL;
	case TREE_LIST:
		return types & LIST;
	case TREE_MAP:
		return types & MAP;
	default:
		return (types & STR) || ((types & BOOL) && tree_bool(v, &flag)) ||
		       ((types & INT) && tree_int(v, &number));
	}
}

static void type_text(unsigned int types, char *text, size_t n)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(type_names) && len < n; i++)
		if (types & type_names[i].bit)
			len += (size_t)snprintf(text + len, n - len, "%s%s", len ? ", " : "",
						type_names[i].name);
}

static const struct key *find(const struct key *keys, const struct tree_node *key)
{
	for (; keys->name; keys++)
		if (tree_key_is(key, keys->name))
			return keys;
	return NULL;
}

static void check_map(const struct tree_node *map, const struct key *keys, const char *where,
		      struct problems *problems);

static void check_value(const struct tree_node *v, const struct key *k, struct problems *problems)
{
	char types[100];

	if (!has_type(v, k->types)) {
		type_text(k->types, types, sizeof(types));
		problem_warn(problems, v->line, "\"%s\" must be %s: it does not count", k->name,
			     types);
		return;
	}
	if (k->no_effect)
		problem_warn(problems, v->line, "\"%s\" has no effect: %s", k->name, k->no_effect);
	if (!k->members)
		return;
	if (v->kind == TREE_MAP)
		check_map(v, k->members, k->name, problems);
	for (size_t i = 0; v->kind == TREE_LIST && i < v->n; i++)
		if (v->items[i]->kind == TREE_MAP)
			check_map(v->items[i], k->members, k->name, problems);
}

/* where: the key whose members these are, or NULL. */
static void check_map(const struct tree_node *map, const struct key *keys, const char *where,
		      struct problems *problems)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct tree_node *key = map->keys[i];
		const struct key *k = find(keys, key);

		if (k)
			check_value(map->items[i], k, problems);
		else if (where)
			problem_warn(problems, key->line, "unknown key \"%s\" in \"%s\"", key->text,
				     where);
		else
			problem_warn(problems, key->line, "unknown key \"%s\"", key->text);
	}
}

void schema_check(const struct tree_node *root, struct problems *problems)
{
	if (root->kind == TREE_MAP)
		check_map(root, top_keys, NULL, problems);
	else if (root->kind != TREE_NULL)
		problem_error(problems, root->line, "a cloud-config document must be a map");
}

static void print_keys(FILE *f, const struct key *keys, const char *indent)
{
	char types[100];

	for (; keys->name; keys++) {
		type_text(keys->types, types, sizeof(types));
		fprintf(f, "%s%s: %s", indent, keys->name, types);
		if (keys->no_effect)
			fprintf(f, " (no effect: %s)", keys->no_effect);
		fputc('\n', f);
		if (keys->members)
			print_keys(f, keys->members, "    ");
	}
}

void schema_print(FILE *f)
{
	print_keys(f, top_keys, "");
}
