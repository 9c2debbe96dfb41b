/* A DP thread and the IPC side in one region at once: what each holds stays its own, and the last put ends the region. */
#include <pthread.h>

#include "check.h"

#define ROUNDS 20000
#define HELD 8

struct side {
	struct vregion *vr;
	unsigned char mark;
	unsigned refused;
};

static void fill_and_check(unsigned char *block, size_t size, unsigned char mark)
{
	size_t i;

	memset(block, mark, size);
	for (i = 0; i < size; i++)
		CHECK(block[i] == mark);
}

/* Allocates and frees blocks of changing sizes, eight of them alive; gives its reference back. */
static void *work(void *argument)
{
	struct side *side = argument;
	unsigned char *held[HELD] = { NULL };
	size_t sizes[HELD] = { 0 }, i;
	unsigned random = 1u + side->mark;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		size_t place = (random = random * 1664525u + 1013904223u) >> 29;

		if (held[place]) {
			for (i = 0; i < sizes[place]; i++)
				CHECK(held[place][i] == side->mark);
			vregion_free(side->vr, held[place]);
		}
		sizes[place] = 1 + (random >> 8) % 2000;
		held[place] = vregion_alloc(side->vr, sizes[place]);
		if (held[place])
			fill_and_check(held[place], sizes[place], side->mark);
		else
			side->refused++;
	}
	for (i = 0; i < HELD; i++)
		vregion_free(side->vr, held[i]);
	vregion_put(side->vr);
	return NULL;
}

static void no_log(int level, const char *message, size_t length)
{
	(void)level;
	(void)message;
	(void)length;
}

int main(void)
{
	struct vregion_profile profile = { PAGE, LINE, 1, 0, NULL };
	struct side sides[2];
	pthread_t threads[2];
	struct vregion *vr;
	int i;

	make_pool(7, profile);
	/* The log of the other tests is not made for two threads; refusals are counted instead. */
	vregion_set_log(no_log);
	vr = vregion_create(7 * PAGE);
	CHECK(vr);
	vregion_set_interim(vr);
	for (i = 0; i < 2; i++) {
		sides[i] = (struct side){ vregion_get(vr), (unsigned char)(0x11 * (i + 1)), 0 };
		CHECK(sides[i].vr == vr);
		CHECK(pthread_create(&threads[i], NULL, work, &sides[i]) == 0);
	}
	/* The threads keep it from here on. */
	vregion_put(vr);
	for (i = 0; i < 2; i++) {
		CHECK(pthread_join(threads[i], NULL) == 0);
		/* 16 blocks of 2 KB at most do not always fit, but they mostly do. */
		CHECK(sides[i].refused < ROUNDS / 2);
	}
	vregion_set_log(keep_line);
	/* The last put ended the region: all pages are there for another one, and nothing of it is in use. */
	vr = vregion_create(7 * PAGE);
	CHECK(vr);
	CHECK(vregion_alloc(vr, 7 * PAGE));
	CHECK(!vregion_put(vr));
	CHECK(quiet());
	puts("two threads: ok");
	return 0;
}
