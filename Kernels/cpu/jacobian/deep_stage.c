/* Jacobians of deep networks in double precision: delta_{h-1} = v a_{h-1}, delta_l = a_l (W_{l+1}^T delta_{l+1}), point
 * by point. Sums are formed in the order of the units. Each trial uses one thread. */
#include <math.h>
#include <stdlib.h>

#include "samples/deep_network.h"
#include "table.h"

typedef struct jacobian_run {
    fr_session *session;
    const fr_problem *problem;
    const int64_t *widths;
    int64_t earlier;
    uint64_t first_trial;
    int64_t columns, trials;
    double *jacobians;
    fr_outcome *outcomes;
    fr_deep_network *networks; /* one per worker, made when first needed; layers NULL before */
    double **deltas;           /* deltas of one point in all layers; one per worker */
    _Atomic int out_of_memory;
} jacobian_run;

/* Writes row j of J. Returns false if an entry is not finite. */
static bool write_row(const fr_deep_network *w, int64_t j, double *deltas, double *row) {
    bool finite = true;
    double *above = NULL, *delta = deltas;
    for (int64_t l = w->hidden - 1; l >= 0; l--) {
        const fr_deep_layer *layer = &w->layers[l];
        const int64_t units = layer->problem.units, inputs = layer->problem.inputs, k = fr_deep_k(layer);
        for (int64_t u = 0; u < units; u++) delta[u] = above ? 0.0 : w->output[u];
        if (above) {
            const fr_deep_layer *next = &w->layers[l + 1];
            for (int64_t t = 0; t < next->problem.units; t++)
                for (int64_t u = 0; u < units; u++) delta[u] += next->weights[t * units + u] * above[t];
        }
        for (int64_t u = 0; u < units; u++) {
            if (!fr_deep_is_active(layer, u, j)) delta[u] = 0.0;
            double *to = row + layer->first_column + u * k;
            for (int64_t c = 0; c < inputs; c++) {
                to[c] = delta[u] == 0.0 ? 0.0 : delta[u] * layer->trial.x[c * layer->trial.ldx + j];
                finite &= isfinite(to[c]) != 0;
            }
            if (k > inputs) to[inputs] = delta[u];
        }
        above = delta;
        delta += units;
    }
    return finite;
}

static void write_trial(void *context, int64_t trial, int worker) {
    jacobian_run *run = context;
    fr_deep_network *w = &run->networks[worker];
    if (fr_is_cancelled(run->session) || atomic_load(&run->out_of_memory)) return;
    if (!w->layers) {
        size_t units = (size_t)run->problem->units + 1;
        for (int64_t l = 0; l < run->earlier; l++) units += (size_t)run->widths[l];
        run->deltas[worker] = calloc(units, sizeof(double));
        if (!fr_deep_network_create(w, fr_isa_best(), run->problem, run->widths, run->earlier) ||
            !run->deltas[worker]) {
            atomic_store(&run->out_of_memory, 1);
            return;
        }
    }
    bool finite = fr_deep_network_begin(w, run->first_trial + (uint64_t)trial);
    double *out = run->jacobians + trial * run->problem->points * run->columns;
    for (int64_t j = 0; j < run->problem->points && finite; j++)
        finite = write_row(w, j, run->deltas[worker], out + j * run->columns);
    run->outcomes[trial] = finite ? FR_COMPUTED : FR_NOT_FINITE;
    fr_add_done(run->session, 1.0 / (double)run->trials);
}

fr_status fr_cpu_deep_jacobians(fr_session *session, const fr_problem *problem, const int64_t *widths, int64_t earlier,
                                uint64_t first_trial, int64_t trials, double *jacobians, fr_outcome *outcomes) {
    fr_begin_call(session);
    fr_status status = fr_check_deep(session, problem, widths, earlier);
    if (status == FR_OK) status = fr_check_trials(session, first_trial, trials);
    if (status != FR_OK || trials == 0) return status;
    int64_t columns = 0;
    for (int64_t l = 0; l <= earlier; l++)
        columns += (l < earlier ? widths[l] : problem->units) * ((l ? widths[l - 1] : problem->inputs) + problem->bias);
    if (fr_bytes(trials, problem->points * columns, sizeof *jacobians) > PTRDIFF_MAX)
        return fr_fail(session, FR_INVALID_ARGUMENT, "trials x points x parameters is too large");
    if (outcomes == NULL || (jacobians == NULL && problem->points * columns > 0))
        return fr_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", outcomes ? "jacobians" : "outcomes");
    for (int64_t t = 0; t < trials; t++) outcomes[t] = FR_NOT_COMPUTED;
    const int threads = fr_pool_size(session->pool);
    jacobian_run run = {.session = session, .problem = problem, .widths = widths, .earlier = earlier,
                        .first_trial = first_trial, .columns = columns, .trials = trials, .jacobians = jacobians,
                        .outcomes = outcomes, .networks = calloc((size_t)threads, sizeof(fr_deep_network)),
                        .deltas = calloc((size_t)threads, sizeof(double *))};
    if (run.networks && run.deltas) fr_pool_run(session->pool, trials, write_trial, &run);
    else atomic_store(&run.out_of_memory, 1);
    for (int i = 0; i < threads && run.networks; i++) fr_deep_network_destroy(&run.networks[i]);
    for (int i = 0; i < threads && run.deltas; i++) free(run.deltas[i]);
    free(run.networks);
    free(run.deltas);
    if (atomic_load(&run.out_of_memory)) return fr_fail(session, FR_OUT_OF_MEMORY, "no memory for a deep network");
    if (fr_is_cancelled(session)) return fr_fail(session, FR_CANCELLED, "cancelled");
    return FR_OK;
}
