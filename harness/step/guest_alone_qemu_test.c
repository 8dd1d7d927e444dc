/* SPDX-License-Identifier: MIT */
/*
 * A guest reaches nobody: no port of the host's loopback, and not the metadata service of the cloud
 * that the host itself runs in. Such a service is played here, on the real addresses, in a network
 * of the test's own; where that cannot be made, on loopback alone.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "config/seed.h"
#include "machine/image.h"
#include "step/guest.h"

#define LIMIT (120 * SEC)
/* What nc is given for a connection, s: none of these takes a hundredth of it. */
#define PATIENCE "10"

static const char *const addresses[] = {"169.254.169.254", "169.254.0.23", "100.100.100.200"};

/* Who listens on the host, and how often it was called. */
static struct listener {
	struct loop_fd watch;
	int fd;
	uint16_t port;
	unsigned int calls;
} listeners[3];

static char dir[] = "/tmp/harness-alone-XXXXXX";
static bool has_network; /* of its own */
static struct loop *loop;
static struct store *store;
static struct image_kernel kernel;
static char *disk;
static struct store_cell cell = {.role = "reference",
				 .kernel = "",
				 .target = "qemu",
				 .profile = "",
				 .lane = "static",
				 .scenario = "test"};
static struct guest *guest;

/* --- A network of the test's own --- */

static bool put(const char *path, const char *text)
{
	_autoclose_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && fd_write_all(fd, text, strlen(text)) == 0;
}

static bool add_address(const char *name, const char *address)
{
	_autoclose_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in sa = {.sin_family = AF_INET};
	struct ifreq r = {0};

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	inet_pton(AF_INET, address, &sa.sin_addr);
	memcpy(&r.ifr_addr, &sa, sizeof(sa));
	if (fd < 0 || ioctl(fd, SIOCSIFADDR, &r) < 0)
		return false;
	r.ifr_flags = IFF_UP | IFF_RUNNING;
	return ioctl(fd, SIOCSIFFLAGS, &r) == 0;
}

static bool enter_network(void)
{
	_autofree_ char *uids = xasprintf("0 %d 1", (int)getuid());
	_autofree_ char *gids = xasprintf("0 %d 1", (int)getgid());
	bool made = true;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return false;
	made &= put("/proc/self/setgroups", "deny");
	made &= put("/proc/self/uid_map", uids);
	made &= put("/proc/self/gid_map", gids);
	made &= add_address("lo", "127.0.0.1");
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		char name[16];

		snprintf(name, sizeof(name), "lo:%zu", i);
		made &= add_address(name, addresses[i]);
	}
	return made;
}

/* Half a network would be worse than none: a child tries it first. */
static bool make_network(void)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0)
		_exit(enter_network() ? 0 : 1);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		return false;
	return enter_network();
}

/* --- Who is not to be reached --- */

static void on_call(void *arg, unsigned int events)
{
	struct listener *l = arg;
	int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	l->calls++;
	close(fd);
}

/* On every address; port 0: any. */
static void listen_on(struct listener *l, uint16_t port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};
	socklen_t n = sizeof(sa);

	if (!has_network)
		sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(l->fd >= 0);
	assert_int_equal(bind(l->fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(l->fd, 16), 0);
	assert_int_equal(getsockname(l->fd, (struct sockaddr *)&sa, &n), 0);
	l->port = ntohs(sa.sin_port);
	assert_int_equal(loop_fd_start(loop, &l->watch, l->fd, LOOP_READ, on_call, l), 0);
}

static unsigned int calls(void)
{
	unsigned int n = 0;

	loop_poll(loop);
	for (size_t i = 0; i < ARRAY_SIZE(listeners); i++)
		n += listeners[i].calls;
	return n;
}

static bool was_called(void *arg)
{
	return ((struct listener *)arg)->calls > 0;
}

/* From the host it is there: what follows can fail. */
static void call_from_host(struct listener *l, const char *address)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(l->port)};
	_autoclose_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	l->calls = 0;
	inet_pton(AF_INET, address, &sa.sin_addr);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(loop_wait(loop, was_called, l, deadline_in(LIMIT)), 0);
	l->calls = 0;
}

/* --- The guest --- */

static void boot(const char *profile, const struct seed *seed)
{
	const struct guest_spec spec = {
		.loop = loop,
		.store = store,
		.cell = cell.id,
		.lane = "static",
		.kernel = kernel.kernel,
		.initrd = kernel.initrd,
		.disk = disk,
		.profile = profile,
		.seed = seed,
		.accel = ACCEL_TCG,
		.pace = 1,
		.boot_limit_us = LIMIT,
	};
	struct err err = ERR_INIT;

	if (guest_boot(&spec, &guest, &err) < 0)
		fail_msg("%s", err.text);
}

static char *says(const char *command)
{
	const struct chan_exec exec = {.argv = (char *[]){"/bin/sh", "-c", (char *)command, NULL}};
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(65536);
	struct err err = ERR_INIT;

	if (chan_run(guest->chan, &exec, &out, NULL, NULL, deadline_in(LIMIT), &err) < 0)
		fail_msg("%s: %s", command, err.text);
	return xstrndup(strbuf_str(&out), out.len);
}

static void is_closed(const char *address, uint16_t port)
{
	_autofree_ char *command = xasprintf(
		"nc -w " PATIENCE " %s %u </dev/null >/dev/null 2>&1 && echo open || echo closed",
		address, port);
	_autofree_ char *said = says(command);

	if (strcmp(said, "closed\n") != 0)
		fail_msg("%s port %u: %s", address, port, said);
}

/* Each listener by each address by which a guest might hope to reach the host. */
static void reaches_nobody(const char *gateway, bool has_service)
{
	for (size_t i = 0; i < ARRAY_SIZE(listeners); i++) {
		uint16_t port = listeners[i].port;

		is_closed(gateway, port);
		for (size_t k = 0; k < ARRAY_SIZE(addresses); k++)
			/* There the cloud's own answers, which knows nothing of the host. */
			if (!has_service || port != 80)
				is_closed(addresses[k], port);
	}
	assert_int_equal(calls(), 0);
}

static void any_guest(void **state)
{
	_autofree_ char *address = NULL;

	boot("modern", NULL);
	address = says("ip -4 -o addr show dev eth0; ip route");
	assert_non_null(strstr(address, "10.0.2.15/24"));
	assert_non_null(strstr(address, "default via 10.0.2.2"));
	reaches_nobody("10.0.2.2", false);
}

static void a_guest_of_a_cloud(void **state)
{
	struct seed seed = {.instance_id = (char *)"i-alone",
			    .hostname = (char *)"alone",
			    .region = (char *)"r",
			    .zone = (char *)"z"};
	_autofree_ char *said = NULL;

	boot("tencent-like", &seed);
	free(says("ip addr add 172.16.0.15/20 dev eth0 && ip link set eth0 up && "
		  "ip route add default via 172.16.0.1"));
	said = says("wget -q -O - http://169.254.169.254/latest/meta-data/instance-id");
	assert_string_equal(said, "i-alone");
	reaches_nobody("172.16.0.1", true);
}

static int drop_guest(void **state)
{
	guest_free(guest);
	guest = NULL;
	return 0;
}

/* --- */

static int prepare(void **state)
{
	const char *cache = getenv("CACHE");
	_autofree_ char *run = NULL;
	struct err err = ERR_INIT;

	if (!mkdtemp(dir))
		return -1;
	if (cache)
		setenv("HARNESS_CACHE", cache, 1);
	run = path_join(dir, "run");
	if (loop_new(&loop, &err) < 0 || image_reference("cloud", &kernel, &err) < 0 ||
	    image_ready(loop, "static", &disk, &err) < 0 || store_create(run, &store, &err) < 0 ||
	    store_add_cell(store, &cell, &err) < 0) {
		print_error("%s\n", err.text);
		return -1;
	}
	listen_on(&listeners[0], 0);
	call_from_host(&listeners[0], "127.0.0.1");
	if (!has_network) {
		print_message("# no network of its own: loopback alone\n");
		return 0;
	}
	listen_on(&listeners[1], 80);
	listen_on(&listeners[2], 81);
	call_from_host(&listeners[1], "169.254.169.254");
	call_from_host(&listeners[2], "100.100.100.200");
	return 0;
}

static int tidy(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(listeners); i++) {
		loop_fd_stop(&listeners[i].watch);
		cleanup_close(&listeners[i].fd);
	}
	store_close(store);
	image_kernel_release(&kernel);
	free(disk);
	loop_free(loop);
	return rm_rf(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(any_guest, drop_guest),
		cmocka_unit_test_teardown(a_guest_of_a_cloud, drop_guest),
	};

	for (size_t i = 0; i < ARRAY_SIZE(listeners); i++)
		listeners[i].fd = -1;
	has_network = make_network();
	return cmocka_run_group_tests(tests, prepare, tidy);
}
