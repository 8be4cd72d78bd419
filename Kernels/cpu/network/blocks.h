/* Ranks of leading blocks, from the pivots of one elimination. Private to Kernels/cpu.
 *
 * The elimination takes columns in order and gives each a pivot in the first row that can have one, so that its pivots
 * are those of the rank profile matrix: a leading block of rows and columns has as many pivots as its rank is (Dumas,
 * Pernet, Sultan, ISSAC 2015). It holds for the transpose as well. */
#ifndef FR_CPU_NETWORK_BLOCKS_H
#define FR_CPU_NETWORK_BLOCKS_H

#include "network/columns.h"

/* FR_OK, or the first thing wrong, in words. */
fr_status fr_check_blocks(fr_session *session, const fr_network *network, const fr_network_blocks *blocks);
/* ranks: point_count x unit_count. columns, pivots: after the elimination of a shape that is by_unit, unless there is
 * one number of units. */
void fr_count_blocks(const fr_network_blocks *blocks, const fr_network_columns *columns, const int64_t *pivots,
                     int64_t *ranks);

#endif
