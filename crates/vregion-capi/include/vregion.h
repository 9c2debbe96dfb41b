/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Phased memory regions: lifetime blocks first, an interim heap from what is left.
 *
 *   base                                                          base + size
 *    | lifetime blocks, packed upward -> | interim heap            |
 *    +-----------------------------------+-------------------------+
 *      until the last vregion_put()       ^
 *                                         vregion_set_interim(), or the first
 *                                         request of VREGION_MEM_TYPE_INTERIM
 *
 * Function names and meanings are those of Sound Open Firmware's sof/lib/vregion.h;
 * README.md lists what differs. All functions may be called from any thread. NULL, a
 * handle or an address that is none, and any size are answered with NULL or nothing and
 * a line in the log: no such call changes anything.
 */
#ifndef VREGION_H
#define VREGION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A region. The pointer is a handle, not an address: never follow it. */
struct vregion;

/* What a block is for. */
enum vregion_mem_type {
	/* A while. The first such request ends the lifetime phase. */
	VREGION_MEM_TYPE_INTERIM = 0,
	/* As long as the region. In the interim phase it is late: served from the interim heap, with a warning. */
	VREGION_MEM_TYPE_LIFETIME = 1,
	/* The current phase, whichever it is. */
	VREGION_MEM_TYPE_INDIFFERENT = 2
};

/* Zephyr's numbers. */
enum vregion_log_level {
	VREGION_LOG_ERR = 1,
	VREGION_LOG_WRN = 2,
	VREGION_LOG_INF = 3,
	VREGION_LOG_DBG = 4
};

/* What the platform says about itself. */
struct vregion_profile {
	/* Bytes of a page, the unit of regions and the largest alignment: a power of two. */
	size_t page_bytes;
	/* Bytes of a data cache line: a power of two from 8 to a page. */
	size_t line_bytes;
	/* The most regions alive at once, up to 65535. */
	size_t max_regions;
	/* The bits in which the uncached address of a byte differs from its cached one; 0 if there is no alias. */
	uintptr_t uncached_xor;
	/* Drops cache lines without writing them back. Called for each new coherent block; may be NULL. */
	void (*invalidate)(void *cached, size_t bytes);
};

/*
 * Bytes of tables that a pool over an arena of arena_bytes needs; 0 without a profile, SIZE_MAX if no
 * memory holds them.
 */
size_t vregion_pool_table_bytes(const struct vregion_profile *profile, size_t arena_bytes);

/*
 * Makes the pool of this image; once, before the first region. Regions lie in the arena, in its whole
 * aligned pages; all book-keeping lies in the tables. After success both belong to the pool for good; the
 * profile is copied. Returns 0, -EINVAL (NULL, a profile or memory that can't be used), -ENOMEM (arena or
 * tables too small) or -EBUSY (there is a pool); then nothing has changed but the contents of the memory.
 */
int vregion_pool_init(void *arena, size_t arena_bytes, void *tables, size_t tables_bytes,
		      const struct vregion_profile *profile);

/*
 * Sets where log lines go, NULL for nowhere. A zero byte follows the length bytes of the message, which is
 * only valid during the call. The hook is called outside of all locks, from any thread that calls this library.
 */
void vregion_set_log(void (*hook)(int level, const char *message, size_t length));

/* A region of at least memsize bytes, rounded up to pages, with one reference; NULL on failure. */
struct vregion *vregion_create(size_t memsize);

/* One reference more. Returns vr, or NULL if it is none. */
struct vregion *vregion_get(struct vregion *vr);

/*
 * One reference less. Returns vr, or NULL if that was the last: the region and all of its blocks are gone, and
 * the handle is refused from now on.
 */
struct vregion *vregion_put(struct vregion *vr);

/*
 * Ends the lifetime phase: the interim heap gets all that is left, which may be nothing. A second call only
 * logs a warning.
 */
void vregion_set_interim(struct vregion *vr);

/* size bytes from the current phase, on cache lines that no other block has a part of; NULL on failure. */
void *vregion_alloc(struct vregion *vr, size_t size);

/* The same, aligned to a power of two up to a page; less than a line is raised to one. */
void *vregion_alloc_align(struct vregion *vr, size_t size, size_t alignment);

/* The same as vregion_alloc(), by its uncached address. */
void *vregion_alloc_coherent(struct vregion *vr, size_t size);

/* The same as vregion_alloc_align(), by its uncached address. */
void *vregion_alloc_coherent_align(struct vregion *vr, size_t size, size_t alignment);

/*
 * size bytes for the purpose that type names. Lifetime blocks are packed at the alignment that was asked for,
 * so they may share a cache line; 0 stands for two pointers, which fits any C object.
 */
void *vregion_alloc_type(struct vregion *vr, enum vregion_mem_type type, size_t size, size_t alignment);

/*
 * Frees a block by its cached or uncached address. A lifetime block is only counted: its memory stays taken
 * until the region is gone.
 */
void vregion_free(struct vregion *vr, void *ptr);

/* Logs the region's figures. */
void vregion_info(struct vregion *vr);

/* Where the region lies, by cached addresses; either pointer may be NULL. 0 and 0 if vr is no region. */
void vregion_mem_info(struct vregion *vr, size_t *size, uintptr_t *start);

#ifdef __cplusplus
}
#endif

#endif /* VREGION_H */
