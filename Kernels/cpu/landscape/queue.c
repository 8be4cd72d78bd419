/* Queues of combinations. */
#include "landscape/queue.h"

#include <stdlib.h>

fr_queue *fr_queues_create(int64_t count, int64_t cells) {
    const size_t lanes = (size_t)(cells > 0 ? cells : 1) * FR_LANES;
    const size_t bytes = sizeof(fr_queue) + lanes * (sizeof(uint64_t) + sizeof(double *) + 1) + 16;
    char *memory = calloc((size_t)count, bytes);
    if (!memory) return NULL;
    fr_queue *queues = (fr_queue *)memory;
    char *rest = memory + (size_t)count * sizeof(fr_queue);
    for (int64_t place = 0; place < count; place++) {
        queues[place].lanes.patterns = (uint64_t *)rest;
        rest += lanes * sizeof(uint64_t);
        queues[place].lanes.narrow = (const double **)rest;
        rest += lanes * sizeof(double *);
    }
    for (int64_t place = 0; place < count; place++) {
        queues[place].lanes.sides = (uint8_t *)rest;
        rest += lanes;
    }
    return queues;
}

void fr_queue_fill(fr_queue *q) {
    for (int lane = q->count; lane < FR_LANES; lane++)
        for (int64_t cell = 0; cell < q->lanes.cells; cell++) {
            q->lanes.patterns[cell * FR_LANES + lane] = q->lanes.patterns[cell * FR_LANES];
            q->lanes.sides[cell * FR_LANES + lane] = q->lanes.sides[cell * FR_LANES];
            q->lanes.narrow[cell * FR_LANES + lane] = q->lanes.narrow[cell * FR_LANES];
        }
}

void fr_queue_push(fr_queue *q, const fr_combination *given, int64_t number) {
    q->lanes.cells = given->cells;
    for (int64_t cell = 0; cell < given->cells; cell++) {
        q->lanes.patterns[cell * FR_LANES + q->count] = given->patterns[cell];
        q->lanes.sides[cell * FR_LANES + q->count] = given->sides[cell];
        q->lanes.narrow[cell * FR_LANES + q->count] = given->narrow[cell];
    }
    q->numbers[q->count++] = number;
}
