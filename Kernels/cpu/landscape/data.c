/* Products, moments and norms of the data, once for all combinations. */
#include <math.h>
#include <stdlib.h>

#include "portability.h"

#include "landscape/queue.h"

bool fr_prepare(fr_prepared *prepared, const fr_combination_data *data) {
    const int64_t n = data->points, columns = data->columns, triangle = columns * (columns + 1) / 2;
    prepared->tables = malloc((size_t)(n * (1 + triangle + columns) + n * (n + 1) / 2) * sizeof(double));
    if (!prepared->tables) return false;
    double *norms = prepared->tables, *products = norms + n, *moments = products + n * triangle;
    double *inner = moments + n * columns;
    double squares = 0.0, inputs = 0.0;
    uint64_t usable = 0;
    for (int64_t j = 0; j < n; j++) {
        const double *x = data->x + j * columns, y = data->labels[j];
        double sum = 0.0;
        for (int64_t p = 0; p < columns; p++) {
            sum += x[p] * x[p];
            moments[j * columns + p] = x[p] * y;
            for (int64_t q = 0; q <= p; q++) products[j * triangle + p * (p + 1) / 2 + q] = x[p] * x[q];
        }
        for (int64_t i = 0; i <= j; i++) {
            double product = 0.0;
            for (int64_t p = 0; p < columns; p++) product += x[p] * data->x[i * columns + p];
            inner[j * (j + 1) / 2 + i] = product;
        }
        norms[j] = sqrt(sum) * (1.0 + 0x1p-40);
        if (sum > 0.0) usable |= UINT64_C(1) << j;
        squares += y * y;
        inputs += sum;
    }
    prepared->lanes = (fr_lanes_data){
        .points = n, .columns = columns, .x = data->x, .norms = norms, .products = products, .moments = moments,
        .inner = inner, .usable = usable, .squares = squares, .label_size = sqrt(squares) * (1.0 + 0x1p-40),
        .input_size = inputs * (1.0 + 0x1p-40),
    };
    return true;
}
