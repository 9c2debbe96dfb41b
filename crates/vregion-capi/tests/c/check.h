/* What the C tests share: a check that ends the program, a pool on the desk, and a log that is kept. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vregion.h"

#define PAGE ((size_t)4096)
#define LINE ((size_t)64)

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			exit(1); \
		} \
	} while (0)

/* Lines logged per level, and the last of each. */
static int logged[5];
static char last_line[5][256];

static void keep_line(int level, const char *message, size_t length)
{
	CHECK(level >= VREGION_LOG_ERR && level <= VREGION_LOG_DBG);
	CHECK(length < sizeof(last_line[0]) && message[length] == '\0' && strlen(message) == length);
	logged[level]++;
	memcpy(last_line[level], message, length + 1);
}

/* Whether exactly one line was logged at a level since the last call for it, with these words in it. */
static inline int said(int level, const char *words)
{
	int once = logged[level] == 1;

	logged[level] = 0;
	return once && strstr(last_line[level], words);
}

/* Whether no error and no warning was logged. */
static inline int quiet(void)
{
	return !logged[VREGION_LOG_ERR] && !logged[VREGION_LOG_WRN];
}

/* A pool of so many pages, from exactly as much memory as it needs. */
static void make_pool(size_t pages, struct vregion_profile profile)
{
	size_t tables_bytes = vregion_pool_table_bytes(&profile, pages * PAGE);
	char *arena = malloc((pages + 1) * PAGE);
	void *tables = malloc(tables_bytes);

	CHECK(arena && tables);
	memset(arena, 0xA5, (pages + 1) * PAGE);
	memset(tables, 0xA5, tables_bytes);
	arena += PAGE - (uintptr_t)arena % PAGE;
	vregion_set_log(keep_line);
	CHECK(vregion_pool_init(arena, pages * PAGE, tables, tables_bytes, &profile) == 0);
}

#endif
