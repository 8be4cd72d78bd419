/* Which regions hold a zero-loss minimum: batches of trials, one per thread, and the tables of their cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check_arguments.h"
#include "minima/call.h"
#include "minima/line/line.h"
#include "minima/region/region.h"
#include "table.h"

typedef struct worker {
    fr_minima_data data;
    fr_line line;
    fr_region *region;
    bool ready, failed;
} worker;

typedef struct batch {
    fr_minima_call call;
    worker *workers;
    _Atomic int64_t finished;
    _Atomic int64_t bad_unit; /* a unit whose pattern is impossible, plus 1 */
    _Atomic int out_of_memory;
} batch;

static fr_status check_list(fr_session *session, const char *name, const int64_t *list, int64_t count, int64_t most) {
    if (count < 0 || (count > 0 && list == NULL))
        return fr_fail(session, FR_INVALID_ARGUMENT, "%s: a list of %lld numbers is missing", name, (long long)count);
    for (int64_t i = 0; i < count; i++)
        if (list[i] < (i ? list[i - 1] + 1 : 1) || list[i] > most)
            return fr_fail(session, FR_INVALID_ARGUMENT,
                           "%s[%lld] is %lld; the list must ascend from 1 at least to %lld at most", name, (long long)i,
                           (long long)list[i], (long long)most);
    return FR_OK;
}

static fr_status check(fr_session *session, const fr_problem *p, const fr_minima *m) {
    fr_status status = fr_check_problem(session, p);
    if (status != FR_OK) return status;
    if (m == NULL) return fr_fail(session, FR_INVALID_ARGUMENT, "minima is NULL");
    const int labels = fr_enum_value(&m->labels), outputs = fr_enum_value(&m->outputs);
    if (labels < 0 || labels > FR_LABELS_GIVEN)
        return fr_fail(session, FR_INVALID_ARGUMENT, "labels is %d; there are no such labels", labels);
    if (outputs < 0 || outputs > FR_OUTPUTS_GIVEN)
        return fr_fail(session, FR_INVALID_ARGUMENT, "outputs is %d; there are no such output weights", outputs);
    if ((m->fixed_data | 1) != 1)
        return fr_fail(session, FR_INVALID_ARGUMENT, "fixed_data is %d; it must be 0 or 1", (int)m->fixed_data);
    const int teacher = fr_enum_value(&m->teacher);
    if (labels == FR_LABELS_TEACHER && (teacher < 0 || teacher > FR_WEIGHTS_NORMAL))
        return fr_fail(session, FR_INVALID_ARGUMENT, "teacher is %d; a teacher's weights are uniform or normal",
                       teacher);
    if (p->weight_distribution == FR_WEIGHTS_BERNOULLI)
        return fr_fail(session, FR_UNSUPPORTED, "minima of drawn bits: most of these patterns are no unit's");
    if (m->given_regions != NULL && (fr_minima_is_line(p) || p->weight_distribution != FR_WEIGHTS_PATTERN))
        return fr_fail(session, FR_INVALID_ARGUMENT,
                       "given_regions go with given patterns of more than one input; those of one are drawn as steps");
    char words[256];
    const fr_words place = {words, sizeof words};
    if (labels == FR_LABELS_GIVEN) status = fr_refuse_given(place, "given_labels", m->given_labels, p->points, 1);
    if (status == FR_OK && outputs == FR_OUTPUTS_GIVEN)
        status = fr_refuse_given(place, "given_outputs", m->given_outputs, p->units, 1);
    if (status != FR_OK) return fr_fail(session, status, "%s", words);
    status = check_list(session, "points", m->points, m->point_count, p->points);
    return status == FR_OK ? check_list(session, "units", m->units, m->unit_count, p->units) : status;
}

static bool prepare(batch *b, worker *w) {
    if (w->ready) return !w->failed;
    w->ready = true; /* release destroys it, whatever failed */
    const fr_problem *problem = b->call.problem;
    const bool is_line = fr_minima_is_line(problem);
    bool made = fr_minima_data_create(&w->data, fr_isa_best(), problem, b->call.minima, !is_line);
    if (is_line) {
        made = fr_line_create(&w->line, problem->points) && made;
    } else {
        made = (w->region = fr_region_create(problem)) != NULL && made;
        if (w->region) fr_region_heed(w->region, b->call.session);
    }
    w->failed = !made;
    return made;
}

static void release(worker *w) {
    if (!w->ready) return;
    fr_minima_data_destroy(&w->data);
    fr_line_destroy(&w->line);
    fr_region_destroy(w->region);
}

/* Computes the width bracket of the first `units` units and n points. A width that is infeasible for fewer points is
 * infeasible for more. */
static fr_width_bracket climb(batch *b, worker *w, int64_t n, int64_t known_infeasible, int64_t units) {
    if (!fr_minima_is_line(b->call.problem)) {
        fr_region_begin(w->region, &w->data, n);
        return fr_region_width_bracket(w->region, known_infeasible, units);
    }
    fr_line_begin(&w->line, &w->data, n);
    const int64_t bad = fr_line_units(&w->line, &w->data, units);
    if (bad >= 0) atomic_store(&b->bad_unit, bad + 1);
    return fr_line_width_bracket(&w->line, units);
}

/* A teacher grows with the width, so the outer loop is over widths: each width's labels are then summed once. */
static void cells_of_teacher(batch *b, worker *w, uint8_t *verdicts) {
    const fr_minima *m = b->call.minima;
    for (int64_t u = 0; u < m->unit_count; u++) {
        const int64_t width = m->units[u];
        fr_minima_data_teach(&w->data, width);
        for (int64_t p = 0; p < m->point_count && !fr_is_cancelled(b->call.session); p++) {
            uint8_t *verdict = verdicts + p * m->unit_count + u;
            if (!fr_minima_is_line(b->call.problem)) {
                fr_region_begin(w->region, &w->data, m->points[p]);
                *verdict = (uint8_t)fr_region_decide(w->region, width);
                continue;
            }
            fr_line_begin(&w->line, &w->data, m->points[p]);
            const int64_t bad = fr_line_units(&w->line, &w->data, width);
            if (bad >= 0) atomic_store(&b->bad_unit, bad + 1);
            const bool feasible = fr_line_is_feasible(&w->line, width);
            *verdict = w->line.inexact ? FR_UNDECIDED : feasible ? FR_FEASIBLE : FR_INFEASIBLE;
        }
    }
}

static void run_trial(void *context, int64_t item, int index) {
    batch *b = context;
    worker *w = &b->workers[index];
    if (fr_is_cancelled(b->call.session) || atomic_load(&b->out_of_memory)) return;
    if (!prepare(b, w)) {
        atomic_store(&b->out_of_memory, 1);
        return;
    }
    const fr_minima *m = b->call.minima;
    fr_width_bracket *brackets = b->call.brackets + item * m->point_count;
    uint8_t *verdicts = b->call.verdicts + item * m->point_count * m->unit_count;
    const int64_t units = m->unit_count ? m->units[m->unit_count - 1] : 0;
    fr_minima_data_begin(&w->data, b->call.first_trial + (uint64_t)item, item);
    int64_t infeasible = -1;
    const bool teaches = m->labels == FR_LABELS_TEACHER;
    if (teaches) cells_of_teacher(b, w, verdicts);
    for (int64_t p = 0; p < m->point_count; p++) {
        if (teaches) {
            brackets[p] = (fr_width_bracket){-1, -1};
            continue;
        }
        if (fr_is_cancelled(b->call.session)) return;
        uint8_t *row = verdicts + p * m->unit_count;
        brackets[p] = climb(b, w, m->points[p], infeasible, units);
        /* Regions are drawn for each n, so nothing nests in n. */
        const bool drawn = b->call.problem->weight_distribution == FR_WEIGHTS_STEPS || w->data.regions;
        if (!drawn) infeasible = brackets[p].infeasible;
        for (int64_t u = 0; u < m->unit_count; u++) row[u] = fr_minima_verdict(brackets[p], m->units[u]);
    }
    if (fr_is_cancelled(b->call.session)) return;
    b->call.outcomes[item] = FR_COMPUTED;
    const int64_t finished = atomic_fetch_add(&b->finished, 1) + 1;
    atomic_store(&b->call.session->done, (double)finished / (double)b->call.trials);
}

/* Each trial uses one thread, which decides its regions one after the other. */
static fr_status run(const fr_minima_call *call) {
    fr_session *session = call->session;
    const int threads = fr_pool_size(session->pool);
    batch b = {.call = *call, .workers = calloc((size_t)threads, sizeof(worker))};
    if (b.workers) {
        fr_pool_run(session->pool, call->trials, run_trial, &b);
        for (int i = 0; i < threads; i++) release(&b.workers[i]);
        free(b.workers);
    }
    if (!b.workers || atomic_load(&b.out_of_memory)) return fr_minima_no_memory(call);
    if (atomic_load(&b.bad_unit))
        return fr_fail(session, FR_INVALID_ARGUMENT,
                       "given_patterns: unit %lld is no step vector of the sorted points: no unit has that pattern",
                       (long long)atomic_load(&b.bad_unit) - 1);
    return fr_is_cancelled(session) ? fr_fail(session, FR_CANCELLED, "cancelled") : FR_OK;
}

fr_status fr_cpu_minima_with(const fr_minima_call *call, const fr_minima_solver *solvers, int solver_count) {
    fr_session *session = call->session;
    const fr_minima *minima = call->minima;
    fr_begin_call(session);
    fr_status status = check(session, call->problem, minima);
    if (status == FR_OK) status = fr_check_trials(session, call->first_trial, call->trials);
    if (status != FR_OK) return status;
    if (call->trials == 0) return FR_OK;
    const bool has_points = minima->point_count > 0, has_cells = has_points && minima->unit_count > 0;
    if (call->outcomes == NULL || (call->brackets == NULL && has_points) || (call->verdicts == NULL && has_cells))
        return fr_fail(session, FR_INVALID_ARGUMENT, "brackets, verdicts and outcomes must not be NULL");
    for (int64_t i = 0; i < call->trials; i++) call->outcomes[i] = FR_NOT_COMPUTED;
    const bool has_solvers = solver_count > 0 && solver_count <= FR_MOST_SOLVERS;
    const bool is_asked = has_solvers && has_cells && !fr_minima_is_line(call->problem);
    return is_asked ? fr_minima_in_lockstep(call, solvers, solver_count) : run(call);
}

fr_status fr_cpu_minima(fr_session *session, const fr_problem *problem, const fr_minima *minima, uint64_t first_trial,
                        int64_t trials, fr_width_bracket *brackets, uint8_t *verdicts, fr_outcome *outcomes) {
    const fr_minima_call call = {session, problem, minima, first_trial, trials, brackets, verdicts, outcomes};
    return fr_cpu_minima_with(&call, NULL, 0);
}

/* Draws the one trial of a call that concerns all points and units. */
static fr_status begin_one(fr_session *session, const fr_problem *problem, const fr_minima *minima, uint64_t trial,
                           bool keeps_weights, fr_minima_data *data) {
    fr_begin_call(session);
    fr_status status = check(session, problem, minima);
    if (status == FR_OK && minima->given_regions != NULL)
        status = fr_fail(session, FR_INVALID_ARGUMENT, "given_regions: here the problem's given_patterns are meant");
    if (status == FR_OK) status = fr_check_trials(session, trial, 1);
    if (status != FR_OK) return status;
    if (!fr_minima_data_create(data, fr_isa_best(), problem, minima, keeps_weights)) {
        fr_minima_data_destroy(data);
        return fr_fail(session, FR_OUT_OF_MEMORY, "not enough memory for %lld points and %lld units",
                       (long long)problem->points, (long long)problem->units);
    }
    fr_minima_data_begin(data, trial, 0);
    fr_minima_data_teach(data, problem->units);
    return FR_OK;
}

fr_status fr_cpu_minima_samples(fr_session *session, const fr_problem *problem, const fr_minima *minima, uint64_t trial,
                                double *labels, double *outputs, uint64_t *patterns) {
    fr_minima_data data;
    const fr_status status = begin_one(session, problem, minima, trial, false, &data);
    if (status != FR_OK) return status;
    const size_t n = (size_t)problem->points, d1 = (size_t)problem->units;
    if (n) memcpy(labels, data.labels, n * sizeof(double));
    if (d1) memcpy(outputs, data.outputs, d1 * sizeof(double));
    if (n && d1) memcpy(patterns, data.patterns, d1 * (size_t)data.trial.words * sizeof(uint64_t));
    fr_minima_data_destroy(&data);
    return FR_OK;
}

/* Sets weights that are inside the cells of step vectors of one input, for problems that draw no weights. */
static void step_weights(fr_minima_data *d) {
    const int64_t n = d->problem->points, words = d->trial.words;
    for (int64_t unit = 0; unit < d->problem->units; unit++) {
        const uint64_t *pattern = d->patterns + unit * words;
        double ends[2][2] = {{INFINITY, -INFINITY}, {INFINITY, -INFINITY}}; /* [active][least, largest] */
        for (int64_t j = 0; j < n; j++) {
            double *end = ends[pattern[j / 64] >> (j % 64) & 1];
            const double x = fr_minima_input(d, j, 0);
            end[0] = x < end[0] ? x : end[0];
            end[1] = x > end[1] ? x : end[1];
        }
        const bool all = isinf(ends[0][0]), rises = ends[1][0] > ends[0][1];
        d->weights[unit] = all || isinf(ends[1][0]) ? 0 : rises ? 1 : -1;
        const double middle = rises ? (ends[1][0] + ends[0][1]) / 2 : (ends[0][0] + ends[1][1]) / 2;
        d->biases[unit] = all ? 1 : d->weights[unit] == 0 ? -1 : -d->weights[unit] * middle;
    }
}

fr_status fr_cpu_minima_proof(fr_session *session, const fr_problem *problem, const fr_minima *minima, uint64_t trial,
                              fr_minima_proof *proof) {
    fr_minima_data data;
    const fr_status status = begin_one(session, problem, minima, trial, true, &data);
    if (status != FR_OK) return status;
    if (fr_minima_is_line(problem) && problem->weight_distribution > FR_WEIGHTS_GIVEN) step_weights(&data);
    fr_region *region = fr_region_create(problem);
    if (region) {
        fr_region_heed(region, session);
        fr_region_begin(region, &data, problem->points);
        fr_region_decide(region, problem->units);
        fr_region_proof(region, proof);
        proof->has_labels = data.is_exact;
        if (data.is_exact)
            memcpy(proof->labels, data.exact, (size_t)problem->points * FR_LABEL_WORDS * sizeof(uint64_t));
    }
    fr_region_destroy(region);
    fr_minima_data_destroy(&data);
    if (region && fr_is_cancelled(session)) return fr_fail(session, FR_CANCELLED, "cancelled");
    return region ? FR_OK : fr_fail(session, FR_OUT_OF_MEMORY, "not enough memory for %lld points and %lld units",
                                    (long long)problem->points, (long long)problem->units);
}
