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

#define NOT_YET	    "it is not carried out"
#define NO_PACKAGES "there is no package manager"

static const struct key user_keys[] = {
	{"name", STR, NULL, NULL},
	{"gecos", STR, NULL, NULL},
	{"groups", STR | LIST | MAP, NULL, NULL},
	{"primary_group", STR, NULL, NULL},
	{"homedir", STR, NULL, NULL},
	{"shell", STR, NULL, NULL},
	{"uid", INT | STR, NULL, NULL},
	{"system", BOOL, NULL, NULL},
	{"no_create_home", BOOL, NULL, NULL},
	{"create_groups", BOOL, NULL, NOT_YET},
	{"no_user_group", BOOL, NULL, NOT_YET},
	{"passwd", STR, NULL, NULL},
	{"hashed_passwd", STR, NULL, NULL},
	{"plain_text_passwd", STR, NULL, NULL},
	{"lock_passwd", BOOL, NULL, NULL},
	{"expiredate", STR, NULL, NOT_YET},
	{"inactive", STR | INT, NULL, NOT_YET},
	{"sudo", STR | LIST | BOOL | NUL, NULL, NULL},
	{"doas", LIST, NULL, NOT_YET},
	{"ssh_authorized_keys", LIST, NULL, NULL},
	{"ssh_redirect_user", BOOL, NULL, NOT_YET},
	{"ssh_import_id", LIST, NULL, "it needs a key server and TLS"},
	{"snapuser", STR, NULL, "there are no snaps"},
	{"selinux_user", STR, NULL, "there is no SELinux"},
	{0},
};

static const struct key file_keys[] = {
	{"path", STR, NULL, NULL},
	{"content", STR | NUL, NULL, NULL},
	{"source", MAP, NULL, "only content is written"},
	{"owner", STR, NULL, NULL},
	{"permissions", STR | INT, NULL, NULL},
	{"encoding", STR, NULL, NULL},
	{"append", BOOL, NULL, NULL},
	{"defer", BOOL, NULL, NULL},
	{0},
};

static const struct key chpasswd_user_keys[] = {
	{"name", STR, NULL, NULL},
	{"password", STR, NULL, NULL},
	{"type", STR, NULL, NULL},
	{0},
};

static const struct key chpasswd_keys[] = {
	{"expire", BOOL, NULL, NULL},
	{"users", LIST, chpasswd_user_keys, NULL},
	{"list", STR | LIST, NULL, NULL},
	{0},
};

static const struct key growpart_keys[] = {
	{"mode", STR | BOOL, NULL, NULL},
	{"devices", LIST, NULL, NULL},
	{"ignore_growroot_disabled", BOOL, NULL, NULL},
	{0},
};

static const struct key swap_keys[] = {
	{"filename", STR, NULL, NULL},
	{"size", STR | INT, NULL, NULL},
	{"maxsize", STR | INT, NULL, NULL},
	{0},
};

static const struct key ntp_keys[] = {
	{"enabled", BOOL, NULL, NULL},
	{"servers", LIST, NULL, NULL},
	{"pools", LIST, NULL, NULL},
	{"peers", LIST, NULL, "the clock is set once, at first boot"},
	{"allow", LIST, NULL, "the clock is set once, at first boot"},
	{"ntp_client", STR, NULL, "the clock is set once, at first boot"},
	{"config", MAP, NULL, "the clock is set once, at first boot"},
	{0},
};

static const struct key power_keys[] = {
	{"mode", STR, NULL, NULL},
	{"delay", STR | INT, NULL, NULL},
	{"message", STR, NULL, NULL},
	{"timeout", INT, NULL, NULL},
	{"condition", STR | LIST | BOOL, NULL, NULL},
	{0},
};

static const struct key phone_keys[] = {
	{"url", STR, NULL, NULL},
	{"post", STR | LIST, NULL, NULL},
	{"tries", INT, NULL, NULL},
	{0},
};

static const struct key resolv_keys[] = {
	{"nameservers", LIST, NULL, NULL}, {"searchdomains", LIST, NULL, NULL},
	{"domain", STR, NULL, NULL},	   {"sortlist", LIST, NULL, NULL},
	{"options", MAP, NULL, NULL},	   {0},
};

static const struct key vendor_keys[] = {
	{"enabled", BOOL, NULL, NULL},
	{"prefix", STR | LIST, NULL, NULL},
	{0},
};

static const struct key top_keys[] = {
	{"hostname", STR, NULL, NULL},
	{"fqdn", STR, NULL, NULL},
	{"preserve_hostname", BOOL, NULL, NULL},
	{"prefer_fqdn_over_hostname", BOOL, NULL, NULL},
	{"create_hostname_file", BOOL, NULL, NULL},
	{"manage_etc_hosts", BOOL | STR, NULL, NULL},
	{"users", LIST | STR, user_keys, NULL},
	{"user", STR | MAP, NULL, NOT_YET},
	{"groups", LIST | MAP | STR, NULL, NULL},
	{"ssh_authorized_keys", LIST, NULL, NULL},
	{"ssh_pwauth", BOOL | STR, NULL, NOT_YET},
	{"ssh_deletekeys", BOOL, NULL, NOT_YET},
	{"ssh_genkeytypes", LIST, NULL, NOT_YET},
	{"ssh_keys", MAP, NULL, NOT_YET},
	{"ssh_publish_hostkeys", MAP, NULL, "no source takes them"},
	{"ssh_quiet_keygen", BOOL, NULL, NOT_YET},
	{"ssh_fp_console_blacklist", LIST, NULL, NOT_YET},
	{"ssh_key_console_blacklist", LIST, NULL, NOT_YET},
	{"ssh", MAP, NULL, NOT_YET},
	{"ssh_import_id", LIST, NULL, "it needs a key server and TLS"},
	{"disable_root", BOOL, NULL, NOT_YET},
	{"disable_root_opts", STR, NULL, NOT_YET},
	{"no_ssh_fingerprints", BOOL, NULL, NOT_YET},
	{"password", STR, NULL, NULL},
	{"chpasswd", MAP, chpasswd_keys, NULL},
	{"write_files", LIST, file_keys, NULL},
	{"bootcmd", LIST, NULL, NULL},
	{"runcmd", LIST, NULL, NULL},
	{"timezone", STR, NULL, NULL},
	{"locale", STR | BOOL, NULL, NOT_YET},
	{"locale_configfile", STR, NULL, NOT_YET},
	{"final_message", STR, NULL, NULL},
	{"growpart", MAP, growpart_keys, NOT_YET},
	{"resize_rootfs", BOOL | STR, NULL, NOT_YET},
	{"mounts", LIST, NULL, NOT_YET},
	{"mount_default_fields", LIST, NULL, NOT_YET},
	{"swap", MAP, swap_keys, NOT_YET},
	{"ntp", MAP | NUL, ntp_keys, NOT_YET},
	{"power_state", MAP, power_keys, NOT_YET},
	{"phone_home", MAP, phone_keys, NOT_YET},
	{"manage_resolv_conf", BOOL, NULL, NULL},
	{"resolv_conf", MAP, resolv_keys, NULL},
	{"vendor_data", MAP, vendor_keys, NULL},
	{"merge_how", STR | LIST, NULL, NULL},
	{"merge_type", STR | LIST, NULL, NULL},
	{"manual_cache_clean", BOOL, NULL, NOT_YET},
	{"output", MAP, NULL, "output goes to /var/log/cloud-init-output.log"},
	{"random_seed", MAP, NULL, NOT_YET},
	{"packages", LIST, NULL, NO_PACKAGES},
	{"package_update", BOOL, NULL, NO_PACKAGES},
	{"package_upgrade", BOOL, NULL, NO_PACKAGES},
	{"package_reboot_if_required", BOOL, NULL, NO_PACKAGES},
	{"apt", MAP, NULL, NO_PACKAGES},
	{"apt_update", BOOL, NULL, NO_PACKAGES},
	{"apt_upgrade", BOOL, NULL, NO_PACKAGES},
	{"snap", MAP, NULL, NO_PACKAGES},
	{"yum_repos", MAP, NULL, NO_PACKAGES},
	{"zypper", MAP, NULL, NO_PACKAGES},
	{"apk_repos", MAP, NULL, NO_PACKAGES},
	{"ca_certs", MAP, NULL, "there is no TLS"},
	{"disk_setup", MAP, NULL, "disks are left as they are"},
	{"fs_setup", LIST, NULL, "disks are left as they are"},
	{"keyboard", MAP, NULL, "there is no keymap tool"},
	{"ansible", MAP, NULL, "there is no Python"},
	{"chef", MAP, NULL, "there is no Ruby"},
	{"puppet", MAP, NULL, "there is no Ruby"},
	{"salt_minion", MAP, NULL, "there is no Python"},
	{"rsyslog", MAP | LIST, NULL, "there is no rsyslog"},
	{"byobu_by_default", STR, NULL, "there is no byobu"},
	{"landscape", MAP, NULL, "it is for Ubuntu"},
	{"ubuntu_advantage", MAP, NULL, "it is for Ubuntu"},
	{"ubuntu_pro", MAP, NULL, "it is for Ubuntu"},
	{"wireguard", MAP, NULL, "there is no wireguard"},
	{"lxd", MAP, NULL, "there is no lxd"},
	{"fan", MAP, NULL, "there is no fan networking"},
	{"updates", MAP, NULL, "the network is set up at boot only"},
	{"network", MAP, NULL, "user data cannot set the network: it comes from the source"},
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
