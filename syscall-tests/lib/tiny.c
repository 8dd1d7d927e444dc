/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "probe.h"
#include "lib/tiny.h"

/* TINY_PATH is the program's file in the build folder. */
__asm__(".section .rodata\n"
	".globl tiny_image\n"
	"tiny_image: .incbin \"" TINY_PATH "\"\n"
	".globl tiny_image_end\n"
	"tiny_image_end:\n"
	".previous\n");

extern const char tiny_image[], tiny_image_end[];

struct job {
	const char *path;
	char *const *argv;
	char *const *envp;
	void (*before)(void *arg);
	void *arg;
	int out;
};

const char *tiny_install(const char *name, mode_t mode, unsigned wish)
{
	size_t len = (size_t)(tiny_image_end - tiny_image);
	char *image = malloc(len);
	char *mark;

	SETUP(image != NULL, "no memory for the program");
	memcpy(image, tiny_image, len);
	mark = memmem(image, len, TINY_WISH_MARK, sizeof(TINY_WISH_MARK));
	SETUP(mark != NULL, "the program has no place for a wish");
	memcpy(mark + offsetof(struct tiny_wish, wish), &wish, sizeof(wish));
	name = tmp_file(name, image, len, mode);
	free(image);
	return name;
}

static void execute(void *arg)
{
	struct job *job = arg;

	SETUP_OK(dup2(job->out, STDOUT_FILENO));
	SETUP_OK(close(job->out));
	if (job->before)
		job->before(job->arg);
	errno = 0;
	execve(job->path, job->argv, job->envp);
	REQUIRE(false, "execve: expected not to return, saw %s", errno_name(errno));
}

/* Gives the number of the process that says it. */
static pid_t listen_to(struct tiny *tiny, struct job *job)
{
	int out[2];
	ssize_t n;

	SETUP_OK(pipe(out));
	/* Away from 3 to 11, which the program looks at. */
	job->out = (int)SETUP_OK(dup2(out[1], 100));
	SETUP_OK(dup2(out[0], 101));
	SETUP_OK(close(out[0]));
	SETUP_OK(close(out[1]));

	pid_t pid = child_start(execute, job);

	SETUP_OK(close(100));
	n = read_full(101, tiny->text, sizeof(tiny->text) - 1);
	SETUP(read_ended(101), "the end of what the program said never came");
	tiny->text[n > 0 ? n : 0] = '\0';
	SETUP(n <= 0 || tiny->text[n - 1] == '\n', "what the program said was cut short");
	SETUP_OK(close(101));
	return pid;
}

static void expect_end(struct tiny *tiny, pid_t pid)
{
	tiny->status = child_join(pid);
	REQUIRE(WIFEXITED(tiny->status) && WEXITSTATUS(tiny->status) == TINY_EXIT,
		"the program ended with %s, not exit %d", wait_name(tiny->status), TINY_EXIT);
}

void tiny_exec(struct tiny *tiny, const char *path, char *const argv[], char *const envp[],
	       void (*before)(void *arg), void *arg)
{
	struct job job = {path, argv, envp, before, arg, -1};

	expect_end(tiny, listen_to(tiny, &job));
}

/* What the one that runs on reads, and what ends that. */
static int rein[2];

static void take_rein(void *arg)
{
	SETUP_OK(dup2(rein[0], STDIN_FILENO));
}

pid_t tiny_start(struct tiny *tiny, const char *path, char *const argv[], char *const envp[])
{
	struct job job = {path, argv, envp, take_rein, NULL, -1};

	/* The program has no other end of it. */
	SETUP_OK(pipe2(rein, O_CLOEXEC));
	return listen_to(tiny, &job);
}

void tiny_finish(struct tiny *tiny, pid_t pid)
{
	SETUP_OK(close(rein[1]));
	expect_end(tiny, pid);
}

const char *tiny_get(const struct tiny *tiny, const char *key)
{
	static char value[2][256];
	static int turn;
	size_t len = strlen(key);

	for (const char *line = tiny->text; line && *line;) {
		const char *eol = strchr(line, '\n');

		if (!eol)
			break;
		if (strncmp(line, key, len) == 0 && line[len] == ' ') {
			turn = !turn;
			snprintf(value[turn], sizeof(value[0]), "%.*s",
				 (int)(eol - line - (long)len - 1), line + len + 1);
			return value[turn];
		}
		line = eol + 1;
	}
	return NULL;
}

long tiny_number(const struct tiny *tiny, const char *key)
{
	const char *value = tiny_get(tiny, key);

	return value ? strtol(value, NULL, 10) : -1;
}
