/* Ranks of many parameter sets, of one network or of several. Small sets are ranked side by side, one on each thread;
 * all threads work on one set if it is large or alone. */
#include <stdlib.h>
#include <string.h>

#include "network/ranker.h"
#include "session/memory.h"
#include "table.h"

/* Below these many rows of an elimination a set is too short to be split over threads. */
#define SMALL_ROWS 512
/* Without a limit of its own a session ranks sets side by side while they take less than this. */
#define DEFAULT_MEMORY ((double)((size_t)2 << 30))

/* A parameter set: its network, its number there, and where its rank goes. */
typedef struct item {
    int64_t network, set, place;
    fr_ranker_size size;
} item;

typedef struct batch {
    fr_ranking ranking;
    const fr_network *networks;
    int64_t count;
    fr_network_shape *shapes;
    item *items; /* the largest first */
    int64_t item_count;
    fr_network_rank *ranks; /* NULL with blocks */
    const fr_network_blocks *blocks; /* NULL, or of the one network, with block_ranks */
    int64_t *block_ranks;
    fr_outcome *outcomes;
    fr_ranker *rankers;
    fr_pool *inner_pool; /* not NULL: sets one after the other, each on the pool */
    _Atomic int out_of_memory;
    _Atomic int64_t failed; /* network, if out of memory */
} batch;

static void run_item(void *context, int64_t index, int thread) {
    batch *b = context;
    fr_session *session = b->ranking.session;
    if (fr_is_cancelled(session) || atomic_load(&b->out_of_memory)) return;
    const item *at = &b->items[index];
    const fr_status status = fr_ranker_run(&b->rankers[thread], &b->ranking, &b->shapes[at->network], at->set,
                                           b->inner_pool, b->item_count == 1 ? &session->done : NULL,
                                           b->ranks ? &b->ranks[at->place] : NULL, &b->outcomes[at->place]);
    if (status == FR_OUT_OF_MEMORY) {
        atomic_store(&b->failed, at->network);
        atomic_store(&b->out_of_memory, 1);
    }
    if (status == FR_OK && b->item_count > 1) fr_add_done(session, 1.0 / (double)b->item_count);
}

static int by_size(const void *a, const void *b) {
    const item *left = a, *right = b;
    if (left->size.rows != right->size.rows) return left->size.rows < right->size.rows ? 1 : -1;
    return left->place < right->place ? -1 : 1;
}

static bool make_items(batch *b) {
    for (int64_t i = 0; i < b->count; i++) b->item_count += b->networks[i].sets;
    b->items = calloc((size_t)b->item_count + 1, sizeof *b->items);
    if (!b->items) return false;
    int64_t place = 0;
    for (int64_t i = 0; i < b->count; i++) {
        const fr_ranker_size size = fr_ranker_size_of(&b->shapes[i]);
        for (int64_t set = 0; set < b->networks[i].sets; set++, place++)
            b->items[place] = (item){i, set, place, size};
    }
    if (b->count > 1) qsort(b->items, (size_t)b->item_count, sizeof *b->items, by_size);
    return true;
}

/* The first items are too large to be ranked side by side; of those that are not small, whole rounds of one for each
 * thread are. Returns how many run on the whole pool. */
static int64_t on_whole_pool(const batch *b) {
    const int threads = fr_pool_size(b->ranking.session->pool);
    const uint64_t given = b->ranking.session->memory_limit_bytes;
    const double limit = given ? (double)given : DEFAULT_MEMORY;
    if (threads == 1) return b->item_count;
    int64_t whole = 0, large = 0;
    for (int64_t i = 0; i < b->item_count; i++) {
        if (b->items[i].size.bytes * threads > limit) whole = i + 1;
        large += b->items[i].size.rows > SMALL_ROWS;
    }
    return whole < large ? whole + (large - whole) % threads : whole;
}

static void run_all(batch *b) {
    fr_pool *pool = b->ranking.session->pool;
    const int64_t whole = on_whole_pool(b);
    b->inner_pool = fr_pool_size(pool) > 1 ? pool : NULL;
    for (int64_t i = 0; i < whole; i++) run_item(b, i, 0);
    b->inner_pool = NULL;
    b->items += whole;
    fr_pool_run(pool, b->item_count - whole, run_item, b);
    b->items -= whole;
}

/* Every network is looked at before any is ranked. */
static fr_status make_shapes(batch *b, uint32_t prime) {
    fr_session *session = b->ranking.session;
    b->shapes = calloc((size_t)b->count + 1, sizeof *b->shapes);
    if (!b->shapes) return fr_fail(session, FR_OUT_OF_MEMORY, "not enough memory for %lld networks", (long long)b->count);
    for (int64_t i = 0; i < b->count; i++) {
        const fr_status status = fr_network_shape_make(session, &b->networks[i], prime, &b->shapes[i]);
        if (status == FR_OK && b->blocks) {
            b->shapes[i].in_blocks = true;
            b->shapes[i].by_unit = b->networks[i].layer_count == 2;
        }
        if (status == FR_OK) continue;
        if (b->count == 1) return status;
        char words[sizeof session->error];
        memcpy(words, session->error, sizeof words);
        return fr_fail(session, status, "network %lld: %.400s", (long long)i, words);
    }
    return FR_OK;
}

static void destroy(batch *b) {
    for (int i = 0; b->rankers && i < fr_pool_size(b->ranking.session->pool); i++) fr_ranker_destroy(&b->rankers[i]);
    free(b->rankers);
    free(b->items);
    free(b->shapes);
    fr_ranking_destroy(&b->ranking);
}

static fr_status rank_all(batch *b, uint32_t prime) {
    fr_session *session = b->ranking.session;
    fr_status status = make_shapes(b, prime);
    if (status == FR_OK && b->blocks) status = fr_check_blocks(session, b->networks, b->blocks);
    if (status != FR_OK) return status;
    b->rankers = calloc((size_t)fr_pool_size(session->pool), sizeof *b->rankers);
    if (!b->rankers || !make_items(b) || !fr_ranking_create(&b->ranking, session, prime))
        return fr_fail(session, FR_OUT_OF_MEMORY, "not enough memory for %lld networks", (long long)b->count);
    if (b->item_count == 0) return FR_OK;
    const bool has_ranks = b->blocks ? b->block_ranks != NULL : b->ranks != NULL;
    if (!has_ranks || !b->outcomes)
        return fr_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", has_ranks ? "outcomes" : "ranks");
    b->ranking.blocks = b->blocks;
    b->ranking.block_ranks = b->block_ranks;
    for (int64_t i = 0; i < b->item_count; i++) b->outcomes[i] = FR_NOT_COMPUTED;
    run_all(b);
    if (atomic_load(&b->out_of_memory)) {
        const fr_network_shape *shape = &b->shapes[atomic_load(&b->failed)];
        return fr_fail(session, FR_OUT_OF_MEMORY,
                       "not enough memory for %lld parameters on %lld rows: the elimination takes "
                       "%.3g GB",
                       (long long)shape->columns, (long long)shape->rows, fr_ranker_size_of(shape).bytes * 1e-9);
    }
    return fr_is_cancelled(session) ? fr_fail(session, FR_CANCELLED, "cancelled") : FR_OK;
}

fr_status fr_cpu_network_batch_ranks(fr_session *session, const fr_network *networks, int64_t count, uint32_t prime,
                                     fr_network_rank *ranks, fr_outcome *outcomes) {
    fr_begin_call(session);
    const fr_status status = fr_check_prime(session, prime);
    if (status != FR_OK) return status;
    if (count < 0 || (count > 0 && !networks))
        return fr_fail(session, FR_INVALID_ARGUMENT, "%lld networks, networks is %s", (long long)count,
                       networks ? "not NULL" : "NULL");
    batch b = {.ranking = {.session = session}, .networks = networks, .count = count, .ranks = ranks,
               .outcomes = outcomes};
    const fr_status result = rank_all(&b, prime);
    destroy(&b);
    return result;
}

fr_status fr_cpu_network_ranks(fr_session *session, const fr_network *network, uint32_t prime, fr_network_rank *ranks,
                               fr_outcome *outcomes) {
    if (network) return fr_cpu_network_batch_ranks(session, network, 1, prime, ranks, outcomes);
    fr_begin_call(session);
    return fr_fail(session, FR_INVALID_ARGUMENT, "network is NULL");
}

fr_status fr_cpu_network_block_ranks(fr_session *session, const fr_network *network, uint32_t prime,
                                     const fr_network_blocks *blocks, int64_t *ranks, fr_outcome *outcomes) {
    fr_begin_call(session);
    const fr_status status = fr_check_prime(session, prime);
    if (status != FR_OK) return status;
    if (!network || !blocks)
        return fr_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", network ? "blocks" : "network");
    batch b = {.ranking = {.session = session}, .networks = network, .count = 1, .blocks = blocks,
               .block_ranks = ranks, .outcomes = outcomes};
    const fr_status result = rank_all(&b, prime);
    destroy(&b);
    return result;
}
