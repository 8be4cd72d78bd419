/* Decides many regions side by side, each in a slot of a solver that finds rays for all of them at once. Each answer is
 * then verified by one thread, and each region requests its next width. Two solvers take turns: one solves in its own
 * thread while the pool verifies the answers of the other. A region is a trial and a number of points. A teacher's
 * labels change with the width; with a teacher, all regions of one width are decided before those of the next. */
#include <pthread.h>
#include <stdlib.h>

#include "minima/call.h"
#include "vector/isa.h"
#include "minima/region/region.h"
#include "minima/critical_width.h"

/* The number of regions drawn at once, in multiples of the solver's slots: few enough to keep in memory, and enough
 * that slots are seldom idle. */
#define REGIONS_A_SLOT 4
/* Bound of the memory of trials that are drawn at once, in bytes. */
#define TRIAL_BYTES (INT64_C(1) << 29)

typedef struct seat { /* the work of a slot */
    int64_t item;     /* a trial's place in the chunk times the number of points, plus a place among these; -1: none */
    fr_search search;
    fr_solver_start start;
} seat;

typedef struct lockstep lockstep;

typedef struct group { /* a solver and the contents of its slots */
    lockstep *shared;
    const fr_minima_solver *solver;
    seat *seats;
    int64_t *busy;         /* seats at hand */
    fr_solver_task *tasks; /* that were solved, or are to be */
    int64_t count;
    pthread_t thread;
    bool has_thread;
    fr_status status;
} group;

struct lockstep {
    const fr_minima_call *call;
    group groups[FR_MOST_SOLVERS];
    int group_count;
    fr_minima_data *data; /* of the trials of the chunk */
    int64_t *left;        /* of each of them, items not done yet */
    int64_t capacity, held, first, made;
    fr_region **regions;  /* by worker */
    int64_t taken;        /* items that were put into slots */
    int64_t width_place;  /* of a teacher's width among the units */
    bool teaches;
    _Atomic int64_t done; /* items of the call */
    _Atomic int out_of_memory;
};

static int64_t items_a_trial(const lockstep *l) {
    return l->call->minima->point_count * (l->teaches ? l->call->minima->unit_count : 1);
}

static void draw(void *context, int64_t place, int worker) {
    lockstep *l = context;
    (void)worker;
    fr_minima_data_begin(&l->data[place], l->call->first_trial + (uint64_t)(l->first + place), l->first + place);
    l->left[place] = items_a_trial(l);
}

static void teach(void *context, int64_t place, int worker) {
    lockstep *l = context;
    (void)worker;
    fr_minima_data_teach(&l->data[place], l->call->minima->units[l->width_place]);
}

/* The worker's region, at the seat's trial and points; NULL if memory runs out. */
static fr_region *begin(lockstep *l, const seat *s, int worker) {
    const fr_minima *m = l->call->minima;
    fr_region **region = &l->regions[worker];
    if (!*region && (*region = fr_region_create(l->call->problem))) fr_region_heed(*region, l->call->session);
    if (!*region) {
        atomic_store(&l->out_of_memory, 1);
        return NULL;
    }
    fr_region_begin(*region, &l->data[s->item / m->point_count], m->points[s->item % m->point_count]);
    return *region;
}

/* Marks the item as done, unless its decision was cancelled. */
static void finish(lockstep *l, seat *s, fr_verdict verdict) {
    const fr_minima_call *call = l->call;
    const fr_minima *m = call->minima;
    if (fr_is_cancelled(call->session)) return;
    const int64_t place = s->item / m->point_count, row = l->first * m->point_count + s->item;
    uint8_t *verdicts = call->verdicts + row * m->unit_count;
    if (l->teaches) {
        call->brackets[row] = (fr_width_bracket){-1, -1};
        verdicts[l->width_place] = (uint8_t)verdict;
    } else {
        call->brackets[row] = s->search.found;
        for (int64_t u = 0; u < m->unit_count; u++) verdicts[u] = fr_minima_verdict(s->search.found, m->units[u]);
    }
    s->item = -1;
    if (__atomic_sub_fetch(&l->left[place], 1, __ATOMIC_RELAXED) == 0) call->outcomes[l->first + place] = FR_COMPUTED;
    const int64_t done = atomic_fetch_add(&l->done, 1) + 1;
    atomic_store(&call->session->done, (double)done / ((double)items_a_trial(l) * (double)call->trials));
}

/* Puts an item into its slot, or decides it if it needs no solver. */
static void fill(void *context, int64_t i, int worker) {
    group *g = context;
    lockstep *l = g->shared;
    const fr_minima *m = l->call->minima;
    seat *s = &g->seats[g->busy[i]];
    fr_region *region = begin(l, s, worker);
    if (!region) return;
    fr_solver_region *slot = g->solver->region(g->solver->context, g->busy[i]);
    const int64_t units = m->unit_count ? m->units[m->unit_count - 1] : 0;
    const int64_t width = l->teaches ? m->units[l->width_place] : units;
    fr_search_begin(&s->search, -1, units);
    s->start = FR_START_NEW;
    s->search.width = width;
    const bool by_itself = fr_region_is_trivial(region) || fr_region_dimensions(region) > g->solver->most_dimensions;
    if (l->teaches && by_itself) {
        finish(l, s, fr_region_decide(region, width));
    } else if (!l->teaches && (by_itself || s->search.is_done || fr_region_is_zero(region))) {
        s->search.found = fr_region_width_bracket(region, -1, units);
        finish(l, s, FR_UNDECIDED);
    } else {
        fr_region_hand_out(region, slot);
    }
}

static void judge(void *context, int64_t i, int worker) {
    group *g = context;
    lockstep *l = g->shared;
    seat *s = &g->seats[g->busy[i]];
    fr_region *region = begin(l, s, worker);
    if (!region) return;
    fr_solver_answer answer;
    g->solver->answer(g->solver->context, g->busy[i], &answer);
    bool again;
    const fr_verdict verdict = fr_region_judge(region, s->search.width, &answer, &again);
    atomic_fetch_add(&l->call->session->solved, 1);
    atomic_fetch_add(&l->call->session->solved_again, again);
    if (fr_is_cancelled(l->call->session)) return;
    if (l->teaches) {
        finish(l, s, verdict);
        return;
    }
    const bool keeps = fr_search_tell(&s->search, verdict, fr_region_reach(region));
    s->start = keeps ? FR_START_KEEP : FR_START_KEPT;
    if (s->search.is_done) finish(l, s, FR_UNDECIDED);
}

static fr_status state(const lockstep *l) {
    if (atomic_load(&((lockstep *)l)->out_of_memory)) return fr_minima_no_memory(l->call);
    return fr_is_cancelled(l->call->session) ? fr_fail(l->call->session, FR_CANCELLED, "cancelled") : FR_OK;
}

static void *solve(void *context) {
    group *g = context;
    g->status = g->solver->solve(g->solver->context, g->tasks, g->count);
    return NULL;
}

static void start(group *g) {
    g->has_thread = g->shared->group_count > 1 && pthread_create(&g->thread, NULL, solve, g) == 0;
    if (!g->has_thread) solve(g);
}

static fr_status await(group *g) {
    if (g->has_thread) pthread_join(g->thread, NULL);
    g->has_thread = false;
    if (g->status == FR_OK) return FR_OK;
    return fr_fail(g->shared->call->session, g->status, "%s", g->solver->last_error(g->solver->context));
}

/* Verifies the answers of the group's solver, puts items into free slots, and lists the next tasks. */
static fr_status turn(group *g, int64_t items) {
    lockstep *l = g->shared;
    fr_pool *pool = l->call->session->pool;
    fr_pool_run(pool, g->count, judge, g);
    fr_status status = state(l);
    if (status != FR_OK) return status;
    int64_t fresh = 0;
    g->count = 0;
    for (int64_t slot = 0; slot < g->solver->slots && l->taken < items; slot++)
        if (g->seats[slot].item < 0) {
            g->seats[slot].item = l->taken++;
            g->busy[fresh++] = slot;
        }
    fr_pool_run(pool, fresh, fill, g);
    for (int64_t slot = 0; slot < g->solver->slots; slot++) {
        const seat *s = &g->seats[slot];
        if (s->item < 0) continue;
        g->tasks[g->count] = (fr_solver_task){slot, s->search.width, s->start};
        g->busy[g->count++] = slot;
    }
    return state(l);
}

/* Decides all items of the current trials. */
static fr_status run_items(lockstep *l) {
    const int64_t items = l->held * l->call->minima->point_count;
    l->taken = 0;
    for (int i = 0; i < l->group_count; i++) {
        l->groups[i].count = 0;
        for (int64_t slot = 0; slot < l->groups[i].solver->slots; slot++) l->groups[i].seats[slot].item = -1;
    }
    group *running = NULL;
    for (int64_t round = 0;; round++) {
        group *g = &l->groups[round % l->group_count];
        if (running == g) {
            const fr_status status = await(g);
            if (status != FR_OK) return status;
            running = NULL;
        }
        fr_status status = turn(g, items);
        if (running) { /* awaited even after a failure: its thread uses the group */
            const fr_status other = await(running);
            if (status == FR_OK) status = other;
        }
        if (status != FR_OK) return status;
        int64_t waiting = 0;
        for (int i = 0; i < l->group_count; i++) waiting += l->groups[i].count;
        if (waiting == 0 && l->taken == items) return FR_OK;
        running = NULL;
        if (g->count == 0) continue;
        start(g);
        running = g;
    }
}

static fr_status run(lockstep *l) {
    const fr_minima_call *call = l->call;
    for (l->first = 0; l->first < call->trials; l->first += l->held) {
        l->held = call->trials - l->first < l->capacity ? call->trials - l->first : l->capacity;
        for (; l->made < l->held; l->made++)
            if (!fr_minima_data_create(&l->data[l->made], fr_isa_best(), call->problem, call->minima, true)) {
                fr_minima_data_destroy(&l->data[l->made]);
                return fr_minima_no_memory(call);
            }
        fr_pool_run(call->session->pool, l->held, draw, l);
        const int64_t rounds = l->teaches ? call->minima->unit_count : 1;
        for (l->width_place = 0; l->width_place < rounds; l->width_place++) {
            if (l->teaches) fr_pool_run(call->session->pool, l->held, teach, l);
            const fr_status status = run_items(l);
            if (status != FR_OK) return status;
        }
    }
    return FR_OK;
}

fr_status fr_minima_in_lockstep(const fr_minima_call *call, const fr_minima_solver *solvers, int solver_count) {
    const fr_problem *p = call->problem;
    const int64_t points = call->minima->point_count;
    const int threads = fr_pool_size(call->session->pool);
    atomic_store(&call->session->solved, 0);
    atomic_store(&call->session->solved_again, 0);
    lockstep l = {.call = call, .group_count = solver_count, .teaches = call->minima->labels == FR_LABELS_TEACHER};
    int64_t slots = 0;
    bool made = true;
    for (int i = 0; i < solver_count; i++) {
        group *g = &l.groups[i];
        const size_t held = (size_t)solvers[i].slots;
        *g = (group){.shared = &l, .solver = &solvers[i], .seats = calloc(held, sizeof *g->seats),
                     .busy = calloc(held, sizeof *g->busy), .tasks = calloc(held, sizeof *g->tasks)};
        made = made && g->seats && g->busy && g->tasks;
        slots += solvers[i].slots;
    }
    const double trial_bytes = fr_minima_trial_bytes(p);
    l.capacity = (REGIONS_A_SLOT * slots + points - 1) / points;
    if ((double)l.capacity * trial_bytes > (double)TRIAL_BYTES)
        l.capacity = (int64_t)((double)TRIAL_BYTES / trial_bytes);
    if (l.capacity > call->trials) l.capacity = call->trials;
    if (l.capacity < 1) l.capacity = 1;
    l.data = calloc((size_t)l.capacity, sizeof *l.data);
    l.left = calloc((size_t)l.capacity, sizeof *l.left);
    l.regions = calloc((size_t)threads, sizeof *l.regions);
    made = made && l.data && l.left && l.regions;
    const fr_status status = made ? run(&l) : fr_minima_no_memory(call);
    for (int64_t i = 0; i < l.made; i++) fr_minima_data_destroy(&l.data[i]);
    for (int i = 0; l.regions && i < threads; i++) fr_region_destroy(l.regions[i]);
    free(l.data);
    free(l.left);
    free(l.regions);
    for (int i = 0; i < solver_count; i++) {
        free(l.groups[i].seats);
        free(l.groups[i].busy);
        free(l.groups[i].tasks);
    }
    return status;
}

void fr_cpu_minima_counts(fr_session *session, int64_t *answers, int64_t *again) {
    *answers = atomic_load(&session->solved);
    *again = atomic_load(&session->solved_again);
}
