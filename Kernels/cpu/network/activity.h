/* Which units of a network are active on which points, in exact arithmetic through all layers. Private to Kernels/cpu.
 *
 * A pre-activation is computed in double precision with a bound of its error that covers the errors of the layer before
 * and its own rounding (interval arithmetic by midpoint and radius). Only where that does not decide, the layers up to
 * it are computed for that point in whole numbers (network/exact.h). */
#ifndef FR_CPU_NETWORK_ACTIVITY_H
#define FR_CPU_NETWORK_ACTIVITY_H

#include "network/shape.h"

/* Points that one thread takes at a time. */
#define FR_ACTIVITY_POINTS 64

typedef struct fr_zeros {
    int64_t count, layer, unit, point; /* the first one by point, layer, unit; -1 */
} fr_zeros;

typedef struct fr_activity {
    const fr_network_shape *shape;
    int64_t capacity;    /* points */
    uint8_t **active;    /* by layer below `kinks`: units x capacity; 1 where z > 0. Of layers without a kink: all 1 */
    double *scratch;     /* for each thread: midpoints and radii of two layers, on FR_ACTIVITY_POINTS points */
    fr_zeros *zeros;     /* for each point of the capacity: those of the latest run */
    uint64_t *masks;     /* for each thread: two for each unit of the widest layer */
    int threads;
    _Atomic int out_of_memory;
} fr_activity;

/* False: out of memory. */
bool fr_activity_create(fr_activity *activity, const fr_network_shape *shape, int64_t capacity, int threads);
void fr_activity_destroy(fr_activity *activity);
/* `count` points from `first` of the set, whose parameters and points are doubles; split over the pool, if not NULL.
 * False: out of memory. */
bool fr_activity_run(fr_activity *activity, fr_pool *pool, int64_t set, int64_t first, int64_t count);
/* Adds the zeros of the latest run's first `count` points. */
void fr_activity_add_zeros(const fr_activity *activity, int64_t count, fr_zeros *zeros);

/* The set's numbers, as doubles. */
static inline const double *fr_set_parameters(const fr_network_shape *shape, int64_t set) {
    return shape->network->parameters + set * shape->parameters;
}
static inline const double *fr_set_point(const fr_network_shape *shape, int64_t set, int64_t point) {
    const fr_network *network = shape->network;
    const int64_t first = network->points_of_each_set ? set * network->points : 0;
    return network->point_values + (first + point) * network->inputs;
}

#endif
