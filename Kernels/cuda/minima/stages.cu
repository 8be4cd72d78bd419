// Regions with a global minimum. Rays are found on the device. Verdicts are proved on the host by the CPU backend,
// which this library also contains. The host alone handles calls about one trial or one input.
#include <algorithm>
#include <optional>

#include "minima/slots.h"
#include "table.h"

namespace {

// Slots per multiprocessor, for both solvers together: a block of each region enters rays, and a few blocks share a
// multiprocessor.
constexpr int64_t slots_a_multiprocessor = 16;

} // namespace

// A solver with its own stream.
struct MinimaStreamSolver {
    StreamContext context{};
    std::optional<MinimaSlotsOnDevice> slots;

    MinimaStreamSolver() = default;
    MinimaStreamSolver(const MinimaStreamSolver &) = delete;
    MinimaStreamSolver &operator=(const MinimaStreamSolver &) = delete;
    ~MinimaStreamSolver() {
        slots.reset(); // frees the memory before the stream
        if (context.stream != nullptr) cudaStreamDestroy(context.stream);
    }
    fr_status make(const MinimaLayout &layout, int64_t count) {
        if (context.stream == nullptr)
            FR_TRY(&context, cudaStreamCreateWithFlags(&context.stream, cudaStreamNonBlocking), "making a stream");
        slots.emplace();
        return slots->make(&context, layout, count);
    }
};

// Kept from call to call, because allocating pinned memory takes long.
struct MinimaSolvers {
    MinimaLayout layout{};
    int64_t slots = 0; // of each
    int count = 0;
    MinimaStreamSolver pair[FR_MOST_SOLVERS];
};

static void drop_solvers(fr_session *session) {
    delete session->minima_solvers;
    session->minima_solvers = nullptr;
}

static void release_minima(fr_session *session) {
    drop_solvers(session);
    if (fr_session *host = session->host) fullrank_cpu_backend_v1()->close(host);
}

namespace {

// Reports that no host session could be opened.
fr_status no_host(fr_session *session, fr_status status, const char *reason) {
    return fr_cuda_fail(session, status, "opening a session of the CPU: %s", reason);
}

// The session of the CPU backend, opened when first needed.
fr_status host_of(fr_session *session, fr_session **host) {
    *host = session->host.load(std::memory_order_acquire);
    if (*host != nullptr) return FR_OK;
    fr_session_options options{};
    options.struct_size = sizeof options;
    options.threads = session->threads;
    session->release_minima = release_minima;
    char reason[256];
    const fr_status status = fullrank_cpu_backend_v1()->open(&options, host, reason, sizeof reason);
    if (status != FR_OK) return no_host(session, status, reason);
    session->host.store(*host, std::memory_order_release);
    return FR_OK;
}

// While an object exists, the call's progress is that of the host session.
struct Working {
    fr_session *session;
    explicit Working(fr_session *working) : session(working) { session->host_works = true; }
    ~Working() { session->host_works = false; }
};

// Returns the status of a call of the host session, with that session's message.
fr_status said_by(fr_session *session, const fr_session *host, fr_status status) {
    if (status == FR_OK) return status;
    return fr_cuda_fail(session, status, "%s", fullrank_cpu_backend_v1()->last_error(host));
}

fr_minima_solver solver_of(MinimaSlotsOnDevice *slots, int64_t count) {
    fr_minima_solver solver{};
    solver.context = slots;
    solver.slots = count;
    solver.most_dimensions = fr_minima_most_k;
    solver.region = [](void *context, int64_t slot) {
        return static_cast<MinimaSlotsOnDevice *>(context)->region(slot);
    };
    solver.solve = [](void *context, const fr_solver_task *tasks, int64_t some) {
        return static_cast<MinimaSlotsOnDevice *>(context)->solve(tasks, some);
    };
    solver.answer = [](void *context, int64_t slot, fr_solver_answer *answer) {
        static_cast<MinimaSlotsOnDevice *>(context)->answer(slot, answer);
    };
    solver.last_error = [](void *context) { return static_cast<MinimaSlotsOnDevice *>(context)->last_error(); };
    return solver;
}

bool is_for_device(const fr_problem *problem, const fr_minima *minima, int64_t trials) {
    return problem != nullptr && minima != nullptr && trials > 0 && minima->point_count > 0 && problem->points > 0 &&
           problem->units > 0 && problem->points < INT32_MAX && problem->units < INT32_MAX && problem->inputs >= 0 &&
           problem->inputs < INT32_MAX && problem->inputs + (problem->bias ? 1 : 0) > 0 && !fr_minima_is_line(problem);
}

// Finds solvers with as many slots as there are regions, at most as many as memory has room for and as the device keeps
// busy. The solvers of the last call are used again if they suffice. *found is NULL if only the host is used.
fr_status find_solvers(fr_session *session, const fr_problem *problem, const fr_minima *minima, int64_t trials,
                       MinimaSolvers **found) {
    *found = nullptr;
    if (!is_for_device(problem, minima, trials)) return FR_OK;
    const int64_t k = problem->inputs + (problem->bias ? 1 : 0); // fewer if the points span fewer dimensions
    const MinimaLayout layout =
        fr_cuda_minima_layout(problem->points, std::min<int64_t>(k, fr_minima_most_k), problem->units);
    const double useful = std::min(double(trials) * double(minima->point_count),
                                   double(slots_a_multiprocessor) * double(session->multiprocessors));
    MinimaSolvers *kept = session->minima_solvers;
    const bool fits = kept != nullptr && kept->layout.points == layout.points && kept->layout.units == layout.units &&
                      kept->layout.dimensions == layout.dimensions;
    if (fits && double(kept->slots) * kept->count >= useful) {
        *found = kept;
        return FR_OK;
    }
    drop_solvers(session);
    const double room = double(fr_cuda_memory_budget(session)) / (double(layout.bytes) + 64);
    int64_t slots = int64_t(std::min(useful, room));
    for (; slots > 0; slots /= 2) {
        MinimaSolvers *solvers = session->minima_solvers = new MinimaSolvers;
        solvers->layout = layout;
        solvers->count = slots > 1 ? 2 : 1;
        solvers->slots = slots / solvers->count;
        fr_status status = FR_OK;
        for (int i = 0; i < solvers->count && status == FR_OK; i++) {
            solvers->pair[i].context.session = session;
            status = solvers->pair[i].make(layout, solvers->slots);
            if (status != FR_OK && status != FR_OUT_OF_MEMORY)
                fr_cuda_fail(session, status, "%s", solvers->pair[i].context.error);
        }
        if (status == FR_OK) *found = solvers;
        if (status != FR_OK) drop_solvers(session);
        if (status != FR_OUT_OF_MEMORY) return status; // others allocated memory meanwhile, so try fewer slots
    }
    return FR_OK;
}

} // namespace

fr_status fr_cuda_minima(fr_session *session, const fr_problem *problem, const fr_minima *minima, uint64_t first_trial,
                         int64_t trials, fr_width_bracket *brackets, uint8_t *verdicts, fr_outcome *outcomes) {
    fr_session *host;
    FR_PASS(host_of(session, &host));
    const Working working(session);
    MinimaSolvers *found;
    FR_PASS(find_solvers(session, problem, minima, trials, &found));
    const int count = found != nullptr ? found->count : 0;
    fr_minima_solver solvers[FR_MOST_SOLVERS];
    for (int i = 0; i < count; i++) solvers[i] = solver_of(&*found->pair[i].slots, found->slots);
    const fr_minima_call call = {host, problem, minima, first_trial, trials, brackets, verdicts, outcomes};
    return said_by(session, host, fr_cpu_minima_with(&call, solvers, count));
}

fr_status fr_cuda_minima_samples(fr_session *session, const fr_problem *problem, const fr_minima *minima,
                                 uint64_t trial, double *labels, double *outputs, uint64_t *patterns) {
    fr_session *host;
    FR_PASS(host_of(session, &host));
    return said_by(session, host,
                   fullrank_cpu_backend_v1()->minima_samples(host, problem, minima, trial, labels, outputs, patterns));
}

fr_status fr_cuda_minima_proof(fr_session *session, const fr_problem *problem, const fr_minima *minima, uint64_t trial,
                               fr_minima_proof *proof) {
    fr_session *host;
    FR_PASS(host_of(session, &host));
    return said_by(session, host, fullrank_cpu_backend_v1()->minima_proof(host, problem, minima, trial, proof));
}
