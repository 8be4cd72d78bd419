/* The pattern filter rejects units that cannot add a pivot, looking only at their activation patterns. Near full rank
 * nearly every unit is rejected: the few non-pivot rows are then combinations of few points. A unit that is inactive on
 * all of a row's points leaves the row zero, and so does a unit that is active on all of them if such a unit was seen
 * before. On the host, for both backends: C11 and C++17. */
#ifndef FR_PATTERN_FILTER_H
#define FR_PATTERN_FILTER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FR_PATTERN_FILTER_ROWS 16

typedef struct fr_pattern_filter {
    int64_t words;
    int64_t count;     /* non-pivot rows, at most FR_PATTERN_FILTER_ROWS; 0: rejects no unit */
    uint64_t *support; /* count x words: a non-pivot row and the pivot rows it has multipliers for */
    bool *saturated;   /* a unit active on the whole support is known to leave the row zero */
} fr_pattern_filter;

/* Returns false if memory runs out. The caller must free the filter in that case, too. */
static inline bool fr_pattern_filter_make(fr_pattern_filter *filter, int64_t points) {
    filter->words = (points + 63) / 64;
    filter->count = 0;
    filter->support = (uint64_t *)calloc((size_t)(FR_PATTERN_FILTER_ROWS * filter->words) + 1, sizeof *filter->support);
    filter->saturated = (bool *)calloc(FR_PATTERN_FILTER_ROWS, sizeof *filter->saturated);
    return filter->support && filter->saturated;
}

static inline void fr_pattern_filter_free(fr_pattern_filter *filter) {
    free(filter->support);
    free(filter->saturated);
}

static inline void fr_pattern_filter_clear(fr_pattern_filter *filter) { filter->count = 0; }

static inline void fr_pattern_filter_set_bit(uint64_t *words, int32_t bit) {
    words[bit >> 6] |= UINT64_C(1) << (bit & 63);
}

static inline void fr_pattern_filter_add_row(fr_pattern_filter *filter, int32_t row) {
    uint64_t *support = filter->support + filter->count * filter->words;
    memset(support, 0, (size_t)filter->words * sizeof *support);
    fr_pattern_filter_set_bit(support, row);
    filter->saturated[filter->count++] = false;
}

static inline void fr_pattern_filter_add_support(fr_pattern_filter *filter, int64_t nonpivots, int32_t pivot_row) {
    fr_pattern_filter_set_bit(filter->support + nonpivots * filter->words, pivot_row);
}

typedef enum fr_overlap { FR_OVERLAP_NONE, FR_OVERLAP_SOME, FR_OVERLAP_ALL } fr_overlap;

static inline fr_overlap fr_pattern_filter_overlap(const uint64_t *support, const uint64_t *pattern, int64_t words) {
    bool any = false, all = true;
    for (int64_t w = 0; w < words; w++) {
        const uint64_t both = support[w] & pattern[w];
        any |= both != 0;
        all &= both == support[w];
        if (any && !all) return FR_OVERLAP_SOME;
    }
    return any ? FR_OVERLAP_ALL : FR_OVERLAP_NONE;
}

/* The columns of a unit with this pattern have been eliminated. */
static inline void fr_pattern_filter_saw(fr_pattern_filter *filter, const uint64_t *pattern) {
    for (int64_t i = 0; i < filter->count; i++)
        if (fr_pattern_filter_overlap(filter->support + i * filter->words, pattern, filter->words) == FR_OVERLAP_ALL)
            filter->saturated[i] = true;
}

/* False if a unit with this pattern cannot add a pivot. context: an fr_pattern_filter. */
static inline bool fr_pattern_filter_useful(void *context, const uint64_t *pattern) {
    const fr_pattern_filter *filter = (const fr_pattern_filter *)context;
    if (filter->count == 0) return true;
    for (int64_t i = 0; i < filter->count; i++) {
        const fr_overlap found = fr_pattern_filter_overlap(filter->support + i * filter->words, pattern, filter->words);
        if (found == FR_OVERLAP_SOME || (found == FR_OVERLAP_ALL && !filter->saturated[i])) return true;
    }
    return false;
}

#endif
