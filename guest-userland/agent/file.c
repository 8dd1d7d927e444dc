/* SPDX-License-Identifier: MIT */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 4

struct file {
	bool used, get;
	uint64_t id, size;
	int fd;
	unsigned int mode;
	char path[1024];
	char part[1040]; /* temporary name; "" when the target is no regular file */
};

static struct file files[FILES];

static struct file *find(uint64_t id)
{
	for (size_t i = 0; i < FILES; i++)
		if (files[i].used && files[i].id == id)
			return &files[i];
	return NULL;
}

static struct file *new_file(uint64_t id, bool get)
{
	for (size_t i = 0; i < FILES; i++)
		if (!files[i].used) {
			files[i] = (struct file){.used = true, .get = get, .id = id, .fd = -1};
			return &files[i];
		}
	return NULL;
}

static void forget(struct file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (!f->get && f->part[0])
		unlink(f->part);
	f->used = false;
}

static void fail(struct file *f, int error)
{
	line_error(f->id, error, f->path);
	forget(f);
}

static struct file *begin(const struct msg *m, bool get)
{
	uint64_t id = 0;
	struct file *f;

	if (!msg_get_u64(m, "id", &id) || find(id)) {
		line_error(id, EINVAL, "file");
		return NULL;
	}
	f = new_file(id, get);
	if (!f) {
		line_error(id, EAGAIN, "too many files at once");
		return NULL;
	}
	if (!msg_get_str(m, "path", f->path, sizeof(f->path))) {
		fail(f, EINVAL);
		return NULL;
	}
	return f;
}

/* Devices and files of proc are written through; all others appear whole or not at all. */
void file_put(const struct msg *m)
{
	struct file *f = begin(m, false);
	uint64_t mode = 0644;
	struct stat st;
	bool through;

	if (!f)
		return;
	msg_get_u64(m, "mode", &mode);
	f->mode = (unsigned int)mode & 07777;
	through = stat(f->path, &st) == 0 &&
		  (!S_ISREG(st.st_mode) || strncmp(f->path, "/proc/", 6) == 0 ||
		   strncmp(f->path, "/sys/", 5) == 0);
	if (!through)
		glue(f->part, sizeof(f->part), f->path, ".part~", NULL);
	/* Not to wait for the reader of a fifo. */
	f->fd = open(through ? f->path : f->part,
		     O_WRONLY | O_CLOEXEC | O_NOCTTY | O_TRUNC | (through ? O_NONBLOCK : O_CREAT),
		     0600);
	if (f->fd < 0)
		fail(f, errno);
}

void file_data(const struct msg *m)
{
	const char *p = m->body;
	size_t left = m->body_len;
	uint64_t id = 0;
	struct file *f = msg_get_u64(m, "id", &id) ? find(id) : NULL;

	/* After a failure the rest of the data is on its way still. */
	if (!f || f->get)
		return;
	while (left) {
		ssize_t n = write(f->fd, p, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fail(f, n < 0 ? errno : EIO);
			return;
		}
		p += n;
		left -= (size_t)n;
	}
	f->size += m->body_len;
}

static int finish_put(struct file *f)
{
	int r;

	if (f->part[0] && fchmod(f->fd, f->mode) < 0 && chmod(f->part, f->mode) < 0)
		return errno;
	r = close(f->fd);
	f->fd = -1;
	if (r < 0)
		return errno;
	if (f->part[0] && rename(f->part, f->path) < 0)
		return errno;
	f->part[0] = '\0';
	return 0;
}

void file_end(const struct msg *m)
{
	uint64_t id = 0, size = 0;
	struct file *f = msg_get_u64(m, "id", &id) ? find(id) : NULL;
	int error;

	if (!f || f->get)
		return;
	msg_get_u64(m, "size", &size);
	error = size == f->size ? finish_put(f) : EBADMSG;
	if (error) {
		fail(f, error);
		return;
	}
	line_ok(id);
	forget(f);
}

void file_get(const struct msg *m)
{
	struct file *f = begin(m, true);

	if (!f)
		return;
	f->fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (f->fd < 0)
		fail(f, errno);
}

static bool say_end(const struct file *f)
{
	char buf[96];
	struct msg_writer w;

	msg_begin(&w, buf, sizeof(buf), "ok");
	msg_u64(&w, "id", f->id);
	msg_u64(&w, "size", f->size);
	msg_end_head(&w);
	return line_say(&w);
}

static void send_part(struct file *f)
{
	char buf[FRAME_PAYLOAD_MAX];
	struct msg_writer w;
	ssize_t n;

	msg_begin(&w, buf, sizeof(buf), "data");
	msg_u64(&w, "id", f->id);
	msg_end_head(&w);
	n = read(f->fd, buf + w.len, w.room - w.len);
	if (n < 0 && errno == EINTR)
		return;
	if (n < 0) {
		fail(f, errno);
		return;
	}
	if (n == 0) {
		if (say_end(f))
			forget(f);
		return;
	}
	w.len += (size_t)n;
	f->size += (uint64_t)n;
	line_say(&w);
}

bool file_step(void)
{
	bool more = false;

	for (size_t i = 0; i < FILES; i++) {
		while (files[i].used && files[i].get && line_has_room())
			send_part(&files[i]);
		more |= files[i].used && files[i].get;
	}
	return more && line_has_room();
}

void file_cancel(uint64_t id)
{
	struct file *f = find(id);

	if (f)
		forget(f);
}

void file_cancel_all(void)
{
	for (size_t i = 0; i < FILES; i++)
		if (files[i].used)
			forget(&files[i]);
}
