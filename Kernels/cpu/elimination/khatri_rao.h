/* The columns of a trial's Jacobian as a column generator for the elimination. Private to Kernels/cpu. */
#ifndef FR_CPU_KHATRI_RAO_H
#define FR_CPU_KHATRI_RAO_H

#include "elimination/elimination.h"
#include "samples/trial.h"

typedef struct fr_segment { /* part of one unit's columns */
    int64_t begin, end;     /* coordinates */
} fr_segment;

typedef struct fr_khatri_rao {
    fr_column_generator generator; /* the first member: it is cast back to this */
    fr_trial *trial;
    fr_residues residues;
    int64_t k;

    double *by_coordinate; /* residues of x~, k x ldx; coordinates below `converted` are there */
    double *by_point;      /* the same, n x k */
    int64_t converted;

    int64_t next_unit, batch_first, batch_count; /* units drawn: batch_first ..< batch_first + batch_count */
    double *weights, *biases;
    uint64_t *batch;       /* FR_UNIT_BATCH x words */

    int64_t unit, coordinate; /* of the next column; unit < 0: choose another */
    uint64_t *pattern;        /* of that unit */

    int64_t capacity;         /* most columns per block */
    int64_t columns, segments;
    int64_t *column_numbers;
    fr_segment *segment;
    uint64_t *segment_patterns; /* capacity x words */
    const uint64_t **segment_pattern;

    /* The product's scratch: see elimination/khatri_rao_schur_update.c. */
    uint8_t *class_of;
    int32_t *class_index;
    double *class_rows;
    fr_class *classes;
    int64_t class_count;

    /* Patterns already seen: a cache with one place per hash, compared in full. A miss only costs time. */
    int64_t places;
    uint64_t *seen;           /* places x words */
    uint64_t *seen_stamp;     /* places: the trial it was seen in, + 1 */
    uint64_t stamp;
} fr_khatri_rao;

/* capacity: the largest number of columns per block. */
bool fr_khatri_rao_create(fr_khatri_rao *generator, fr_trial *trial, fr_residues residues, int64_t capacity);
void fr_khatri_rao_destroy(fr_khatri_rao *generator);
/* The generator's schur_update. */
void fr_khatri_rao_schur_update(fr_column_generator *generator, fr_pool *pool, const int32_t *rows, int64_t count,
                                int64_t groups, fr_grouped m, fr_grouped s);
bool fr_khatri_rao_create_product(fr_khatri_rao *generator);
void fr_khatri_rao_destroy_product(fr_khatri_rao *generator);
/* Returns to the first column of the current trial. */
void fr_khatri_rao_begin(fr_khatri_rao *generator);

#endif
