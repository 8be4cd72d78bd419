/* S -= M C for a block C of Khatri-Rao columns, in a fraction of a plain product's work.
 *
 * The columns of unit u are C_u = diag(a_u) X, X the pivot rows' points and a_u the unit's activity on them. Take g
 * units at a time and sort the pivots into 2^g classes by which of the units are active on them: M C_u is the sum, over
 * the classes in which u is active, of M_class X_class. Each class's sum is formed once and added to all its units: the
 * g products cost one pass over the pivots outside the class where no unit is active, r (1 - 2^-g) instead of g r
 * multiply-adds per entry (the method of four Russians, on the zeros and ones of A).
 *
 * The work is divided into bands of rows. A band's part of M is read from memory once and serves all units of the
 * block. */
#include <stdlib.h>
#include <string.h>

#include "elimination/khatri_rao.h"

typedef struct product {
    const fr_khatri_rao *generator;
    fr_grouped m, s;
    int64_t groups, band;
} product;

/* A run of units of the block whose segments have the same coordinates. */
typedef struct unit_set {
    int64_t segment; /* the first one's */
    int64_t column;  /* of the block: where that begins */
    int units;
} unit_set;

/* The next free places of class_index and class_rows. */
typedef struct free_places {
    int32_t *index;
    double *rows;
} free_places;

/* The number of units per set. More units save multiply-adds, fewer classes save additions. In vector operations per
 * entry the costs are r (1 - 2^-g) / g for the sums and 5 per class to reduce and add. */
static int units_a_set(int64_t count) {
    return count < 48 ? 1 : count < 128 ? 2 : count < 320 ? 3 : FR_CLASS_UNITS;
}

bool fr_khatri_rao_create_product(fr_khatri_rao *s) {
    const size_t n = (size_t)s->trial->problem->points, block = (size_t)s->capacity, k = (size_t)s->k;
    const size_t units = block / k + 2; /* of a block, parts of units included */
    s->classes = calloc(units << FR_CLASS_UNITS, sizeof(fr_class));
    s->class_of = calloc(n + 1, 1);
    s->class_index = calloc(n * units + FR_CLASS_AHEAD, sizeof(int32_t));
    s->class_rows = calloc(n * (block + 1) + 1, sizeof(double));
    return s->classes && s->class_of && s->class_index && s->class_rows;
}

void fr_khatri_rao_destroy_product(fr_khatri_rao *s) {
    free(s->classes);
    free(s->class_of);
    free(s->class_index);
    free(s->class_rows);
}

/* Sorts the pivots into the classes of a set of units and advances `places`. */
static void add_classes(fr_khatri_rao *s, const int32_t *pivots, int64_t count, unit_set set, free_places *places) {
    const fr_segment part = s->segment[set.segment];
    const int64_t width = part.end - part.begin;
    const int units = set.units;
    int64_t sizes[1 << FR_CLASS_UNITS] = {0}, next[1 << FR_CLASS_UNITS];
    for (int64_t t = 0; t < count; t++) {
        const int32_t row = pivots[t];
        unsigned bits = 0;
        for (int u = 0; u < units; u++)
            bits |= (unsigned)(s->segment_pattern[set.segment + u][row >> 6] >> (row & 63) & 1) << u;
        s->class_of[t] = (uint8_t)bits;
        sizes[bits]++;
    }
    int64_t total = 0;
    for (unsigned bits = 1; bits < 1u << units; bits++) {
        next[bits] = total;
        total += sizes[bits];
        if (sizes[bits] == 0) continue;
        fr_class *c = &s->classes[s->class_count++];
        *c = (fr_class){.count = sizes[bits], .index = places->index + next[bits],
                        .rows = places->rows + next[bits] * width, .width = width};
        for (int u = 0; u < units; u++)
            if (bits >> u & 1) c->column[c->units++] = set.column + u * width;
    }
    for (int64_t t = 0; t < count; t++) {
        const unsigned bits = s->class_of[t];
        if (bits == 0) continue;
        const int64_t at = next[bits]++;
        places->index[at] = (int32_t)t;
        const double *point = s->by_point + pivots[t] * s->k + part.begin;
        double *to = places->rows + at * width;
        for (int64_t j = 0; j < width; j++) to[j] = point[j];
    }
    places->index += total;
    places->rows += total * width;
}

static void multiply_band(void *context, int64_t number, int worker) {
    (void)worker;
    const product *work = context;
    const fr_khatri_rao *s = work->generator;
    const int64_t first = number * work->band;
    const int64_t groups = work->groups - first < work->band ? work->groups - first : work->band;
    const fr_grouped m = fr_grouped_from(work->m, first, 0), band = fr_grouped_from(work->s, first, 0);
    for (int64_t i = 0; i < s->class_count; i++)
        s->trial->isa->subtract_class(s->residues.field, groups, &s->classes[i], m, band);
    s->trial->isa->reduce(s->residues.field, groups, s->columns, band);
}

void fr_khatri_rao_schur_update(fr_column_generator *base, fr_pool *pool, const int32_t *pivots, int64_t count,
                                int64_t groups, fr_grouped m, fr_grouped s_block) {
    fr_khatri_rao *s = (fr_khatri_rao *)base;
    free_places places = {s->class_index, s->class_rows};
    s->class_count = 0;
    const int most = units_a_set(count);
    for (int64_t segment = 0, column = 0; segment < s->segments;) {
        const fr_segment part = s->segment[segment];
        int units = 1;
        while (units < most && segment + units < s->segments && s->segment[segment + units].begin == part.begin &&
               s->segment[segment + units].end == part.end)
            units++;
        add_classes(s, pivots, count, (unit_set){segment, column, units}, &places);
        segment += units;
        column += units * (part.end - part.begin);
    }
    for (int i = 0; i < FR_CLASS_AHEAD; i++) places.index[i] = 0; /* read ahead, never used */
    /* The size of a band: its part of M fits in the second-level cache (512 KiB), in whole register tiles. */
    const int64_t fitting = 8192 / count;
    const int64_t band = fitting < 12 ? 4 : fitting / 12 * 12;
    product work = {s, m, s_block, groups, band};
    const int64_t bands = (groups + band - 1) / band;
    const double multiply_adds = (double)(groups * FR_GROUP) * (double)s->columns * (double)count / (double)most;
    if (pool && bands > 1 && multiply_adds > 1e5) {
        fr_pool_run(pool, bands, multiply_band, &work);
    } else {
        for (int64_t i = 0; i < bands; i++) multiply_band(&work, i, 0);
    }
}
