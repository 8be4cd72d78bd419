/* The rank of one parameter set after another, by one thread or by a pool: what is kept between sets. Private to
 * Kernels/cpu. */
#ifndef FR_CPU_NETWORK_RANKER_H
#define FR_CPU_NETWORK_RANKER_H

#include "network/blocks.h"
#include "network/columns.h"

/* What all sets of a call share. */
typedef struct fr_ranking {
    fr_session *session;
    const fr_isa *isa;
    fr_field field;
    double *powers, inverses[FR_INVERSES];
    const fr_network_blocks *blocks; /* NULL, or ranks of leading blocks are wanted, into block_ranks: sets x points x
                                      * units */
    int64_t *block_ranks;
} fr_ranking;

typedef struct fr_ranker {
    const fr_network_shape *asked; /* of the latest set; NULL: there was none */
    fr_network network;            /* the same with fewer points, perhaps */
    fr_network_shape shape;
    fr_passes passes;
    fr_network_columns columns;
    fr_workspace *workspace; /* serves the next shape too, if that is hardly smaller */
    int64_t workspace_rows;
    uint8_t *used;
    int64_t *pivots;
    int64_t kept, bound;
    bool ready;
} fr_ranker;

/* Of ranks alone: the caller sets blocks. False: out of memory. */
bool fr_ranking_create(fr_ranking *ranking, fr_session *session, uint32_t prime);
void fr_ranking_destroy(fr_ranking *ranking);

/* What a set of this shape takes, most likely: rows of the elimination, and bytes of the ranker. */
typedef struct fr_ranker_size {
    int64_t rows;
    double bytes;
} fr_ranker_size;
fr_ranker_size fr_ranker_size_of(const fr_network_shape *shape);

/* The set's rank: FR_OK with FR_COMPUTED or FR_NOT_FINITE, FR_CANCELLED or FR_OUT_OF_MEMORY. pool: NULL, or to be
 * split over. done: NULL, or where the share done is written. With blocks `rank` is not written. */
fr_status fr_ranker_run(fr_ranker *ranker, const fr_ranking *ranking, const fr_network_shape *shape, int64_t set,
                        fr_pool *pool, _Atomic double *done, fr_network_rank *rank, fr_outcome *outcome);
void fr_ranker_destroy(fr_ranker *ranker);

#endif
