/* SPDX-License-Identifier: MIT */
/* The table of kinds, and the scenario files that come with the program. */
#include "step/kinds.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "step/context.h"
#include "step/guest.h"

static size_t type_size(enum field_type type)
{
	switch (type) {
	case FIELD_STRING:
		return sizeof(char *);
	case FIELD_BOOL:
		return sizeof(bool);
	case FIELD_ENUM:
		return sizeof(int);
	case FIELD_STRINGS:
		return sizeof(struct strv);
	default:
		return sizeof(int64_t);
	}
}

static void kinds_are_sound(void **state)
{
	for (size_t i = 0; step_kinds[i]; i++) {
		const struct step_ops *k = step_kinds[i];

		assert_non_null(k->run);
		assert_true(k->help && strlen(k->help) > 10);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(k->name, step_kinds[j]->name);
		assert_ptr_equal(step_find(k->name), k);
		for (const struct field *f = k->fields; f->name; f++) {
			assert_true(f->offset + type_size(f->type) <= k->options_size);
			assert_true(f->help && strlen(f->help) > 5);
			assert_true((f->type == FIELD_ENUM) == (f->words != NULL));
			for (const struct field *e = k->fields; e < f; e++) {
				assert_string_not_equal(e->name, f->name);
				assert_int_not_equal(e->offset, f->offset);
			}
		}
	}
	assert_null(step_find("no-such-kind"));
}

static size_t load_folder(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t n = 0;

	assert_non_null(d);
	while ((e = readdir(d))) {
		_autofree_ char *path = xasprintf("%s/%s", dir, e->d_name);
		size_t len = strlen(e->d_name);
		struct scenario *s = NULL;
		struct err err = ERR_INIT;

		if (len < 6 || strcmp(e->d_name + len - 5, ".yaml"))
			continue;
		if (scenario_load(path, step_config_kinds(), &s, &err) < 0)
			fail_msg("%s", err.text);
		/* Named after its file, so that `harness run NAME` finds it. */
		assert_int_equal(strlen(s->name), len - 5);
		assert_memory_equal(s->name, e->d_name, len - 5);
		scenario_free(s);
		n++;
	}
	closedir(d);
	return n;
}

static void scenarios_are_sound(void **state)
{
	assert_true(load_folder("scenarios") >= 3);
	assert_true(load_folder("scenarios/bench") >= 1);
}

static void context_remembers(void **state)
{
	struct guest g = {0};
	struct step_context *c = context_of(&g);
	struct context_service *s = context_add_service(c, "web");

	assert_ptr_equal(context_of(&g), c);
	s->port = 80;
	s->failure = xstrdup("down");
	assert_ptr_equal(context_find_service(c, "web"), s);
	assert_ptr_equal(context_find_port(c, 80), s);
	assert_null(context_find_service(c, "mail"));
	assert_null(context_find_port(c, 22));
	/* Started again: a fresh entry in the same place. */
	assert_ptr_equal(context_add_service(c, "web"), s);
	assert_null(s->failure);
	for (int i = 1; i < CONTEXT_MAX_SERVICES; i++) {
		_autofree_ char *name = xasprintf("s%d", i);

		assert_non_null(context_add_service(c, name));
	}
	assert_null(context_add_service(c, "one too many"));
	for (int i = 0; i < CONTEXT_MAX_HOST_KEYS; i++)
		assert_int_equal(context_add_host_key(c, xstrdup("k")), 0);
	assert_true(context_add_host_key(c, xstrdup("k")) < 0);
	context_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_sound),
		cmocka_unit_test(scenarios_are_sound),
		cmocka_unit_test(context_remembers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
