// Runs the CUDA backend on the emulation and prints what it asked of the device, a JSON line for each shape: launches
// by kernel, barriers, synchronisations, allocations, copies, products. These are whole numbers that no machine
// changes.
//
//   model_device SHAPE...      ranks:D0:N:D1:TRIALS    small trials in rounds, large ones one after the other
//                              large:D0:N:D1:BLOCK     one large trial with blocks of BLOCK columns
//                              ahead:D0:N:D1:BLOCK     the same, looking ahead
//                              deep:D0:N:W1,W2,...:TRIALS
//                              values:D0:N:D1:TRIALS   singular values, double precision
//
// What is made once for each session is not counted: each kind runs once on a small shape before. With --addresses
// FILE, the program whose kernels report accesses and basic blocks (model_device_counted) also writes how often each
// block of instructions ran in each kernel.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "elimination/large/elimination.cuh"
#include "host/counters.h"

extern "C" const fr_backend *fullrank_backend_v1(void);
// model_accesses.cpp; absent in the plain program.
extern "C" __attribute__((weak)) void fr_model_count_accesses(void);
extern "C" __attribute__((weak)) void fr_model_write_addresses(FILE *file, const char *shape);

namespace {

const fr_backend *backend;
fr_session *session;

[[noreturn]] void usage(const char *shape) {
    std::fprintf(stderr, "model_device: %s is not a shape such as ranks:10:100:100:128\n", shape);
    std::exit(64);
}

struct Shape {
    std::string kind;
    fr_problem problem = {};
    std::vector<int64_t> widths;
    long long last = 0; // trials, or columns of a block
    bool is_one() const { return kind == "large" || kind == "ahead"; }
};

Shape parse(const char *text) {
    Shape shape;
    char kind[16], middle[200];
    long long d0, n;
    if (std::sscanf(text, "%15[a-z]:%lld:%lld:%199[0-9,]:%lld", kind, &d0, &n, middle, &shape.last) != 5 || n < 1 ||
        n > 100000 || d0 < 1 || shape.last < 1)
        usage(text);
    shape.kind = kind;
    for (char *at = middle; *at != 0;) {
        shape.widths.push_back(std::strtoll(at, &at, 10));
        if (*at == ',') at++;
    }
    if (shape.widths.empty() || (shape.kind != "deep" && shape.widths.size() != 1)) usage(text);
    shape.problem.seed = 1;
    shape.problem.points = n;
    shape.problem.inputs = d0;
    shape.problem.bias = 1;
    shape.problem.units = shape.widths.back();
    shape.widths.pop_back();
    return shape;
}

fr_status run(const Shape &shape, const char *text) {
    const fr_problem *p = &shape.problem;
    const int64_t trials = shape.is_one() ? 1 : shape.last;
    std::vector<int64_t> pivots(size_t(trials * p->points));
    std::vector<fr_outcome> outcomes(static_cast<size_t>(trials));
    if (shape.kind == "ranks")
        return backend->rank_profiles(session, p, FR_PRIME_MAX, 0, trials, pivots.data(), outcomes.data());
    if (shape.kind == "deep")
        return backend->deep_rank_profiles(session, p, shape.widths.data(), int64_t(shape.widths.size()), FR_PRIME_MAX, 0,
                                           trials, pivots.data(), outcomes.data());
    if (shape.is_one()) {
        fr_large_options options;
        options.look_ahead = shape.kind == "ahead" ? 1 : -1;
        options.block = shape.last;
        return fr_cuda_eliminate_large_with(session, options, p, FR_PRIME_MAX, 0, 1, pivots.data(), outcomes.data());
    }
    if (shape.kind != "values") usage(text);
    std::vector<fr_singular> results(static_cast<size_t>(trials));
    const fr_cell cell = {p->points, p->units};
    return backend->singular_values(session, p, FR_FLOAT64, &cell, 1, 0, trials, results.data(), outcomes.data());
}

void check(fr_status status) {
    if (status == FR_OK) return;
    std::fprintf(stderr, "model_device: %s\n", backend->last_error(session));
    std::exit(1);
}

struct Runtime {
    const char *name;
    std::atomic<int64_t> fr_emulation::RuntimeCounts::*count;
};
const Runtime runtime[] = {
    {"synchronisations", &fr_emulation::RuntimeCounts::synchronisations},
    {"allocations", &fr_emulation::RuntimeCounts::allocations},
    {"pinned_allocations", &fr_emulation::RuntimeCounts::pinned_allocations},
    {"copies_to_device", &fr_emulation::RuntimeCounts::copies_to_device},
    {"bytes_to_device", &fr_emulation::RuntimeCounts::bytes_to_device},
    {"copies_to_host", &fr_emulation::RuntimeCounts::copies_to_host},
    {"bytes_to_host", &fr_emulation::RuntimeCounts::bytes_to_host},
    {"pageable_copies", &fr_emulation::RuntimeCounts::pageable_copies},
    {"fills", &fr_emulation::RuntimeCounts::fills},
    {"filled_bytes", &fr_emulation::RuntimeCounts::filled_bytes},
    {"products", &fr_emulation::RuntimeCounts::products},
    {"product_flops", &fr_emulation::RuntimeCounts::product_flops},
    {"product_bytes", &fr_emulation::RuntimeCounts::product_bytes},
    {"urgent_products", &fr_emulation::RuntimeCounts::urgent_products},
    {"urgent_product_flops", &fr_emulation::RuntimeCounts::urgent_product_flops},
    {"urgent_product_bytes", &fr_emulation::RuntimeCounts::urgent_product_bytes},
};

void print(const char *text) {
    std::printf("{\"shape\": \"%s\", \"runtime\": {", text);
    const char *between = "";
    for (const Runtime &one : runtime) {
        std::printf("%s\"%s\": %lld", between, one.name, (long long)(fr_emulation::runtime_counts.*one.count));
        between = ", ";
    }
    std::printf("}, \"kernels\": {");
    between = "";
    for (const auto &[name, k] : fr_emulation::take_kernel_counts()) {
        std::printf("%s\"%s\": {\"launches\": %lld, \"blocks\": %lld, \"threads\": %lld, ", between, name.c_str(),
                    (long long)k.launches, (long long)k.blocks, (long long)k.threads);
        std::printf("\"block_barriers\": %lld, \"longest\": %lld, \"warp_calls\": %lld, \"shared_bytes\": %lld",
                    (long long)k.block_barriers, (long long)k.longest, (long long)k.warp_calls,
                    (long long)k.shared_bytes);
        if (fr_model_count_accesses != nullptr)
            std::printf(", \"device_bytes\": %lld, \"device_sectors\": %lld, \"shared_accesses\": %lld",
                        (long long)k.device_bytes, (long long)k.device_sectors, (long long)k.shared_accesses);
        std::printf("}");
        between = ", ";
    }
    std::printf("}}\n");
    std::fflush(stdout);
}

} // namespace

int main(int count, char **arguments) {
    FILE *addresses = nullptr;
    int first = 1;
    if (count > 3 && std::strcmp(arguments[1], "--addresses") == 0) {
        addresses = fr_model_write_addresses != nullptr ? std::fopen(arguments[2], "w") : nullptr;
        if (addresses == nullptr) {
            std::fprintf(stderr, "model_device: --addresses %s: only model_device_counted has them, and it must be writable\n",
                         arguments[2]);
            return 64;
        }
        first = 3;
    }
    if (first >= count) usage("nothing");
    backend = fullrank_backend_v1();
    fr_session_options options = {sizeof options, 0, 1, 0, 0};
    char reason[256];
    if (backend->open(&options, &session, reason, sizeof reason) != FR_OK) {
        std::fprintf(stderr, "model_device: %s\n", reason);
        return 69;
    }
    if (fr_model_count_accesses != nullptr) fr_model_count_accesses();
    for (int i = first; i < count; i++) {
        const Shape shape = parse(arguments[i]);
        Shape before = shape;
        before.problem.points = shape.is_one() ? 30 : std::min<int64_t>(shape.problem.points, 12);
        before.last = shape.is_one() ? 8 : 1;
        check(run(before, arguments[i]));
        fr_emulation::take_kernel_counts();
        if (addresses != nullptr) fr_model_write_addresses(nullptr, nullptr);
        for (const Runtime &one : runtime) fr_emulation::runtime_counts.*one.count = 0;
        check(run(shape, arguments[i]));
        print(arguments[i]);
        if (addresses != nullptr) fr_model_write_addresses(addresses, arguments[i]);
    }
    if (addresses != nullptr) std::fclose(addresses);
    backend->close(session);
    return 0;
}
