/* Combinations of one shape that wait until FR_LANES are together. Private to Kernels/cpu/landscape. */
#ifndef FR_CPU_LANDSCAPE_QUEUE_H
#define FR_CPU_LANDSCAPE_QUEUE_H

#include <stdbool.h>

#include "fullrank_landscape.h"
#include "landscape/lanes.h"

#define FR_MOST_CELLS FR_LANES_MOST_UNKNOWNS

/* Different cells of one combination. */
typedef struct fr_combination {
    int64_t cells;
    uint64_t patterns[FR_MOST_CELLS];
    uint8_t sides[FR_MOST_CELLS];
    const double *narrow[FR_MOST_CELLS];
} fr_combination;

/* Combinations of as many different cells, narrow ones among them or not, that wait for company. */
typedef struct fr_queue {
    fr_lanes lanes;
    int count;
    int64_t numbers[FR_LANES];
    bool is_square[FR_LANES];  /* as many columns as points, without those that narrow cells do not see */
    bool is_whole[FR_LANES];   /* K different cells, none narrow */
} fr_queue;

/* Empty queues for up to so many different cells, in one piece of memory, to be freed; NULL if there is none. */
fr_queue *fr_queues_create(int64_t count, int64_t cells);
void fr_queue_push(fr_queue *q, const fr_combination *given, int64_t number);
/* Lanes that wait for nobody repeat the first. */
void fr_queue_fill(fr_queue *q);

/* What all lanes need of some data. */
typedef struct fr_prepared {
    fr_lanes_data lanes;
    double *tables;
} fr_prepared;

/* Tables are to be freed. False if memory is short. */
bool fr_prepare(fr_prepared *prepared, const fr_combination_data *data);

#endif
