/* The acceptance case of SOF's own unit test: three pages, both phases, frees that help and frees that don't. */
#include "check.h"

int main(void)
{
	struct vregion_profile profile = { PAGE, LINE, 1, 0, NULL };
	struct vregion *vr;
	void *first, *second, *small, *aligned;

	make_pool(3, profile);
	vr = vregion_create(2 * PAGE + 1);
	CHECK(vr);

	/* Lifetime phase. */
	first = vregion_alloc(vr, 6000);
	second = vregion_alloc_align(vr, 5000, 16);
	CHECK(first && second && (uintptr_t)second % 16 == 0);
	CHECK(!vregion_alloc(vr, 2000));
	CHECK(said(VREGION_LOG_WRN, "2048 B refused"));

	/* What lifetime blocks took stays taken, whatever is freed. */
	vregion_set_interim(vr);
	CHECK(!vregion_alloc(vr, 6000));
	vregion_free(vr, second);
	vregion_free(vr, first);
	CHECK(!vregion_alloc(vr, 6000));
	logged[VREGION_LOG_WRN] = 0;

	/* Interim phase: 12288 - 6016 - 5056 = 1216 bytes are left, 19 lines. */
	small = vregion_alloc(vr, 20);
	aligned = vregion_alloc_align(vr, 1000, 16);
	CHECK(small && aligned && (uintptr_t)aligned % 16 == 0);
	CHECK(!vregion_alloc(vr, 2000));
	CHECK(said(VREGION_LOG_WRN, "refused"));
	vregion_free(vr, aligned);
	vregion_free(vr, small);
	aligned = vregion_alloc(vr, 1000);
	CHECK(aligned && quiet());
	vregion_free(vr, aligned);

	vregion_info(vr);
	CHECK(!vregion_put(vr));
	CHECK(quiet());
	puts("three pages: ok");
	return 0;
}
