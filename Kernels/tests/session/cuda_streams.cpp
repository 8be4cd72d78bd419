// Streams: every item once whatever happens, the first failure's words, fewer streams if memory is short; and
// profiles of several trials at a time, which must not depend on the streams.
#include <atomic>
#include <cstring>
#include <functional>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

#include "support/device_session.h"
#include "support/sessions.h"

#include "elimination/large/elimination.cuh"

// Until so many streams wait here, or for a second: tests must not hang where a stream is missing.
struct Meeting {
    std::atomic<int> come{0};
    void wait(int count) {
        come++;
        for (int i = 0; i < 1000 && come < count; i++) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
};

static fr_status run(Session &session, int64_t items, int streams, const LaneWork &work) {
    session.at.cancelled = 0;
    session.at.error[0] = 0;
    return fr_cuda_run_streams(&session.at, {items, streams, 1.0}, work);
}

static void test_items() {
    Session session;
    for (const int streams : {1, 2, 4, 8, 100})
        for (const int64_t items : {0, 1, 3, 50}) {
            std::vector<std::atomic<int>> times(size_t(items) + 1);
            std::atomic<int> begun{0};
            CHECK(run(session, items, streams, [&](StreamContext *context, StreamItems &source) {
                      begun++;
                      if (context->session != &session.at) abort();
                      int64_t item;
                      while (source.next(&item)) {
                          times[size_t(item)]++;
                          source.tell_done(0.5);
                      }
                      return FR_OK;
                  }) == FR_OK, "%s", session.at.error);
            for (int64_t i = 0; i < items; i++) CHECK(times[size_t(i)] == 1, "item %lld", (long long)i);
            CHECK(begun <= streams && begun <= items && begun <= fr_most_streams, "%d streams", int(begun));
            CHECK(items == 0 || std::fabs(session.at.done - 1.0) < 1e-12, "done %g", double(session.at.done));
        }
}

// Progress never goes back, nor beyond what is done, while streams tell of theirs; it moves over the stage's share.
static void test_progress() {
    Session session;
    fr_cuda_next_share(&session.at, 0.25, 0.5);
    std::mutex mutex;
    double before = 0.25;
    CHECK(run(session, 12, 3, [&](StreamContext *, StreamItems &source) {
              int64_t item;
              while (source.next(&item))
                  for (int i = 1; i <= 10; i++) {
                      std::lock_guard<std::mutex> lock(mutex);
                      source.tell_done(i / 10.0);
                      CHECK(session.at.done > before && session.at.done < 0.75 + 1e-12, "%g after %g",
                            double(session.at.done), before);
                      before = session.at.done;
                  }
              return FR_OK;
          }) == FR_OK, "%s", session.at.error);
    CHECK(std::fabs(session.at.done - 0.75) < 1e-12, "done %g", double(session.at.done));
}

// Streams that starve hand their item back; alone, one fails.
static void test_starving() {
    Session session;
    for (const int enough : {3, 2, 1}) { // streams for which there is memory
        std::vector<std::atomic<int>> done(20);
        std::atomic<int> fed{0}, rounds{0};
        std::mutex mutex;
        CHECK(run(session, 20, 4, [&](StreamContext *context, StreamItems &source) {
                  if (context == &session.at) {
                      rounds++;
                      fed = 0;
                  }
                  int64_t item;
                  while (source.next(&item)) {
                      source.tell_done(0.5);
                      if (context != &session.at && context != session.at.streams[1] && enough < 3)
                          return fr_cuda_fail(context, FR_OUT_OF_MEMORY, "starved");
                      if (context != &session.at && enough < 2) throw std::bad_alloc();
                      done[size_t(item)]++;
                  }
                  return FR_OK;
              }) == FR_OK, "%s", session.at.error);
        for (size_t i = 0; i < done.size(); i++) CHECK(done[i] == 1, "item %zu: %d times", i, int(done[i]));
        CHECK(std::fabs(session.at.done - 1.0) < 1e-12, "done %g", double(session.at.done));
    }
    // No stream has enough while there are others: rounds of 4, 2 and 1.
    std::atomic<int> streams{0};
    std::atomic<int> finished{0};
    CHECK(run(session, 5, 4, [&](StreamContext *context, StreamItems &source) {
              streams++;
              if (context->memory_share != 0) return fr_cuda_fail(context, FR_OUT_OF_MEMORY, "share");
              int64_t item;
              while (source.next(&item)) finished++;
              return FR_OK;
          }) == FR_OK, "%s", session.at.error);
    CHECK(streams == 7 && finished == 5, "%d streams, %d items", int(streams), int(finished));
    CHECK(run(session, 5, 4, [&](StreamContext *context, StreamItems &source) {
              int64_t item;
              while (source.next(&item))
                  return fr_cuda_fail(context, FR_OUT_OF_MEMORY,
                                      context->memory_share ? "not yet" : "the last one's words");
              return FR_OK;
          }) == FR_OUT_OF_MEMORY, "no memory at all");
    CHECK_WORDS(session.at.error, "the last one's words");
}

// The first failure ends the call with its words, and what the stopped streams say is not heard.
static void test_failures() {
    Session session;
    for (int failing = 0; failing < 3; failing++) {
        Meeting meeting;
        CHECK(run(session, 100, 3, [&](StreamContext *context, StreamItems &source) {
                  int64_t item;
                  while (source.next(&item)) {
                      meeting.wait(3);
                      if (context == (failing == 0 ? &session.at : session.at.streams[failing]))
                          return fr_cuda_fail(context, FR_DEVICE_LOST, "stream %d fell", failing);
                      while (!fr_cuda_is_cancelled(context)) std::this_thread::yield();
                      return fr_cuda_fail(context, FR_CANCELLED, "cancelled");
                  }
                  return FR_OK;
              }) == FR_DEVICE_LOST, "%s", session.at.error);
        char words[32];
        snprintf(words, sizeof words, "stream %d fell", failing);
        CHECK(strcmp(session.at.error, words) == 0, "\"%s\"", session.at.error);
    }
    CHECK(run(session, 9, 2, [&](StreamContext *, StreamItems &) -> fr_status { throw 7; }) == FR_INTERNAL, "thrown");
    CHECK_WORDS(session.at.error, "exception");
}

static void test_cancellation() {
    Session session;
    std::atomic<int> finished{0};
    CHECK(run(session, 1000, 4, [&](StreamContext *, StreamItems &source) {
              int64_t item;
              while (source.next(&item))
                  if (++finished == 10) session.at.cancelled = 1;
              return FR_OK;
          }) == FR_CANCELLED, "cancelled");
    CHECK_WORDS(session.at.error, "cancelled");
    CHECK(finished < 1000, "%d items", int(finished));
    CHECK(run(session, 3, 1, [&](StreamContext *, StreamItems &source) {
              int64_t item;
              while (source.next(&item)) session.at.cancelled = item == 2;
              return FR_OK;
          }) == FR_OK, "cancelled after the last");
}

// Trials of one problem over streams, in the memory of so many: equal to the CPU's.
static void compare_lanes(fr_session *cpu, const fr_problem &p, int64_t trials, int streams, size_t memory) {
    const size_t numbers = size_t(trials * p.points);
    std::vector<int64_t> expected(numbers), pivots(numbers);
    std::vector<fr_outcome> outcomes(static_cast<size_t>(trials));
    CHECK(fullrank_cpu_backend_v1()->rank_profiles(cpu, &p, 8388593, 3, trials, expected.data(), outcomes.data()) ==
              FR_OK, "CPU");
    Session session;
    session.at.memory_limit_bytes = memory;
    fr_large_options options;
    options.small_tiles = true;
    options.block = 12;
    options.unit_batch = 7;
    options.spare_bytes = 0;
    options.streams = streams;
    std::fill(outcomes.begin(), outcomes.end(), FR_NOT_CONVERGED);
    CHECK(fr_cuda_eliminate_large_with(&session.at, options, &p, 8388593, 3, trials, pivots.data(), outcomes.data()) ==
              FR_OK, "%s", session.at.error);
    CHECK(pivots == expected, "%d streams, %zu bytes", streams, memory);
    for (const fr_outcome outcome : outcomes) CHECK(outcome == FR_COMPUTED, "outcome %d", outcome);
    CHECK(std::fabs(session.at.done - 1.0) < 1e-12, "done %g", double(session.at.done));
}

static void test_trials(fr_session *cpu) {
    fr_problem p = {};
    p.seed = 31;
    p.points = 70;
    p.inputs = 3;
    p.units = 40;
    p.bias = 1;
    for (const int streams : {1, 2, 4}) compare_lanes(cpu, p, 9, streams, 0);
    // Memory for one stream and a half; given data, which each stream keeps a copy of.
    compare_lanes(cpu, p, 5, 4, 110000);
    std::vector<double> inputs(size_t(p.points * p.inputs)), weights(size_t(p.units * p.inputs)), biases(40, 0.25);
    for (double &x : inputs) x = random_unit();
    for (double &x : weights) x = random_unit();
    p.input_distribution = FR_INPUTS_GIVEN;
    p.given_inputs = inputs.data();
    p.weight_distribution = FR_WEIGHTS_GIVEN;
    p.given_weights = weights.data();
    p.given_biases = biases.data();
    compare_lanes(cpu, p, 6, 3, 0);
}

#if defined(FR_HOST_BUILD)
// Memory that is there when streams are counted and gone when they allocate: fewer streams, and no trial lost.
static void test_memory_taken(fr_session *cpu) {
    fr_problem p = {};
    p.seed = 5;
    p.points = 60;
    p.inputs = 4;
    p.units = 30;
    p.bias = 1;
    for (const char *bytes : {"150000", "260000", "500000"}) {
        setenv("FULLRANK_EMULATED_MEMORY", bytes, 1);
        compare_lanes(cpu, p, 7, 4, 0);
    }
    unsetenv("FULLRANK_EMULATED_MEMORY");
}
#endif

// Dense matrices over streams, through the table.
static void test_dense(fr_session *cpu) {
    const int64_t batch = 7, rows = 40, columns = 50, entries = rows * columns;
    std::vector<double> matrices(size_t(batch * entries));
    for (double &x : matrices) x = random_bits() % 3 ? double(int64_t(random_bits() % 5) - 2) : 0;
    matrices[size_t(2 * entries + 5)] = INFINITY;
    std::vector<int64_t> pivots[2];
    std::vector<fr_outcome> outcomes[2];
    Session session;
    for (int side = 0; side < 2; side++) {
        pivots[side].resize(size_t(batch * rows));
        outcomes[side].resize(size_t(batch));
        const fr_backend *backend = side ? fullrank_backend_v1() : fullrank_cpu_backend_v1();
        CHECK(backend->matrix_rank_profiles(side ? session.opened : cpu, matrices.data(), batch, rows, columns, 65537,
                                            pivots[side].data(), outcomes[side].data()) == FR_OK, "side %d", side);
    }
    CHECK(outcomes[0] == outcomes[1], "outcomes");
    for (int64_t i = 0; i < batch; i++)
        CHECK(i == 2 || std::equal(pivots[0].begin() + i * rows, pivots[0].begin() + (i + 1) * rows,
                                   pivots[1].begin() + i * rows), "matrix %lld", (long long)i);
    CHECK(std::fabs(fullrank_backend_v1()->progress(session.opened) - 1.0) < 1e-12, "progress");
}

int main() {
    fr_session *cpu = open_session(1, 0);
    test_items();
    test_progress();
    test_starving();
    test_failures();
    test_cancellation();
    test_trials(cpu);
#if defined(FR_HOST_BUILD)
    test_memory_taken(cpu);
#endif
    test_dense(cpu);
    fullrank_cpu_backend_v1()->close(cpu);
    return check_report();
}
