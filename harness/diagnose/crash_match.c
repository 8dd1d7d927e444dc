/* SPDX-License-Identifier: MIT */
#include "diagnose/crash_match.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

#define MATCH_LIMIT 200000
#define HEAP_LIMIT  2048 /* KiB */
#define JIT_STACK   (256 * 1024)

const struct crash_os *const crash_oses[] = {&crash_dragonos, &crash_linux, NULL};

static struct {
	pcre2_code **code; /* by row */
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack; /* NULL where there is no JIT: slower, the same answers */
} re;

size_t crash_rows(void)
{
	size_t n = 0;

	for (size_t i = 0; crash_oses[i]; i++)
		n += crash_oses[i]->n;
	return n;
}

const struct crash_row *crash_row_at(size_t i)
{
	for (size_t os = 0; crash_oses[os]; os++) {
		if (i < crash_oses[os]->n)
			return &crash_oses[os]->rows[i];
		i -= crash_oses[os]->n;
	}
	return NULL;
}

bool crash_in_list(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; p && (p = strstr(p, word)); p += n)
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
			return true;
	return !list;
}

static void re_init(void)
{
	re.code = xcalloc(crash_rows(), sizeof(*re.code));
	re.data = pcre2_match_data_create(CRASH_CAPTURES, NULL);
	re.context = pcre2_match_context_create(NULL);
	if (!re.data || !re.context)
		abort();
	pcre2_set_match_limit(re.context, MATCH_LIMIT);
	pcre2_set_heap_limit(re.context, HEAP_LIMIT);
	re.stack = pcre2_jit_stack_create(JIT_STACK / 8, JIT_STACK, NULL);
	if (re.stack)
		pcre2_jit_stack_assign(re.context, NULL, re.stack);
}

static pcre2_code *compile(size_t i, const char *text)
{
	pcre2_code *made;
	PCRE2_SIZE at;
	int code;

	made = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_MULTILINE, &code, &at,
			     NULL);
	if (!made) {
		/* A row is our own text: this is a mistake in the table. */
		fprintf(stderr, "crash table: row %zu, column %zu: %s\n", i, (size_t)at, text);
		abort();
	}
	pcre2_jit_compile(made, PCRE2_JIT_COMPLETE);
	return made;
}

static pcre2_code *re_get(size_t i)
{
	if (!re.code)
		re_init();
	if (!re.code[i])
		re.code[i] = compile(i, crash_row_at(i)->re);
	return re.code[i];
}

void crash_match_as(size_t i, const char *text)
{
	pcre2_code_free(re_get(i));
	re.code[i] = compile(i, text);
}

bool crash_match(size_t i, const char *text, size_t n, bool bol, struct crash_match *m)
{
	pcre2_code *code = re_get(i);
	const PCRE2_SIZE *ov;
	int r;

	r = pcre2_match(code, (PCRE2_SPTR)text, n, 0, bol ? 0 : PCRE2_NOTBOL, re.data, re.context);
	if (r < 0)
		return false;
	if (!m)
		return true;
	*m = (struct crash_match){0};
	ov = pcre2_get_ovector_pointer(re.data);
	if (r == 0 || r > CRASH_CAPTURES)
		r = CRASH_CAPTURES;
	for (int c = 0; c < r; c++) {
		if (ov[2 * c] == PCRE2_UNSET || ov[2 * c] > ov[2 * c + 1])
			continue;
		m->start[c] = ov[2 * c];
		m->end[c] = ov[2 * c + 1];
	}
	return true;
}

/*
 * The quick look is a search for many words at once by the shifts of two-byte blocks (Wu and
 * Manber): most positions of the text are never looked at.
 */
#define HASH_BITS 12
#define WORDS_MAX 128
#define HASH_SIZE (1u << HASH_BITS)

static struct {
	bool ready;
	unsigned char shift[HASH_SIZE];
	const char *word[WORDS_MAX];
	size_t len[WORDS_MAX];
	uint16_t block[WORDS_MAX]; /* hash of the block that ends at CRASH_WORD_MIN */
	size_t n;
} words;

static inline unsigned int hash2(const char *p)
{
	return (((unsigned int)(unsigned char)p[0] << 5) ^ (unsigned char)p[1]) & (HASH_SIZE - 1);
}

static void words_add(const char *word)
{
	unsigned int h;
	unsigned char d;

	for (size_t i = 0; i < words.n; i++)
		if (strcmp(words.word[i], word) == 0)
			return;
	if (words.n == ARRAY_SIZE(words.word) || strlen(word) < CRASH_WORD_MIN)
		abort(); /* a mistake in the table */
	for (size_t i = 0; i + 2 <= CRASH_WORD_MIN; i++) {
		h = hash2(word + i);
		d = (unsigned char)(CRASH_WORD_MIN - 2 - i);
		if (d < words.shift[h])
			words.shift[h] = d;
	}
	words.block[words.n] = (uint16_t)hash2(word + CRASH_WORD_MIN - 2);
	words.len[words.n] = strlen(word);
	words.word[words.n++] = word;
}

static void words_init(void)
{
	memset(words.shift, CRASH_WORD_MIN - 1, sizeof(words.shift));
	for (size_t i = 0, n = crash_rows(); i < n; i++)
		if (crash_row_at(i)->kind == ROW_HEADER)
			words_add(crash_row_at(i)->word);
	words.ready = true;
}

static bool word_at(const char *p, size_t n, unsigned int block)
{
	for (size_t i = 0; i < words.n; i++)
		if (words.block[i] == block && words.len[i] <= n &&
		    memcmp(words.word[i], p, words.len[i]) == 0)
			return true;
	return false;
}

bool crash_word_in(const char *text, size_t n)
{
	size_t at = CRASH_WORD_MIN - 2; /* the block under the glass */
	unsigned int h;

	if (!words.ready)
		words_init();
	while (at + 2 <= n) {
		h = hash2(text + at);
		if (words.shift[h]) {
			at += words.shift[h];
			continue;
		}
		if (word_at(text + at + 2 - CRASH_WORD_MIN, n - at - 2 + CRASH_WORD_MIN, h))
			return true;
		at++;
	}
	return false;
}
