// Sessions of the CUDA backend: opening, closing, cancelling, progress.
#include <cstdio>
#include <new>

#include "session/streams.h"

namespace {

constexpr int least_architecture = 70; // compute capability 7.0

// Proves when a session is opened that this library contains code for the device: only a launch reveals that.
__global__ void probe(int *out) { *out = 1; }

// The memory that the session keeps on the device besides the stages' own buffers.
void release(fr_session *session) {
    cudaSetDevice(session->device);
    if (session->release_minima != nullptr) session->release_minima(session);
    fr_cuda_release_small(session);
    fr_cuda_release_streams(session);
    fr_cuda_close_stream(session);
    delete session;
}

// Compute capabilities 8.0, 9.0 and 10.0 have tensor cores for doubles, at twice the lanes' rate.
fr_status ask_for_lanes(fr_session *session, int architecture) {
    int ratio = 0;
    FR_TRY(session, cudaDeviceGetAttribute(&ratio, cudaDevAttrSingleToDoublePrecisionPerfRatio, session->device),
           "asking the device");
    const int singles = architecture <= 80 ? 64 : 128;
    const bool tensor = architecture == 80 || architecture == 90 || architecture == 100;
    session->double_lanes = (tensor ? 2 : 1) * singles / (ratio > 0 ? ratio : 1);
    return FR_OK;
}

fr_status prepare(fr_session *session) {
    FR_TRY(session, cudaSetDevice(session->device), "choosing the device");
    cudaDeviceProp properties;
    FR_TRY(session, cudaGetDeviceProperties(&properties, session->device), "asking the device");
    const int architecture = 10 * properties.major + properties.minor;
    if (architecture < least_architecture)
        return fr_cuda_fail(session, FR_UNAVAILABLE, "device %d, %.100s, has compute capability %d.%d; 7.0 is needed",
                            session->device, properties.name, properties.major, properties.minor);
    session->multiprocessors = properties.multiProcessorCount;
    session->shared_bytes = properties.sharedMemPerBlockOptin;
    FR_PASS(ask_for_lanes(session, architecture));
    FR_PASS(fr_cuda_open_stream(session));
    DeviceBuffer<int> answer;
    FR_PASS(answer.allocate(session, 1));
    FR_LAUNCH(probe, 1, 1, 0, session->stream, answer.get());
    FR_TRY_LAUNCH(session, "starting a kernel");
    FR_TRY(session, cudaStreamSynchronize(session->stream), "running a kernel");
    return FR_OK;
}

} // namespace

// If options is NULL: device 0, no limit.
fr_status fr_cuda_open(const fr_session_options *options, fr_session **session, char *reason, size_t capacity) {
    const fr_words words = {reason, capacity};
    fr_refuse(words, FR_OK, "%s", "");
    if (session == nullptr) return fr_refuse(words, FR_INVALID_ARGUMENT, "session is NULL");
    *session = nullptr;
    fr_status status = options == nullptr ? FR_OK : fr_refuse_options(words, options);
    if (status != FR_OK) return status;
    int count = 0;
    status = fr_cuda_count_devices(words, &count);
    if (status != FR_OK) return status;
    const int device = options == nullptr ? 0 : options->device;
    if (device < 0 || device >= count)
        return fr_refuse(words, FR_UNAVAILABLE, "device is %d; there are %d, counted from 0", device, count);

    fr_session *opened = new (std::nothrow) fr_session{};
    if (opened == nullptr) return fr_refuse(words, FR_OUT_OF_MEMORY, "no memory for a session");
    opened->session = opened;
    fr_cuda_next_share(opened, 0, 1);
    opened->device = device;
    opened->threads = options == nullptr ? 0 : options->threads;
    opened->memory_limit_bytes = options == nullptr ? 0 : size_t(options->memory_limit_bytes);
    status = prepare(opened);
    if (status != FR_OK) {
        fr_refuse(words, status, "%s", opened->error);
        release(opened);
        return status;
    }
    *session = opened;
    return FR_OK;
}

void fr_cuda_close(fr_session *session) {
    if (session != nullptr) release(session);
}

const char *fr_cuda_last_error(const fr_session *session) { return session->error; }
void fr_cuda_cancel(fr_session *session) {
    session->cancelled.store(1, std::memory_order_relaxed);
    if (fr_session *host = session->host) fullrank_cpu_backend_v1()->cancel(host);
}
double fr_cuda_progress(const fr_session *session) {
    if (session->host_works) return fullrank_cpu_backend_v1()->progress(session->host);
    const double done = session->done.load(std::memory_order_relaxed);
    return done > 1 ? 1 : done;
}

fr_status fr_cuda_begin_call(fr_session *session) {
    if (session->lost) return FR_DEVICE_LOST; // error keeps the words of the loss
    session->cancelled.store(0, std::memory_order_relaxed);
    session->stopping.store(0, std::memory_order_relaxed);
    session->done.store(0, std::memory_order_relaxed);
    fr_cuda_next_share(session, 0, 1);
    session->error[0] = 0;
    FR_TRY(session, cudaSetDevice(session->device), "choosing the device");
    return FR_OK;
}

fr_status fr_cuda_check_problem(fr_session *session, const fr_problem *problem) {
    return fr_refuse_problem({session->error, sizeof session->error}, problem);
}
