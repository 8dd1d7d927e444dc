/* SPDX-License-Identifier: MIT */
#include "run/share.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"

struct page {
	unsigned int parts, common;
	atomic_uint taken;		   /* of the common ones */
	atomic_uint left[SHARE_PARTS_MAX]; /* of those that are a part's own */
};

struct share {
	struct page *page;
	unsigned int part; /* from 0 */
};

static struct page *map(int fd)
{
	void *p = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

int share_new(const unsigned int *own, unsigned int parts, unsigned int common, struct err *err)
{
	int fd = memfd_create("share", MFD_CLOEXEC);
	struct page *page = NULL;
	int e;

	if (fd >= 0 && ftruncate(fd, sizeof(*page)) == 0)
		page = map(fd);
	if (!page) {
		e = errno;
		if (fd >= 0)
			close(fd);
		return err_errno(err, e, "cannot make a page of memory");
	}
	page->parts = parts;
	page->common = common;
	for (unsigned int i = 0; i < parts; i++)
		atomic_init(&page->left[i], own[i]);
	munmap(page, sizeof(*page));
	return fd;
}

int share_open(int fd, unsigned int part, struct share **ret_share, struct err *err)
{
	struct stat st;
	struct page *page = NULL;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == sizeof(*page))
		page = map(fd);
	close(fd);
	if (!page || part < 1 || part > page->parts || page->parts > SHARE_PARTS_MAX) {
		if (page)
			munmap(page, sizeof(*page));
		return err_set(err, EPROTO, "the worker was not given what its part shares");
	}
	*ret_share = xcalloc(1, sizeof(**ret_share));
	**ret_share = (struct share){page, part - 1};
	return 0;
}

void share_close(struct share *s)
{
	if (!s)
		return;
	munmap(s->page, sizeof(*s->page));
	free(s);
}

/* Asked again after a crash, a case has more than one answer. */
void share_answered(struct share *s)
{
	atomic_uint *left = &s->page->left[s->part];

	if (atomic_load(left))
		atomic_fetch_sub(left, 1);
}

bool share_has_more(const struct share *s)
{
	return atomic_load(&s->page->taken) < s->page->common;
}

/* Of all that is still to do each part should have as much. */
static unsigned int fair(const struct page *p, unsigned int rest)
{
	unsigned int all = rest;
	unsigned int n;

	for (unsigned int i = 0; i < p->parts; i++)
		all += atomic_load(&p->left[i]);
	n = (all + p->parts - 1) / p->parts;
	return n < rest ? n : rest;
}

unsigned int share_take(struct share *s, unsigned int *ret_from)
{
	struct page *p = s->page;
	unsigned int from = atomic_load(&p->taken), n;

	atomic_store(&p->left[s->part], 0);
	do {
		if (from >= p->common)
			return 0;
		n = fair(p, p->common - from);
	} while (!atomic_compare_exchange_weak(&p->taken, &from, from + n));
	atomic_store(&p->left[s->part], n);
	*ret_from = from;
	return n;
}
