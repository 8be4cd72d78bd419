/* A network's Jacobian as a column generator for the elimination, either way round. Private to Kernels/cpu.
 *
 * The rank of J is that of its transpose, and the elimination holds m^2/4 numbers for m rows. With fewer (point,
 * output) rows than parameters they are its rows, the parameters its columns. Else the parameters are the rows and the
 * points come as columns, block by block: memory does not grow with their number, and a point that comes when the rank
 * is nearly reached costs rank x (parameters - rank) multiply-adds only. */
#ifndef FR_CPU_NETWORK_COLUMNS_H
#define FR_CPU_NETWORK_COLUMNS_H

#include "network/reduction/column_screen.h"
#include "network/reduction/coordinate_basis.h"
#include "network/screen.h"

/* Of several outputs: network/output_update.c. */
typedef struct fr_output_update fr_output_update;

typedef struct fr_network_columns {
    fr_column_generator generator; /* the first member: it is cast back to this */
    fr_passes *passes;
    fr_session *session;      /* polled for cancellation */
    fr_pool *pool;            /* NULL, or for the passes */
    const uint8_t *used;      /* of the inputs: fr_network_used_inputs */
    bool by_points;           /* columns are (point, output), rows parameters */
    int64_t rows;             /* of the elimination */
    int64_t bound;            /* pivots beyond which no column is needed */
    const int64_t *pivots;    /* the elimination's pivot columns: rows of them */
    fr_network_end end;
    int64_t points;           /* taken */
    fr_zeros zeros;           /* among the points of the passes so far */
    bool out_of_memory;
    int64_t capacity, count;
    int64_t *column_numbers;

    fr_parameter *parameters; /* by points: those of the rows. Else those of the block */
    fr_parameter next;        /* not by points */
    bool *spare;              /* not by points, by layer: rescaling a unit moves nothing, so that one of its weights'
                               * columns depends on others */
    fr_coordinate_basis *bases; /* not by points, by layer; NULL: every coordinate is taken */
    uint8_t *unit_columns;      /* by coordinate of a unit: 1 if its column is taken */
    fr_column_screen column_screen; /* not by points, one row a point */
    bool column_screening;

    int64_t chunk_first, chunk_count; /* by points: the points in `passes` */
    int64_t chunk_capacity, cursor;   /* most of them; rows of them given out or passed over */
    int64_t unscreened_chunk;         /* most of them before rows are screened, and with patience, always */
    int64_t *block_rows;              /* of the chunk's rows, those in the block */
    int64_t before;                   /* pivots when the latest block was handed out */
    int64_t found;                    /* pivots when the chunk was last screened; -1: it was not */
    bool screening;                   /* some block had many columns that brought nothing */
    fr_screen screen;
    const fr_workspace *workspace;
    fr_output_update *update;         /* NULL: columns of one output */
    fr_residue_matrix *block_inputs, *block_deltas; /* by layer: of the block's columns only, from its first column on */
} fr_network_columns;

/* Which way round: by points if there are more rows than `kept` parameters. */
static inline bool fr_network_is_by_points(const fr_network_shape *shape, int64_t kept) { return shape->rows > kept; }
/* Points that `passes` must have room for. */
int64_t fr_network_chunk(const fr_network_shape *shape, int64_t kept);

/* False: out of memory. passes and used are kept by the caller. */
bool fr_network_columns_create(fr_network_columns *columns, fr_passes *passes, const uint8_t *used, int64_t kept);
void fr_network_columns_destroy(fr_network_columns *columns);
/* To the first column of the set whose parameters `passes` has begun. workspace, pivots: what the elimination will be
 * given. False: out of memory. */
bool fr_network_columns_begin(fr_network_columns *columns, fr_session *session, fr_pool *pool, int64_t bound,
                              const fr_workspace *workspace, const int64_t *pivots);

/* The parameter after this one, of those that are trained and kept; layer == layer_count after the last.
 * (network/parameters.c) */
fr_parameter fr_first_parameter(const fr_network_shape *shape, const uint8_t *used);
fr_parameter fr_next_parameter(const fr_network_shape *shape, const uint8_t *used, fr_parameter at);
/* The one after those that share its factor delta. */
fr_parameter fr_parameter_after_unit(const fr_network_shape *shape, const uint8_t *used, fr_parameter at);
/* shape->by_unit: how many hidden units a network must have for it to have this parameter. Else 0. */
int64_t fr_units_needed(const fr_network_shape *shape, fr_parameter at);

/* Into columns->update, which is destroyed in any case. False: out of memory. */
bool fr_output_update_create(fr_network_columns *columns);
void fr_output_update_destroy(fr_output_update *update);
/* Whether the block just taken has points of several columns, enough for the update. */
bool fr_output_update_pays(fr_output_update *update);
/* A generator's schur_update, for a block for which it pays. */
void fr_output_update_run(fr_column_generator *base, fr_pool *pool, const int32_t *pivots, int64_t count,
                          int64_t groups, fr_grouped m, fr_grouped s);

/* The two ways' functions, set by fr_network_columns_create. False: out of memory. */
bool fr_network_columns_use_rows(fr_network_columns *columns);
void fr_network_columns_use_points(fr_network_columns *columns);

#endif
