/* Builds Jacobians. Row j is a_j (x) x~_j, so unit u's part is x~_j if the unit is active on point j, and 0 otherwise.
 *
 * How the work divides: one thread writes rows one after the other, bound by the bandwidth of the writes. Patterns are
 * stored by unit, so the words that hold 64 neighbouring points are gathered first, once for those 64 rows. */
#include <math.h>
#include <string.h>

#include "jacobian/rows.h"

/* The scratch memory: the patterns' words of one block of 64 rows, one per unit; then k zeros and x~_j. */
size_t fr_jacobian_scratch_bytes(int64_t units, int64_t k, fr_precision precision) {
    size_t words = fr_bytes(units, 1, sizeof(uint64_t)), rows = fr_bytes(2, k, fr_precision_bytes(precision));
    return words > SIZE_MAX - rows ? SIZE_MAX : words + rows;
}

/* Writes one row of J. For each unit either the zeros or x~ are copied, chosen without a branch (patterns are random
 * bits). The function is inlined into a switch over `width`, so that for small k a unit costs a few moves instead of a
 * call of memcpy. */
static inline __attribute__((always_inline)) void copy_units(char *out, const char *zeros_and_row, size_t width,
                                                             const uint64_t *words, unsigned bit, int64_t units) {
    for (int64_t u = 0; u < units; u++, out += width)
        memcpy(out, zeros_and_row + ((words[u] >> bit) & 1) * width, width);
}

static void copy_row(char *out, const char *zeros_and_row, size_t width, const uint64_t *words, unsigned bit,
                     int64_t units) {
    switch (width) { /* the published figures have k = 2, 3, 4, 6 */
    case 4: copy_units(out, zeros_and_row, 4, words, bit, units); break;
    case 8: copy_units(out, zeros_and_row, 8, words, bit, units); break;
    case 12: copy_units(out, zeros_and_row, 12, words, bit, units); break;
    case 16: copy_units(out, zeros_and_row, 16, words, bit, units); break;
    case 24: copy_units(out, zeros_and_row, 24, words, bit, units); break;
    case 32: copy_units(out, zeros_and_row, 32, words, bit, units); break;
    case 48: copy_units(out, zeros_and_row, 48, words, bit, units); break;
    default: copy_units(out, zeros_and_row, width, words, bit, units); break;
    }
}

/* x~_j in the requested precision. Returns false if rounding made an infinity. */
static bool round_row(const fr_trial_sample *sample, fr_precision precision, int64_t j, void *row) {
    const double *x = sample->inputs + j * sample->d0;
    bool finite = true;
    if (precision == FR_FLOAT64) {
        double *out = row;
        for (int64_t c = 0; c < sample->d0; c++) finite &= (bool)isfinite(out[c] = x[c]);
        if (sample->bias) out[sample->d0] = 1;
    } else {
        float *out = row;
        for (int64_t c = 0; c < sample->d0; c++) finite &= (bool)isfinite(out[c] = (float)x[c]);
        if (sample->bias) out[sample->d0] = 1;
    }
    return finite;
}

bool fr_jacobian_rows(const fr_trial_sample *sample, fr_precision precision, int64_t first_row, int64_t rows,
                      int64_t units, void *out, void *scratch) {
    size_t width = (size_t)fr_sample_k(sample) * fr_precision_bytes(precision);
    size_t stride = (size_t)units * width;
    uint64_t *words = scratch;
    char *zeros = (char *)(words + units), *row = zeros + width;
    memset(zeros, 0, width);
    bool finite = true;
    for (int64_t i = 0; i < rows && units > 0; i++) {
        int64_t j = first_row + i;
        if (i == 0 || j % 64 == 0)
            for (int64_t u = 0; u < units; u++) words[u] = sample->patterns[u * sample->words + j / 64];
        bool row_finite = round_row(sample, precision, j, row);
        copy_row((char *)out + (size_t)i * stride, zeros, width, words, (unsigned)(j % 64), units);
        for (int64_t u = 0; !row_finite && finite && u < units; u++) finite = (words[u] >> (j % 64) & 1) == 0;
    }
    return finite;
}
