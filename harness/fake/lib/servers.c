/* SPDX-License-Identifier: MIT */
#include "fake/lib/servers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/strv.h"
#include "base/xalloc.h"

#define ORDINARY_UID 65534
#define START_LIMIT  (20 * SEC)

extern char **environ;

uint16_t server_free_port(void)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	_autoclose_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t n = sizeof(sa);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, n) < 0 ||
	    getsockname(fd, (struct sockaddr *)&sa, &n) < 0)
		abort();
	return ntohs(sa.sin_port);
}

static uid_t server_uid(void)
{
	return geteuid() ? geteuid() : ORDINARY_UID;
}

static int hand_over(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return lchown(path, server_uid(), server_uid());
}

static int make_dir(struct server *s, struct err *err)
{
	char template[] = "/tmp/harness-server-XXXXXX";

	if (!mkdtemp(template))
		return err_errno(err, errno, "cannot make a folder");
	s->dir = xstrdup(template);
	s->log = path_join(s->dir, "server.log");
	s->port = server_free_port();
	return 0;
}

static int put(struct server *s, const char *name, const char *text, struct err *err)
{
	_autofree_ char *path = path_join(s->dir, name);

	return file_write_atomic(path, text, strlen(text), 0600, err);
}

static int tool(struct loop *loop, char *const *argv, struct strbuf *out, struct err *err)
{
	struct proc_spec ps = PROC_SPEC_INIT;
	int status = 0, r;

	ps.argv = argv;
	r = proc_run(loop, &ps, deadline_in(START_LIMIT), out, NULL, &status, err);
	if (r < 0)
		return r;
	return status ? err_set(err, EIO, "%s failed", argv[0]) : 0;
}

static int make_key(struct server *s, struct loop *loop, const char *name, struct err *err)
{
	_autofree_ char *path = path_join(s->dir, name);
	char *argv[] = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path, NULL};

	return tool(loop, argv, NULL, err);
}

static int read_file(struct server *s, const char *name, char **ret, struct err *err)
{
	_autofree_ char *path = path_join(s->dir, name);
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);
	int r = file_read(path, &sb, err);

	if (r == 0)
		*ret = strbuf_detach(&sb, NULL);
	return r;
}

/* passwd, group, shadow for libnss_wrapper, and the user's key. */
static int make_user(struct server *s, struct loop *loop, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf hash = STRBUF_INIT(300);
	_autofree_ char *passwd = NULL, *shadow = NULL, *group = NULL, *key = NULL;
	char *argv[] = {"openssl", "passwd", "-6", (char *)SERVER_PASSWORD, NULL};
	_autofree_ char *ssh_dir = path_join(s->dir, ".ssh");
	int r = tool(loop, argv, &hash, err);

	if (r < 0)
		return r;
	hash.buf[strcspn(hash.buf, "\n")] = 0;
	passwd = xasprintf("tester:x:%u:%u::%s:/bin/bash\n", server_uid(), server_uid(), s->dir);
	group = xasprintf("tester:x:%u:\n", server_uid());
	shadow = xasprintf("tester:%s:19000:0:99999:7:::\n", hash.buf);
	r = put(s, "passwd", passwd, err);
	if (r == 0)
		r = put(s, "group", group, err);
	if (r == 0)
		r = put(s, "shadow", shadow, err);
	if (r == 0)
		r = make_key(s, loop, "id", err);
	if (r == 0)
		r = read_file(s, "id.pub", &key, err);
	if (r == 0)
		r = mkdir_p(ssh_dir, err);
	if (r == 0)
		r = put(s, ".ssh/authorized_keys", key, err);
	s->key_file = path_join(s->dir, "id");
	chmod(ssh_dir, 0700);
	return r;
}

/* Ours as root, for the rest to run as an ordinary user. */
static void add_drop(struct strv *argv)
{
	if (geteuid())
		return;
	strv_push(argv, "setpriv");
	strv_pushf(argv, "--reuid=%u", ORDINARY_UID);
	strv_pushf(argv, "--regid=%u", ORDINARY_UID);
	strv_push(argv, "--clear-groups");
	/* Changing the user has undone what base/proc asked for. */
	strv_push(argv, "--pdeathsig=KILL");
}

static void add_env(struct strv *env, const struct server *s)
{
	for (char **e = environ; *e; e++)
		if (strncmp(*e, "LD_PRELOAD=", 11) && strncmp(*e, "ASAN_OPTIONS=", 13))
			strv_push(env, *e);
	strv_push(env, "LD_PRELOAD=libnss_wrapper.so");
	strv_pushf(env, "NSS_WRAPPER_PASSWD=%s/passwd", s->dir);
	strv_pushf(env, "NSS_WRAPPER_GROUP=%s/group", s->dir);
	strv_pushf(env, "NSS_WRAPPER_SHADOW=%s/shadow", s->dir);
}

static bool is_listening(void *arg)
{
	struct server *s = arg;
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(s->port)};
	_autoclose_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return s->proc.exited || connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0;
}

static void nothing(void *arg)
{
}

/* Asks again every few milliseconds: the server tells nobody that it listens. */
static int wait_listening(struct server *s, struct loop *loop, struct err *err)
{
	struct loop_timer tick = {0};
	int r;

	loop_timer_start(loop, &tick, 5 * MSEC, 5 * MSEC, nothing, NULL);
	r = loop_wait(loop, is_listening, s, deadline_in(START_LIMIT));
	loop_timer_stop(&tick);
	if (r == 0 && !s->proc.exited)
		return 0;
	return err_set(err, EIO, "the server does not listen; see %s", s->log);
}

static int run(struct server *s, struct loop *loop, const struct strv *argv, const struct strv *env,
	       struct err *err)
{
	_autoclose_ int log = open(s->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	struct proc_spec ps = PROC_SPEC_INIT;
	int r;

	nftw(s->dir, hand_over, 8, FTW_PHYS);
	ps.argv = argv->v;
	ps.env = env ? env->v : NULL;
	ps.stdout_fd = log;
	ps.stderr_fd = log;
	r = proc_spawn(&s->proc, loop, &ps, err);
	return r < 0 ? r : wait_listening(s, loop, err);
}

static const char *find_program(const char *const *paths)
{
	for (; *paths; paths++)
		if (file_exists(*paths))
			return *paths;
	return NULL;
}

static int prepare_ssh(struct server *s, struct loop *loop, struct err *err)
{
	static const char *const wrapper[] = {"/usr/lib/x86_64-linux-gnu/libnss_wrapper.so",
					      "/usr/lib/x86_64-linux-gnu/libnss_wrapper.so.0",
					      NULL};
	int r;

	if (!find_program(wrapper))
		return err_set(err, ENOENT, "libnss-wrapper is not installed");
	r = make_dir(s, err);
	return r < 0 ? r : make_user(s, loop, err);
}

int server_start_sshd(struct server *s, struct loop *loop, struct err *err)
{
	static const char *const paths[] = {"/usr/sbin/sshd", NULL};
	_cleanup_(strv_release) struct strv argv = STRV_INIT, env = STRV_INIT;
	_autofree_ char *conf = NULL;
	int r;

	if (!find_program(paths))
		return err_set(err, ENOENT, "openssh-server is not installed");
	r = prepare_ssh(s, loop, err);
	if (r == 0)
		r = make_key(s, loop, "host", err);
	if (r == 0)
		r = read_file(s, "host.pub", &s->host_key, err);
	if (r < 0)
		return r;
	conf = xasprintf("Port %u\nListenAddress 127.0.0.1\nHostKey %s/host\nPidFile none\n"
			 "UsePAM no\nStrictModes no\nPasswordAuthentication yes\n"
			 "KbdInteractiveAuthentication no\nMaxStartups 100\n"
			 "Subsystem sftp internal-sftp\n",
			 s->port, s->dir);
	r = put(s, "sshd_config", conf, err);
	if (r < 0)
		return r;
	add_drop(&argv);
	strv_push(&argv, paths[0]);
	strv_push(&argv, "-De");
	strv_push(&argv, "-f");
	strv_pushf(&argv, "%s/sshd_config", s->dir);
	add_env(&env, s);
	return run(s, loop, &argv, &env, err);
}

int server_start_dropbear(struct server *s, struct loop *loop, struct err *err)
{
	static const char *const paths[] = {"/usr/sbin/dropbear", NULL};
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(4096);
	_cleanup_(strv_release) struct strv argv = STRV_INIT, env = STRV_INIT;
	_autofree_ char *key = NULL;
	char *from;
	int r;

	if (!find_program(paths))
		return err_set(err, ENOENT, "dropbear-bin is not installed");
	r = prepare_ssh(s, loop, err);
	if (r < 0)
		return r;
	key = path_join(s->dir, "host");
	r = tool(loop, (char *[]){"dropbearkey", "-t", "ed25519", "-f", key, NULL}, &out, err);
	if (r < 0)
		return r;
	from = strstr(strbuf_str(&out), "ssh-ed25519 ");
	if (!from)
		return err_set(err, EIO, "dropbearkey shows no public key");
	s->host_key = xstrndup(from, strcspn(from, "\n"));
	add_drop(&argv);
	strv_push(&argv, paths[0]);
	strv_push(&argv, "-FE");
	strv_push(&argv, "-r");
	strv_push(&argv, key);
	strv_push(&argv, "-p");
	strv_pushf(&argv, "127.0.0.1:%u", s->port);
	strv_push(&argv, "-P");
	strv_pushf(&argv, "%s/pid", s->dir);
	add_env(&env, s);
	return run(s, loop, &argv, &env, err);
}

/* Debian's package starts a server when it is installed, so the static one of the image will do. */
static char *find_nginx(void)
{
	static const char *const paths[] = {"/usr/sbin/nginx", NULL};
	const char *cache = getenv("CACHE"), *program = find_program(paths);
	_autofree_ char *built =
		xasprintf("%s/static/nginx/root/usr/sbin/nginx", cache ? cache : "build/cache");

	if (program)
		return xstrdup(program);
	return file_exists(built) ? TAKE(built) : NULL;
}

/* Only Debian's knows all of these modules, whose own folders are root's. */
static const char *other_folders(const char *program)
{
	return strcmp(program, "/usr/sbin/nginx") ? "" : "uwsgi_temp_path t4; scgi_temp_path t5;";
}

int server_start_nginx(struct server *s, struct loop *loop, const char *http, struct err *err)
{
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	_autofree_ char *program = find_nginx(), *conf = NULL, *www = NULL;
	int r;

	if (!program)
		return err_set(err, ENOENT, "no nginx here, neither installed nor in the cache");
	r = make_dir(s, err);
	if (r < 0)
		return r;
	www = path_join(s->dir, "www");
	conf = xasprintf("daemon off;\npid %s/nginx.pid;\nerror_log stderr notice;\n"
			 "events { worker_connections 256; }\n"
			 "http {\naccess_log off;\netag on;\nkeepalive_requests 10000;\n"
			 "client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3;\n"
			 "%s\n%s\n"
			 "server { listen 127.0.0.1:%u; root %s; }\n}\n",
			 s->dir, other_folders(program), http, s->port, www);
	r = mkdir_p(www, err);
	if (r == 0)
		r = put(s, "nginx.conf", conf, err);
	if (r < 0)
		return r;
	chmod(s->dir, 0755);
	add_drop(&argv);
	strv_push(&argv, program);
	strv_push(&argv, "-p");
	strv_push(&argv, s->dir);
	strv_push(&argv, "-e");
	strv_push(&argv, "stderr");
	strv_push(&argv, "-c");
	strv_pushf(&argv, "%s/nginx.conf", s->dir);
	return run(s, loop, &argv, NULL, err);
}

int server_start_hostile(struct server *s, struct loop *loop, const char *mode, struct err *err)
{
	const char *b = getenv("B");
	_autofree_ char *program = xasprintf("%s/fake/hostile", b ? b : "build");
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	int r;

	if (!file_exists(program))
		return err_set(err, ENOENT, "%s is not built", program);
	r = make_dir(s, err);
	if (r < 0)
		return r;
	strv_push(&argv, program);
	strv_push(&argv, mode);
	strv_pushf(&argv, "%u", s->port);
	return run(s, loop, &argv, NULL, err);
}

void server_stop(struct server *s)
{
	proc_release(&s->proc);
	if (s->dir)
		rm_rf(s->dir, NULL);
	free(s->dir);
	free(s->host_key);
	free(s->key_file);
	free(s->log);
	*s = (struct server)SERVER_INIT;
}
