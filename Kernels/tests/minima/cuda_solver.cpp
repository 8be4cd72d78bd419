// The device's active sets themselves: what they answer is proved as it comes. (The table's answers would be right even
// if it were not: the host would find all rays again.)
#include "support/device_session.h"

#include "minima/slots.h"

// What the CPU backend says that uses a solver, and how many answers it could not prove as they came.
struct Counts {
    int64_t answers = 0, again = 0, launches = 0;
};

static Counts run(Session &device, fr_session *host, const fr_problem &p, const fr_minima &m, int64_t trials,
                  int64_t slots) {
    struct Context {
        MinimaSlotsOnDevice slots;
        int64_t launches = 0;
    } context;
    const int64_t k = p.inputs + p.bias;
    CHECK(context.slots.make(&device.at, fr_cuda_minima_layout(p.points, k, p.units), slots) == FR_OK, "%s",
          device.at.error);
    fr_minima_solver solver{};
    solver.context = &context;
    solver.slots = slots;
    solver.most_dimensions = fr_minima_most_k;
    solver.region = [](void *c, int64_t slot) { return static_cast<Context *>(c)->slots.region(slot); };
    solver.solve = [](void *c, const fr_solver_task *tasks, int64_t count) {
        static_cast<Context *>(c)->launches++;
        return static_cast<Context *>(c)->slots.solve(tasks, count);
    };
    solver.answer = [](void *c, int64_t slot, fr_solver_answer *answer) {
        static_cast<Context *>(c)->slots.answer(slot, answer);
    };
    solver.last_error = [](void *c) { return static_cast<Context *>(c)->slots.last_error(); };
    const size_t rows = size_t(trials * m.point_count), cells = rows * size_t(m.unit_count);
    fr_width_bracket *brackets = new fr_width_bracket[rows];
    uint8_t *verdicts = new uint8_t[cells];
    fr_outcome *outcomes = new fr_outcome[size_t(trials)];
    const fr_minima_call call = {host, &p, &m, 0, trials, brackets, verdicts, outcomes};
    CHECK(fr_cpu_minima_with(&call, &solver, 1) == FR_OK, "minima");
    Counts counts;
    fr_cpu_minima_counts(host, &counts.answers, &counts.again);
    counts.launches = context.launches;
    delete[] brackets;
    delete[] verdicts;
    delete[] outcomes;
    return counts;
}

int main() {
    Session device;
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session *host = nullptr;
    char reason[256];
    CHECK(cpu->open(nullptr, &host, reason, sizeof reason) == FR_OK, "%s", reason);
    const int64_t points[2] = {7, 24}, units[3] = {10, 40, 80};
    int64_t answers = 0;
    for (int labels = 0; labels < 3; labels++)
        for (int64_t d0 = 2; d0 <= 7; d0++) {
            fr_problem p{};
            p.seed = 12;
            p.points = 24;
            p.inputs = d0;
            p.units = 80;
            p.bias = d0 < 7 || labels == 0;
            p.input_distribution = FR_INPUTS_CUBE;
            p.weight_distribution = FR_WEIGHTS_HE_UNIFORM;
            fr_minima m{};
            m.labels = fr_labels(labels);
            m.teacher = FR_WEIGHTS_HE_UNIFORM;
            m.points = points;
            m.units = units;
            m.point_count = 2;
            m.unit_count = 3;
            const Counts counts = run(device, host, p, m, 3, d0 == 3 ? 2 : 6);
            answers += counts.answers;
            CHECK(counts.answers > 0 && counts.again * 50 <= counts.answers,
                  "labels %d, d0 %d: %d of %d answers not proved", labels, int(d0), int(counts.again),
                  int(counts.answers));
            CHECK(counts.launches < counts.answers, "regions went one by one");
        }
    printf("%d answers\n", int(answers));
    cpu->close(host);
    return check_report();
}
