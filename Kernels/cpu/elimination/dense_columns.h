/* The columns of a dense matrix of doubles as a column generator for the elimination. Private to Kernels/cpu. */
#ifndef FR_CPU_DENSE_SOURCE_H
#define FR_CPU_DENSE_SOURCE_H

#include "elimination/elimination.h"

typedef struct fr_dense_generator {
    fr_column_generator generator; /* the first member: it is cast back to this */
    const fr_isa *isa;
    fr_residues residues;
    const double *matrix; /* rows x columns, row-major */
    int64_t rows, columns;
    int64_t leading;                /* columns to begin with */
    int64_t first, width, capacity; /* the block */
    int64_t *column_numbers;
    double *row;                    /* capacity: a row's residues */
} fr_dense_generator;

/* leading: columns to begin with, at once (elimination/elimination.h); 0: none. capacity: most columns asked for after
 * that. */
bool fr_dense_generator_create(fr_dense_generator *generator, const fr_isa *isa, fr_residues residues, int64_t rows,
                               int64_t columns, int64_t leading, int64_t capacity);
void fr_dense_generator_destroy(fr_dense_generator *generator);
void fr_dense_generator_begin(fr_dense_generator *generator, const double *matrix);

#endif
