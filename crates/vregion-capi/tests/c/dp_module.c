/* A DP module's life in a region, as SOF's C code would live it, and everything that it could do wrong. */
#include "check.h"

#define SIZE_MAX_BYTES ((size_t)-1)
#define REGION ((size_t)28 * 1024)

/* The lifetime allocations of a DP SRC at 28 KiB, and whether they are shared between cores. */
static const struct {
	size_t size;
	int shared;
} src_blocks[] = {
	{ 640, 1 }, { 512, 1 }, { 112, 0 }, { 176, 0 }, { 96, 0 }, { 568, 0 },
	{ 112, 0 }, { 4480, 0 }, { 1984, 0 }, { 256, 1 }, { 2304, 0 }, { 14336, 0 },
};

#define SRC_BLOCKS (sizeof(src_blocks) / sizeof(src_blocks[0]))

/* Lines that the platform's cache hook was told to drop. */
static size_t invalidated;

static void invalidate(void *cached, size_t bytes)
{
	CHECK((uintptr_t)cached % LINE == 0 && bytes % LINE == 0);
	invalidated += bytes / LINE;
}

static int inside(struct vregion *vr, const void *block, size_t size)
{
	size_t bytes = 0;
	uintptr_t start = 0, at = (uintptr_t)block;

	vregion_mem_info(vr, &bytes, &start);
	return at >= start && size <= bytes && at - start <= bytes - size;
}

static int filled(const unsigned char *block, size_t size, unsigned char with)
{
	while (size--)
		if (block[size] != with)
			return 0;
	return 1;
}

static void set_up(struct vregion *vr, unsigned char *blocks[])
{
	size_t i;

	for (i = 0; i < SRC_BLOCKS; i++) {
		size_t size = src_blocks[i].size;

		blocks[i] = src_blocks[i].shared ? vregion_alloc_coherent(vr, size) : vregion_alloc(vr, size);
		CHECK(blocks[i] && (uintptr_t)blocks[i] % LINE == 0 && inside(vr, blocks[i], size));
		memset(blocks[i], (int)i + 1, size);
	}
}

/* Random sizes come and go; no block is disturbed by another. */
static void churn(struct vregion *vr)
{
	unsigned char *block[8] = { NULL };
	size_t size[8] = { 0 }, served = 0;
	unsigned int seed = 1, step;

	for (step = 0; step < 20000; step++) {
		unsigned int i;

		seed = seed * 1103515245u + 12345u;
		i = seed >> 16 & 7;
		if (block[i]) {
			CHECK(filled(block[i], size[i], (unsigned char)i));
			vregion_free(vr, block[i]);
			block[i] = NULL;
			continue;
		}
		size[i] = 1 + (seed >> 19) % 700;
		block[i] = i % 2 ? vregion_alloc_coherent_align(vr, size[i], 128) : vregion_alloc(vr, size[i]);
		if (!block[i])
			continue;
		served++;
		CHECK(inside(vr, block[i], size[i]));
		memset(block[i], (int)i, size[i]);
	}
	CHECK(served > 5000);
	for (step = 0; step < 8; step++)
		vregion_free(vr, block[step]);
	logged[VREGION_LOG_WRN] = 0;
}

static void live(void)
{
	unsigned char *blocks[SRC_BLOCKS];
	struct vregion *vr = vregion_create(REGION);
	void *late, *whole;
	size_t i, bytes;
	uintptr_t start;

	CHECK(vr && said(VREGION_LOG_INF, "28672 B"));
	vregion_mem_info(vr, &bytes, &start);
	CHECK(bytes == REGION && start % PAGE == 0);
	set_up(vr, blocks);
	CHECK(invalidated == (640 + 512 + 256) / LINE);
	CHECK(quiet());

	/* A bound buffer keeps the region. */
	CHECK(vregion_get(vr) == vr);
	vregion_set_interim(vr);
	CHECK(said(VREGION_LOG_INF, "interim heap 3008 B"));
	vregion_set_interim(vr);
	CHECK(said(VREGION_LOG_WRN, "already in interim mode"));

	churn(vr);
	for (i = 0; i < SRC_BLOCKS; i++)
		CHECK(filled(blocks[i], src_blocks[i].size, (unsigned char)(i + 1)));

	/* All of the interim heap came back, and a lifetime request takes it late. */
	late = vregion_alloc_type(vr, VREGION_MEM_TYPE_LIFETIME, 3008, 0);
	CHECK(late && said(VREGION_LOG_WRN, "late lifetime request"));
	vregion_free(vr, late);
	whole = vregion_alloc_type(vr, VREGION_MEM_TYPE_INTERIM, 3008, 64);
	CHECK(whole && whole == late && quiet());

	logged[VREGION_LOG_INF] = 0;
	vregion_info(vr);
	CHECK(logged[VREGION_LOG_INF] == 4 && strstr(last_line[VREGION_LOG_INF], "late requests 1"));
	logged[VREGION_LOG_INF] = 0;

	for (i = 0; i < SRC_BLOCKS; i++)
		vregion_free(vr, blocks[i]);
	CHECK(quiet());
	CHECK(vregion_put(vr) == vr);
	CHECK(!vregion_put(vr) && said(VREGION_LOG_DBG, "12 frees"));
	CHECK(quiet());
}

static void three_types(void)
{
	struct vregion *vr = vregion_create(PAGE);
	char *a = vregion_alloc_type(vr, VREGION_MEM_TYPE_INDIFFERENT, 10, 1);
	char *b = vregion_alloc_type(vr, VREGION_MEM_TYPE_LIFETIME, 10, 1);
	char *c, *d;

	CHECK(a && b == a + 10);
	logged[VREGION_LOG_INF] = 0;
	c = vregion_alloc_type(vr, VREGION_MEM_TYPE_INTERIM, 10, 0);
	CHECK(c && c == a + 64 && said(VREGION_LOG_INF, "interim heap 4032 B"));
	d = vregion_alloc_type(vr, VREGION_MEM_TYPE_INDIFFERENT, 10, 0);
	CHECK(d && d == c + 64 && quiet());
	vregion_set_interim(vr);
	CHECK(said(VREGION_LOG_WRN, "already in interim mode"));
	CHECK(!vregion_alloc_type(vr, (enum vregion_mem_type)3, 10, 0));
	CHECK(said(VREGION_LOG_ERR, "invalid memory type 3"));
	CHECK(!vregion_put(vr));
}

/* Sizes with which the original hands out memory that it doesn't have. */
static void huge_sizes(struct vregion *vr)
{
	size_t back;

	for (back = 0; back < 300; back++) {
		CHECK(!vregion_alloc(vr, SIZE_MAX_BYTES - back));
		CHECK(!vregion_alloc_align(vr, SIZE_MAX_BYTES - back, 64));
		CHECK(!vregion_alloc_coherent(vr, SIZE_MAX_BYTES - back));
		CHECK(!vregion_alloc_coherent_align(vr, SIZE_MAX_BYTES / 2 - back, PAGE));
		CHECK(!vregion_alloc_type(vr, VREGION_MEM_TYPE_LIFETIME, SIZE_MAX_BYTES - back, 1));
		CHECK(!vregion_alloc_type(vr, VREGION_MEM_TYPE_INTERIM, SIZE_MAX_BYTES / 2 - back, 4));
	}
	CHECK(logged[VREGION_LOG_WRN] == 1800 && !logged[VREGION_LOG_ERR]);
	CHECK(!vregion_create(SIZE_MAX_BYTES) && said(VREGION_LOG_ERR, "pages"));
	logged[VREGION_LOG_WRN] = 0;
}

static void odd_alignments(struct vregion *vr)
{
	void *low;

	CHECK(!vregion_alloc_align(vr, 8, 3) && said(VREGION_LOG_WRN, "alignment 3 is not a power of two"));
	CHECK(!vregion_alloc_align(vr, 8, SIZE_MAX_BYTES) && said(VREGION_LOG_WRN, "power of two"));
	CHECK(!vregion_alloc_align(vr, 8, 2 * PAGE) && said(VREGION_LOG_WRN, "aligned to more than a page"));
	CHECK(!vregion_alloc_align(vr, 8, SIZE_MAX_BYTES / 2 + 1) && said(VREGION_LOG_WRN, "refused"));
	low = vregion_alloc_align(vr, 8, 0);
	CHECK(low && (uintptr_t)low % LINE == 0);
	low = vregion_alloc_align(vr, 8, 2);
	CHECK(low && (uintptr_t)low % LINE == 0);
	low = vregion_alloc_align(vr, 8, PAGE);
	CHECK(low && (uintptr_t)low % PAGE == 0 && quiet());
}

static void frees(struct vregion *vr)
{
	int mine, i;
	char *lifetime = vregion_alloc(vr, 100), *interim, *other;

	vregion_set_interim(vr);
	interim = vregion_alloc(vr, 200);
	other = vregion_alloc(vr, 200);
	CHECK(lifetime && interim && other && quiet());
	vregion_free(vr, &mine);
	CHECK(said(VREGION_LOG_ERR, "not in this region"));
	vregion_free(vr, interim + 1);
	CHECK(said(VREGION_LOG_ERR, "no block begins there"));
	vregion_free(vr, interim);
	CHECK(quiet());
	vregion_free(vr, interim);
	CHECK(said(VREGION_LOG_ERR, "no block begins there"));
	CHECK(vregion_alloc(vr, 200) == interim);
	vregion_free(vr, NULL);
	vregion_free(NULL, other);
	CHECK(quiet());

	/* Of lifetime blocks only the number is known: four were made. More frees than that are refused. */
	for (i = 0; i < 4; i++)
		vregion_free(vr, lifetime);
	CHECK(quiet());
	for (i = 0; i < 4; i++)
		vregion_free(vr, lifetime);
	CHECK(logged[VREGION_LOG_ERR] == 4);
	logged[VREGION_LOG_ERR] = 0;
	vregion_free(vr, interim);
	vregion_free(vr, other);
	CHECK(quiet());
}

static void not_a_region(void *none)
{
	struct vregion *vr = none;
	size_t size = 1;
	uintptr_t start = 1;
	int errors = none ? 12 : 0;
	int mine = 0;

	CHECK(!vregion_get(vr) && !vregion_put(vr));
	CHECK(!vregion_alloc(vr, 8) && !vregion_alloc_align(vr, 8, 8));
	CHECK(!vregion_alloc_coherent(vr, 8) && !vregion_alloc_coherent_align(vr, 8, 8));
	CHECK(!vregion_alloc_type(vr, VREGION_MEM_TYPE_INDIFFERENT, 8, 8));
	vregion_free(vr, &mine);
	vregion_set_interim(vr);
	vregion_info(vr);
	vregion_mem_info(vr, &size, &start);
	CHECK(size == 0 && start == 0);
	vregion_mem_info(vr, NULL, NULL);
	CHECK(logged[VREGION_LOG_ERR] == errors);
	CHECK(!errors || strstr(last_line[VREGION_LOG_ERR], "is no live region"));
	logged[VREGION_LOG_ERR] = 0;
}

static void misuse(void)
{
	struct vregion *vr, *second;
	int mine;

	CHECK(!vregion_create(0) && said(VREGION_LOG_ERR, "invalid vregion memsize 0"));
	vr = vregion_create(5 * PAGE);
	CHECK(vr && !vregion_alloc(vr, 0) && !vregion_alloc_coherent(vr, 0) && quiet());
	odd_alignments(vr);
	huge_sizes(vr);
	frees(vr);
	not_a_region(NULL);
	not_a_region(&mine);
	not_a_region((void *)(uintptr_t)1);
	not_a_region((void *)UINTPTR_MAX);
	CHECK(!vregion_put(vr));
	not_a_region(vr);
	second = vregion_create(PAGE);
	CHECK(second && second != vr);
	not_a_region(vr);
	CHECK(!vregion_put(second));
}

/* A region that lifetime blocks fill, or nearly: what is left is used down to one line. */
static void full(void)
{
	struct vregion *vr = vregion_create(PAGE);

	CHECK(vregion_alloc(vr, PAGE - LINE));
	vregion_set_interim(vr);
	CHECK(vregion_alloc(vr, LINE) && !vregion_alloc(vr, 1) && said(VREGION_LOG_WRN, "refused"));
	CHECK(!vregion_put(vr));
	vr = vregion_create(PAGE);
	CHECK(vregion_alloc(vr, PAGE) && quiet());
	vregion_set_interim(vr);
	CHECK(said(VREGION_LOG_WRN, "no interim memory"));
	CHECK(!vregion_put(vr));
}

static void before_the_pool(struct vregion_profile profile)
{
	static char memory[64], room[3 * 4096], tables[16384];

	vregion_set_log(keep_line);
	CHECK(!vregion_create(1) && said(VREGION_LOG_ERR, "vregion_pool_init first"));
	CHECK(vregion_pool_init(NULL, 1, memory, 64, &profile) == -22);
	CHECK(vregion_pool_init(memory, 64, NULL, 1, &profile) == -22);
	CHECK(vregion_pool_init(memory, 32, memory + 32, 32, NULL) == -22);
	CHECK(vregion_pool_init(memory, 33, memory + 32, 32, &profile) == -22);
	CHECK(vregion_pool_init(memory, SIZE_MAX_BYTES, memory, 1, &profile) == -22);
	CHECK(vregion_pool_init(memory, 32, memory + 32, 32, &profile) == -12);
	CHECK(vregion_pool_table_bytes(NULL, PAGE) == 0);
	profile.max_regions = SIZE_MAX_BYTES;
	CHECK(vregion_pool_table_bytes(&profile, PAGE) == SIZE_MAX_BYTES);
	profile.max_regions = 2;
	profile.line_bytes = 48;
	CHECK(vregion_pool_init(room, sizeof(room), tables, sizeof(tables), &profile) == -22);
	profile.line_bytes = LINE;
	CHECK(vregion_pool_init(room, PAGE - 1, tables, sizeof(tables), &profile) == -12);
	CHECK(logged[VREGION_LOG_ERR] == 8);
	logged[VREGION_LOG_ERR] = 0;
}

int main(void)
{
	struct vregion_profile profile = { PAGE, LINE, 2, 0, invalidate };

	before_the_pool(profile);
	make_pool(16, profile);
	CHECK(vregion_pool_init(&profile, 1, last_line, 1, &profile) == -16);
	CHECK(said(VREGION_LOG_ERR, "there is a pool already"));
	live();
	logged[VREGION_LOG_DBG] = 0;
	three_types();
	misuse();
	full();
	vregion_set_log(NULL);
	CHECK(!vregion_create(0) && quiet());
	puts("dp module: ok");
	return 0;
}
