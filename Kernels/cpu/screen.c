/* Near full rank nearly every unit adds nothing: the few live rows are then combinations of few points, and a unit
 * inactive on all of a row's points leaves it zero, as does one active on all of them where that was seen once. The
 * screen tells such units by their patterns alone. */
#include <stdlib.h>
#include <string.h>

#include "elimination.h"

bool fr_screen_make(fr_screen *screen, int64_t points) {
    screen->words = (points + 63) / 64;
    screen->count = 0;
    screen->support = calloc((size_t)(FR_SCREEN_ROWS * screen->words) + 1, sizeof *screen->support);
    screen->saturated = calloc(FR_SCREEN_ROWS, sizeof *screen->saturated);
    return screen->support && screen->saturated;
}

void fr_screen_free(fr_screen *screen) {
    free(screen->support);
    free(screen->saturated);
}

void fr_screen_clear(fr_screen *screen) { screen->count = 0; }

static void set_bit(uint64_t *words, int32_t bit) { words[bit >> 6] |= UINT64_C(1) << (bit & 63); }

void fr_screen_add_row(fr_screen *screen, int32_t row) {
    uint64_t *support = screen->support + screen->count * screen->words;
    memset(support, 0, (size_t)screen->words * sizeof *support);
    set_bit(support, row);
    screen->saturated[screen->count++] = false;
}

void fr_screen_add_support(fr_screen *screen, int64_t live, int32_t pivot_row) {
    set_bit(screen->support + live * screen->words, pivot_row);
}

typedef enum overlap { NONE, SOME, ALL } overlap;

static overlap overlap_of(const uint64_t *support, const uint64_t *pattern, int64_t words) {
    bool any = false, all = true;
    for (int64_t w = 0; w < words; w++) {
        const uint64_t both = support[w] & pattern[w];
        any |= both != 0;
        all &= both == support[w];
        if (any && !all) return SOME;
    }
    return any ? ALL : NONE;
}

void fr_screen_saw(fr_screen *screen, const uint64_t *pattern) {
    for (int64_t i = 0; i < screen->count; i++)
        if (overlap_of(screen->support + i * screen->words, pattern, screen->words) == ALL)
            screen->saturated[i] = true;
}

bool fr_screen_useful(void *context, const uint64_t *pattern) {
    const fr_screen *screen = context;
    if (screen->count == 0) return true;
    for (int64_t i = 0; i < screen->count; i++) {
        const overlap found = overlap_of(screen->support + i * screen->words, pattern, screen->words);
        if (found == SOME || (found == ALL && !screen->saturated[i])) return true;
    }
    return false;
}
