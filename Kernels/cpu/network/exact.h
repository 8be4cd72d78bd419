/* A network's values at one point in whole numbers. Private to Kernels/cpu. */
#ifndef FR_CPU_NETWORK_EXACT_H
#define FR_CPU_NETWORK_EXACT_H

#include "network/activity.h"

/* A layer's values f_l as integers times 2^exponent (GMP's). */
typedef struct fr_exact_values fr_exact_values;

/* f_0 = x: `count` doubles. */
fr_exact_values *fr_exact_values_make(const fr_network_shape *shape, const double *x);
void fr_exact_values_free(fr_exact_values *values);
/* From f_{l-1} to f_l, layer l counted from 0; active: a byte for each unit at active[u * stride], 1 where z > 0; NULL
 * for layers without a kink. weights: W_l, then b_l. */
void fr_exact_values_advance(fr_exact_values *values, int64_t layer, const double *weights, const uint8_t *active,
                             int64_t stride);
/* The sign of z_l of one unit, from f_{l-1}: -1, 0 or 1. */
int fr_exact_values_sign(fr_exact_values *values, int64_t layer, const double *weights, int64_t unit);

#endif
