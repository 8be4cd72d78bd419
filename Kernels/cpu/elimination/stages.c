/* Batches of rank profiles. Many trials run in parallel, each on one thread with its own workspace. All threads work on
 * one trial if it is the only one, or if a workspace for each thread would not fit. */
#include <stdlib.h>
#include <string.h>

#include "elimination/deep_columns.h"
#include "elimination/dense_columns.h"
#include "elimination/khatri_rao.h"
#include "column_proof/byte_engine.h"
#include "column_proof/column_proof.h"
#include "fullrank_memory.h"
#include "order/order.h"
#include "table.h"

/* Without a limit of its own a session runs trials side by side while their workspaces stay below this. */
#define DEFAULT_WORKSPACES ((size_t)2 << 30)

/* Below this a trial is too short to be split over threads. */
#define SMALL_ROWS 512

typedef struct batch batch;

/* What the items of a batch are, and with it which column generator the elimination reads. */
typedef enum batch_mode {
    SHALLOW_TRIALS,  /* Jacobians of shallow networks, by fr_khatri_rao */
    COLUMN_PROFILES, /* the same; profiles are ascending, and column_proof/column_proof.h is tried first */
    DEEP_TRIALS,     /* Jacobians of deep networks, by fr_deep_generator */
    DENSE_MATRICES,  /* matrices of the caller, by fr_dense_generator */
} batch_mode;

typedef struct worker {
    fr_trial trial;
    fr_khatri_rao khatri_rao;
    fr_dense_generator dense;
    fr_deep_network network;
    fr_deep_generator deep;
    fr_column_proof proof;
    fr_byte_engine engine; /* of the proof */
    fr_workspace *workspace;
    bool ready, proof_ready, failed;
} worker;

struct batch {
    fr_session *session;
    const fr_isa *isa;
    fr_field field;
    double *powers, inverses[FR_INVERSES];
    batch_mode mode;
    const fr_problem *problem; /* unless dense matrices; of deep trials, the last layer's */
    const int64_t *widths;     /* deep trials: units of the `earlier` layers before the problem's */
    int64_t earlier;
    uint64_t first_trial;
    const double *matrices;    /* dense matrices: items x rows x columns */
    int64_t items, rows, columns;
    int64_t *pivot_columns;
    uint8_t *proofs;           /* column profiles: 1 if the trial's profile is proved */
    fr_outcome *outcomes;
    worker *workers;
    fr_pool *inner_pool; /* not NULL: items one after the other, each on the pool */
    _Atomic int64_t finished;
    _Atomic int out_of_memory;
};

static bool is_shallow(const batch *b) { return b->mode == SHALLOW_TRIALS || b->mode == COLUMN_PROFILES; }

/* Allocates what the elimination modulo the batch's prime needs. Column profiles get here only when a proof fails. */
static bool prepare(batch *b, worker *w) {
    if (w->workspace || w->failed) return !w->failed;
    const fr_residues residues = fr_residues_make(b->field, b->powers);
    bool made = false;
    switch (b->mode) {
    case DEEP_TRIALS:
        made = fr_deep_network_create(&w->network, b->isa, b->problem, b->widths, b->earlier) &&
               fr_deep_generator_create(&w->deep, &w->network, residues, fr_block_columns(b->rows));
        break;
    case SHALLOW_TRIALS:
    case COLUMN_PROFILES:
        made = fr_khatri_rao_create(&w->khatri_rao, &w->trial, residues, fr_block_columns(b->rows));
        break;
    case DENSE_MATRICES: {
        const int64_t most = fr_initial_lu_columns(b->rows), leading = b->columns < most ? b->columns : most;
        made = fr_dense_generator_create(&w->dense, b->isa, residues, b->rows, b->columns, leading,
                                         fr_block_columns(b->rows));
        break;
    }
    }
    if (made) w->workspace = fr_workspace_create(b->rows);
    w->failed = !w->workspace; /* release destroys what there is */
    return !w->failed;
}

static bool prepare_trial(batch *b, worker *w) {
    if (w->ready) return !w->failed;
    w->ready = true;
    w->failed = !fr_trial_create(&w->trial, b->isa, b->problem);
    return !w->failed;
}

static void release(batch *b, int count) {
    for (int i = 0; i < count; i++) {
        worker *w = &b->workers[i];
        fr_column_proof_destroy(&w->proof);
        fr_byte_engine_destroy(&w->engine);
        fr_khatri_rao_destroy(&w->khatri_rao);
        fr_trial_destroy(&w->trial);
        fr_dense_generator_destroy(&w->dense);
        fr_deep_generator_destroy(&w->deep);
        fr_deep_network_destroy(&w->network);
        fr_workspace_destroy(w->workspace);
    }
    free(b->workers);
    free(b->powers);
}

/* An exponent of ones carries into the sign's place: a loop without branches, which compilers vectorise. */
static bool all_finite(const double *x, int64_t count) {
    uint64_t carries = 0;
    for (int64_t i = 0; i < count; i++)
        carries |= (fr_bits_of_double(x[i]) & UINT64_C(0x7FF0000000000000)) + UINT64_C(0x0010000000000000);
    return carries >> 63 == 0;
}

static void finished(batch *b, int64_t item) {
    b->outcomes[item] = FR_COMPUTED;
    const int64_t count = atomic_fetch_add(&b->finished, 1) + 1;
    if (b->items > 1) atomic_store(&b->session->done, (double)count / (double)b->items);
}

/* Whether the profile of the trial begun is proved. Any other failure shows in the elimination. */
static bool prove(batch *b, worker *w, int64_t item) {
    if (!fr_column_proof_pays(b->problem)) return false;
    if (!w->proof_ready) {
        w->proof_ready = true;
        const int threads = b->inner_pool ? fr_pool_size(b->inner_pool) : 1;
        if (!fr_byte_engine_create(&w->engine, b->session, &w->trial, threads) ||
            !fr_column_proof_create(&w->proof, b->problem, w->engine.engine.block)) {
            atomic_store(&b->out_of_memory, 1);
            return false;
        }
    }
    w->engine.pool = b->inner_pool;
    w->engine.done = b->items == 1 ? &b->session->done : NULL;
    const fr_proof_outcome outcome =
        fr_column_proof_profile(&w->proof, &w->engine.engine, b->pivot_columns + item * b->rows);
    if (outcome == FR_PROOF_NO_MEMORY) atomic_store(&b->out_of_memory, 1);
    return outcome == FR_PROVED;
}

/* Ascending, -1 last. */
static int by_column(const void *a, const void *b) {
    const uint64_t left = (uint64_t)*(const int64_t *)a, right = (uint64_t)*(const int64_t *)b;
    return (left > right) - (left < right);
}

/* The item's columns, or NULL if they are not all finite; the outcome then says so. */
static fr_column_generator *begin(batch *b, worker *w, int64_t item) {
    switch (b->mode) {
    case DEEP_TRIALS:
        if (!fr_deep_network_begin(&w->network, b->first_trial + (uint64_t)item)) break;
        fr_deep_generator_begin(&w->deep);
        return &w->deep.generator;
    case SHALLOW_TRIALS:
    case COLUMN_PROFILES:
        fr_khatri_rao_begin(&w->khatri_rao);
        return &w->khatri_rao.generator;
    case DENSE_MATRICES: {
        const double *matrix = b->matrices + item * b->rows * b->columns;
        if (!all_finite(matrix, b->rows * b->columns)) break;
        fr_dense_generator_begin(&w->dense, matrix);
        return &w->dense.generator;
    }
    }
    b->outcomes[item] = FR_NOT_FINITE;
    return NULL;
}

static void run_item(void *context, int64_t item, int index) {
    batch *b = context;
    worker *w = &b->workers[index];
    if (fr_is_cancelled(b->session) || atomic_load(&b->out_of_memory)) return;
    if (is_shallow(b) && prepare_trial(b, w)) {
        fr_trial_begin(&w->trial, b->first_trial + (uint64_t)item);
        if (b->mode == COLUMN_PROFILES) {
            b->proofs[item] = prove(b, w, item);
            if (b->proofs[item]) return finished(b, item);
        }
        if (fr_is_cancelled(b->session) || atomic_load(&b->out_of_memory)) return;
    }
    if (!prepare(b, w)) {
        atomic_store(&b->out_of_memory, 1);
        return;
    }
    fr_column_generator *generator = begin(b, w, item);
    if (!generator) return;
    const fr_elimination elimination = {b->session, {b->isa, b->field, b->inverses, b->inner_pool},
                                        b->items == 1 ? &b->session->done : NULL};
    int64_t *pivots = b->pivot_columns + item * b->rows;
    if (fr_eliminate(w->workspace, &elimination, generator, b->rows, pivots) != FR_OK) return;
    if (b->mode == COLUMN_PROFILES && b->rows > 0) qsort(pivots, (size_t)b->rows, sizeof *pivots, by_column);
    finished(b, item);
}

static size_t workspace_memory(const batch *b) {
    const size_t n = (size_t)b->rows;
    size_t bytes = fr_workspace_memory(b->rows);
    if (b->mode == COLUMN_PROFILES && fr_column_proof_pays(b->problem))
        bytes += fr_byte_engine_memory(b->rows, b->problem->inputs + b->problem->bias, 1);
    if (b->mode != DENSE_MATRICES) bytes += 3 * n * (size_t)(b->problem->inputs + 1) * 8 + ((size_t)40 << 20);
    for (int64_t l = 0; b->mode == DEEP_TRIALS && l <= b->earlier; l++) {
        const size_t units = (size_t)(l < b->earlier ? b->widths[l] : b->problem->units);
        const size_t inputs = (size_t)(l ? b->widths[l - 1] : b->problem->inputs);
        bytes += (3 * n * (units + inputs) + 2 * units * inputs) * sizeof(double);
    }
    return bytes;
}

uint64_t fr_cpu_rank_memory(int64_t rows, int64_t columns_per_unit, int32_t columns_only) {
    const fr_problem problem = {.points = rows, .inputs = columns_per_unit};
    const size_t pivots = fr_bytes(rows, 1, sizeof(int64_t)), exact = fr_workspace_memory(rows);
    const bool proved = columns_only && fr_column_proof_pays(&problem);
    const size_t small = proved ? fr_byte_engine_memory(rows, columns_per_unit, 1) : SIZE_MAX;
    return (small < exact ? small : exact) + pivots;
}

static fr_status run(batch *b, uint32_t prime) {
    fr_session *session = b->session;
    const fr_status status = fr_check_prime(session, prime);
    if (status != FR_OK) return status;
    if (b->items == 0) return FR_OK;
    if (b->outcomes == NULL || (b->pivot_columns == NULL && b->rows > 0))
        return fr_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", b->outcomes ? "pivot_columns" : "outcomes");
    for (int64_t i = 0; i < b->items; i++) b->outcomes[i] = FR_NOT_COMPUTED;
    b->isa = fr_isa_best();
    b->field = fr_field_make(prime);
    b->powers = calloc(FR_POWER_COUNT, sizeof(double));
    const int threads = fr_pool_size(session->pool);
    b->workers = calloc((size_t)threads, sizeof(worker));
    if (b->powers && b->workers) {
        fr_fill_powers_of_two(b->field, b->powers);
        fr_fill_inverses(b->field, b->inverses);
        const size_t limit = session->memory_limit_bytes ? session->memory_limit_bytes : DEFAULT_WORKSPACES;
        const bool side_by_side = workspace_memory(b) * (size_t)threads <= limit;
        /* Rounds of one item for each thread; the rest, and items that are too large, run on the whole pool. */
        int64_t parallel = side_by_side ? b->items : 0;
        if (b->rows > SMALL_ROWS) parallel -= parallel % threads;
        fr_pool_run(session->pool, parallel, run_item, b);
        b->inner_pool = threads > 1 ? session->pool : NULL;
        for (int64_t i = parallel; i < b->items; i++) run_item(b, i, 0);
    } else {
        atomic_store(&b->out_of_memory, 1);
    }
    release(b, b->workers ? threads : 0);
    if (atomic_load(&b->out_of_memory))
        return fr_fail(session, FR_OUT_OF_MEMORY, "not enough memory to eliminate %lld rows", (long long)b->rows);
    if (fr_is_cancelled(session)) return fr_fail(session, FR_CANCELLED, "cancelled");
    return FR_OK;
}

fr_status fr_cpu_rank_profiles(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t first_trial,
                               int64_t trials, int64_t *pivot_columns, fr_outcome *outcomes) {
    fr_begin_call(session);
    fr_status status = fr_check_problem(session, problem);
    if (status == FR_OK) status = fr_check_trials(session, first_trial, trials);
    if (status == FR_OK) status = fr_check_prime(session, prime);
    if (status != FR_OK) return status;
    if (prime >= FR_ORDER_LEAST_PRIME && fr_order_applies(problem))
        return fr_order_profiles(session, problem, first_trial, trials, pivot_columns, outcomes);
    batch b = {.mode = SHALLOW_TRIALS, .session = session, .problem = problem, .first_trial = first_trial,
               .items = trials, .rows = problem->points, .pivot_columns = pivot_columns, .outcomes = outcomes};
    return run(&b, prime);
}

fr_status fr_cpu_column_profiles(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t first_trial,
                                 int64_t trials, int64_t *pivot_columns, uint8_t *proofs, fr_outcome *outcomes) {
    fr_begin_call(session);
    fr_status status = fr_check_problem(session, problem);
    if (status == FR_OK) status = fr_check_trials(session, first_trial, trials);
    if (status != FR_OK) return status;
    if (proofs == NULL && trials > 0) return fr_fail(session, FR_INVALID_ARGUMENT, "proofs is NULL");
    batch b = {.mode = COLUMN_PROFILES, .session = session, .problem = problem, .first_trial = first_trial,
               .items = trials, .rows = problem->points, .pivot_columns = pivot_columns, .proofs = proofs,
               .outcomes = outcomes};
    return run(&b, prime);
}

fr_status fr_cpu_deep_rank_profiles(fr_session *session, const fr_problem *problem, const int64_t *widths,
                                    int64_t earlier, uint32_t prime, uint64_t first_trial, int64_t trials,
                                    int64_t *pivot_columns, fr_outcome *outcomes) {
    fr_begin_call(session);
    fr_status status = fr_check_deep(session, problem, widths, earlier);
    if (status == FR_OK) status = fr_check_trials(session, first_trial, trials);
    if (status != FR_OK) return status;
    batch b = {.mode = DEEP_TRIALS, .session = session, .problem = problem, .widths = widths, .earlier = earlier,
               .first_trial = first_trial, .items = trials, .rows = problem->points, .pivot_columns = pivot_columns,
               .outcomes = outcomes};
    return run(&b, prime);
}

fr_status fr_cpu_matrix_rank_profiles(fr_session *session, const double *matrices, int64_t count, int64_t rows,
                                      int64_t columns, uint32_t prime, int64_t *pivot_columns,
                                      fr_outcome *outcomes) {
    fr_begin_call(session);
    if (count < 0 || rows < 0 || columns < 0 || rows > INT32_MAX || columns > INT32_MAX)
        return fr_fail(session, FR_INVALID_ARGUMENT, "%lld matrices of %lld x %lld: sizes from 0 to 2^31 - 1",
                       (long long)count, (long long)rows, (long long)columns);
    if (matrices == NULL && count > 0 && rows > 0 && columns > 0)
        return fr_fail(session, FR_INVALID_ARGUMENT, "matrices is NULL");
    batch b = {.mode = DENSE_MATRICES, .session = session, .matrices = matrices, .items = count, .rows = rows,
               .columns = columns, .pivot_columns = pivot_columns, .outcomes = outcomes};
    return run(&b, prime);
}
