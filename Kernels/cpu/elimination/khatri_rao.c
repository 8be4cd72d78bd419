/* Jacobian columns, unit by unit. Units are drawn in batches. Units that add nothing (inactive everywhere, seen before,
 * or filtered out) are dropped before they cost arithmetic. Residues of inputs are computed when a column first needs
 * them. */
#include "elimination/khatri_rao.h"

#include <stdlib.h>
#include <string.h>

/* Residues are computed for this many coordinates at a time, because computing all at once would waste those that no
 * column reaches. */
#define CONVERT_COORDINATES 64
/* The cache of patterns: its largest memory and its smallest number of places. */
#define SEEN_BYTES ((int64_t)32 << 20)
#define SEEN_PLACES 64

/* Repeats are frequent if there are few patterns: d0 = 1 has 2n. */
static int64_t seen_places(int64_t units, int64_t points, int64_t words) {
    int64_t places = SEEN_PLACES;
    while (places < 2 * units && places < 8 * points && 2 * places * (words + 1) * 8 <= SEEN_BYTES) places *= 2;
    return places;
}

/* Take the fewest whole units that could reach full rank, plus one if that bound leaves no slack. Take none (0) if a
 * unit has more columns than points on which it is active: most of its columns are then known to add nothing once its
 * first ones are eliminated. */
static int64_t leading_columns(int64_t points, int64_t k) {
    const int64_t wanted = (points + 3 + k - 1) / k * k;
    return 5 * k <= 2 * points && wanted <= fr_initial_lu_columns(points) ? wanted : 0;
}

static int64_t next_block(fr_column_generator *base, int64_t want);
static void fill_nonpivot_rows(fr_column_generator *base, const int32_t *rows, int64_t groups, fr_grouped out);
static void skip_unit(fr_column_generator *base);

bool fr_khatri_rao_create(fr_khatri_rao *s, fr_trial *trial, fr_residues residues, int64_t capacity) {
    memset(s, 0, sizeof *s);
    const fr_problem *p = trial->problem;
    const size_t words = (size_t)trial->words, n = (size_t)p->points;
    s->generator.next = next_block;
    s->generator.nonpivot_rows = fill_nonpivot_rows;
    s->generator.skip_unit = skip_unit;
    s->generator.schur_update = fr_khatri_rao_schur_update;
    s->trial = trial;
    s->residues = residues;
    s->k = p->inputs + p->bias;
    const int64_t leading = leading_columns(p->points, s->k);
    s->capacity = capacity > leading ? capacity : leading;
    const size_t k = (size_t)s->k, block = (size_t)s->capacity;
    s->by_coordinate = calloc(k * (size_t)trial->ldx + 1, sizeof(double));
    s->by_point = calloc(n * k + 1, sizeof(double));
    s->weights = calloc((size_t)p->inputs * FR_UNIT_BATCH + 1, sizeof(double));
    s->biases = calloc(FR_UNIT_BATCH, sizeof(double));
    s->batch = calloc(FR_UNIT_BATCH * words + 1, sizeof(uint64_t));
    s->pattern = calloc(words + 1, sizeof(uint64_t));
    s->column_numbers = calloc(block, sizeof(int64_t));
    s->segment = calloc(block, sizeof(fr_segment));
    s->segment_patterns = calloc(block * words + 1, sizeof(uint64_t));
    s->segment_pattern = calloc(block, sizeof(uint64_t *));
    s->places = seen_places(p->units, p->points, trial->words);
    s->seen = calloc((size_t)s->places * words + 1, sizeof(uint64_t));
    s->seen_stamp = calloc((size_t)s->places, sizeof(uint64_t));
    return fr_khatri_rao_create_product(s) && s->by_coordinate && s->by_point && s->weights && s->biases && s->batch &&
           s->pattern && s->column_numbers && s->segment && s->segment_patterns && s->segment_pattern && s->seen &&
           s->seen_stamp;
}

void fr_khatri_rao_destroy(fr_khatri_rao *s) {
    free(s->by_coordinate);
    free(s->by_point);
    free(s->weights);
    free(s->biases);
    free(s->batch);
    free(s->pattern);
    free(s->column_numbers);
    free(s->segment);
    free(s->segment_patterns);
    free(s->segment_pattern);
    free(s->seen);
    free(s->seen_stamp);
    fr_khatri_rao_destroy_product(s);
}

void fr_khatri_rao_begin(fr_khatri_rao *s) {
    s->converted = 0;
    s->next_unit = s->batch_first = s->batch_count = 0;
    s->unit = -1;
    s->coordinate = 0;
    s->stamp++;
    s->generator.useful = NULL;
    s->generator.leading = leading_columns(s->trial->problem->points, s->k);
}

static void convert(fr_khatri_rao *s, int64_t coordinates) {
    const fr_trial *t = s->trial;
    const int64_t n = t->problem->points;
    while (s->converted < coordinates) {
        const int64_t begin = s->converted;
        const int64_t end = begin + CONVERT_COORDINATES < s->k ? begin + CONVERT_COORDINATES : s->k;
        for (int64_t c = begin; c < end; c++) {
            double *out = s->by_coordinate + c * t->ldx;
            if (c < t->problem->inputs) {
                t->isa->residues(s->residues.field, s->residues.powers, s->residues.two_27, n, t->x + c * t->ldx, out);
            } else {
                for (int64_t j = 0; j < n; j++) out[j] = 1.0;
            }
        }
        for (int64_t j = 0; j < n; j++)
            for (int64_t c = begin; c < end; c++) s->by_point[j * s->k + c] = s->by_coordinate[c * t->ldx + j];
        s->converted = end;
    }
}

/* Returns true the first time a pattern occurs in a trial, and again if another pattern has replaced it in the
 * cache. */
static bool is_new(fr_khatri_rao *s, const uint64_t *pattern) {
    const int64_t words = s->trial->words;
    const int64_t place = (int64_t)(fr_pattern_hash(pattern, words) & (uint64_t)(s->places - 1));
    uint64_t *kept = s->seen + place * words;
    if (s->seen_stamp[place] == s->stamp && memcmp(kept, pattern, (size_t)words * sizeof *kept) == 0) return false;
    s->seen_stamp[place] = s->stamp;
    memcpy(kept, pattern, (size_t)words * sizeof *kept);
    return true;
}

static bool is_active_somewhere(const uint64_t *pattern, int64_t words) {
    for (int64_t w = 0; w < words; w++)
        if (pattern[w]) return true;
    return false;
}

/* The first batch contains the fewest units that full rank needs and a few more. If they are not enough, the number
 * needed is unknown, and batches double. */
static int64_t units_to_draw(fr_khatri_rao *s, int64_t rest) {
    int64_t count = s->next_unit;
    const int64_t least = (s->trial->problem->points + s->k - 1) / s->k;
    if (count == 0) count = (least + FR_SIGN_UNITS) / FR_SIGN_UNITS * FR_SIGN_UNITS;
    if (count > FR_UNIT_BATCH) count = FR_UNIT_BATCH;
    return count < rest ? count : rest;
}

/* Sets unit, coordinate and pattern to the next unit worth eliminating; returns false if there is none. */
static bool choose_unit(fr_khatri_rao *s) {
    fr_trial *t = s->trial;
    for (;;) {
        if (s->next_unit == s->batch_first + s->batch_count) {
            const int64_t rest = t->problem->units - s->next_unit;
            if (rest <= 0) return false;
            s->batch_first = s->next_unit;
            s->batch_count = units_to_draw(s, rest);
            fr_trial_patterns(t, s->batch_first, s->batch_count, s->weights, s->biases, s->batch);
        }
        const int64_t unit = s->next_unit++;
        const uint64_t *pattern = s->batch + (unit - s->batch_first) * t->words;
        if (!is_active_somewhere(pattern, t->words)) continue;
        if (s->generator.useful && !s->generator.useful(s->generator.useful_context, pattern)) continue;
        if (!is_new(s, pattern)) continue;
        memcpy(s->pattern, pattern, (size_t)t->words * sizeof *pattern);
        s->unit = unit;
        s->coordinate = 0;
        return true;
    }
}

static int64_t next_block(fr_column_generator *base, int64_t want) {
    fr_khatri_rao *s = (fr_khatri_rao *)base;
    const int64_t words = s->trial->words;
    if (want > s->capacity) want = s->capacity;
    s->columns = s->segments = 0;
    while (s->columns < want) {
        /* Takes a whole unit if it fits at all. */
        if (s->unit < 0 && s->columns > 0 && s->columns + s->k > want) break;
        if (s->unit < 0 && !choose_unit(s)) break;
        const int64_t rest = s->k - s->coordinate, room = want - s->columns;
        const int64_t width = rest < room ? rest : room;
        uint64_t *pattern = s->segment_patterns + s->segments * words;
        memcpy(pattern, s->pattern, (size_t)words * sizeof *pattern);
        s->segment[s->segments].begin = s->coordinate;
        s->segment[s->segments].end = s->coordinate + width;
        s->segment_pattern[s->segments++] = pattern;
        for (int64_t c = 0; c < width; c++) s->column_numbers[s->columns++] = s->unit * s->k + s->coordinate + c;
        s->coordinate += width;
        convert(s, s->coordinate);
        if (s->coordinate == s->k) s->unit = -1;
    }
    base->columns = s->column_numbers;
    base->patterns = s->segment_pattern;
    base->pattern_count = s->segments;
    base->inside_unit = s->unit >= 0;
    return s->columns;
}

static void skip_unit(fr_column_generator *base) { ((fr_khatri_rao *)base)->unit = -1; }

static inline uint64_t is_active(const uint64_t *pattern, int32_t row) { return pattern[row >> 6] >> (row & 63) & 1; }

static void fill_nonpivot_rows(fr_column_generator *base, const int32_t *rows, int64_t groups, fr_grouped out) {
    const fr_khatri_rao *s = (const fr_khatri_rao *)base;
    for (int64_t g = 0; g < s->segments && rows == NULL; g++) {
        const fr_segment part = s->segment[g];
        const fr_columns x = {s->by_coordinate + part.begin * s->trial->ldx, s->trial->ldx};
        s->trial->isa->select(groups, part.end - part.begin, s->segment_pattern[g], x, out);
        out = fr_grouped_from(out, 0, part.end - part.begin);
    }
    for (int64_t group = 0; group < groups && rows; group++, rows += FR_GROUP) {
        double *to = fr_grouped_from(out, group, 0).at;
        for (int64_t g = 0; g < s->segments; g++) {
            const fr_segment part = s->segment[g];
            double active[FR_GROUP];
            for (int lane = 0; lane < FR_GROUP; lane++)
                active[lane] = (double)is_active(s->segment_pattern[g], rows[lane]);
            for (int64_t c = part.begin; c < part.end; c++, to += FR_GROUP) {
                const double *x = s->by_coordinate + c * s->trial->ldx;
                for (int lane = 0; lane < FR_GROUP; lane++) to[lane] = active[lane] * x[rows[lane]];
            }
        }
    }
}
