/* Near full rank nearly every unit adds nothing: the few non-pivot rows are then combinations of few points, and a unit
 * inactive on all of a row's points leaves it zero, as does one active on all of them where that was seen once. The
 * screen tells such units by their patterns alone. On the host, for both backends: C11 and C++17. */
#ifndef FR_PATTERN_FILTER_H
#define FR_PATTERN_FILTER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FR_PATTERN_FILTER_ROWS 16

typedef struct fr_pattern_filter {
    int64_t words;
    int64_t count;     /* non-pivot rows, at most FR_PATTERN_FILTER_ROWS; 0: no screen */
    uint64_t *support; /* count x words: a non-pivot row and the pivot rows it has multipliers for */
    bool *saturated;   /* a unit active on the whole support is known to leave the row zero */
} fr_pattern_filter;

/* False: out of memory; what there is must be freed all the same. */
static inline bool fr_pattern_filter_make(fr_pattern_filter *screen, int64_t points) {
    screen->words = (points + 63) / 64;
    screen->count = 0;
    screen->support = (uint64_t *)calloc((size_t)(FR_PATTERN_FILTER_ROWS * screen->words) + 1, sizeof *screen->support);
    screen->saturated = (bool *)calloc(FR_PATTERN_FILTER_ROWS, sizeof *screen->saturated);
    return screen->support && screen->saturated;
}

static inline void fr_pattern_filter_free(fr_pattern_filter *screen) {
    free(screen->support);
    free(screen->saturated);
}

static inline void fr_pattern_filter_clear(fr_pattern_filter *screen) { screen->count = 0; }

static inline void fr_pattern_filter_set_bit(uint64_t *words, int32_t bit) { words[bit >> 6] |= UINT64_C(1) << (bit & 63); }

static inline void fr_pattern_filter_add_row(fr_pattern_filter *screen, int32_t row) {
    uint64_t *support = screen->support + screen->count * screen->words;
    memset(support, 0, (size_t)screen->words * sizeof *support);
    fr_pattern_filter_set_bit(support, row);
    screen->saturated[screen->count++] = false;
}

static inline void fr_pattern_filter_add_support(fr_pattern_filter *screen, int64_t nonpivots, int32_t pivot_row) {
    fr_pattern_filter_set_bit(screen->support + nonpivots * screen->words, pivot_row);
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
static inline void fr_pattern_filter_saw(fr_pattern_filter *screen, const uint64_t *pattern) {
    for (int64_t i = 0; i < screen->count; i++)
        if (fr_pattern_filter_overlap(screen->support + i * screen->words, pattern, screen->words) == FR_OVERLAP_ALL)
            screen->saturated[i] = true;
}

/* False if a unit with this pattern cannot add a pivot. screen: an fr_pattern_filter, as a source is given it. */
static inline bool fr_pattern_filter_useful(void *context, const uint64_t *pattern) {
    const fr_pattern_filter *screen = (const fr_pattern_filter *)context;
    if (screen->count == 0) return true;
    for (int64_t i = 0; i < screen->count; i++) {
        const fr_overlap found = fr_pattern_filter_overlap(screen->support + i * screen->words, pattern, screen->words);
        if (found == FR_OVERLAP_SOME || (found == FR_OVERLAP_ALL && !screen->saturated[i])) return true;
    }
    return false;
}

#endif
