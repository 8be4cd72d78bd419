// Two streams of a session: what one is given after StreamOrder::before sees what the other was given until then. On
// the emulation also: where no order was asked for, streams that run late show it.
#include <cstdlib>
#include <vector>

#include "support/device_session.h"

#include "session/streams.h"

constexpr size_t numbers = 1 << 16;

static void fill(Session &session, StreamContext *stream, int32_t *at, int byte) {
    const cudaError_t error = cudaMemsetAsync(at, byte, numbers * sizeof *at, stream->stream);
    CHECK(fr_cuda_check(&session.at, error, "filling") == FR_OK, "%s", session.at.error);
}

static void copy(Session &session, StreamContext *stream, int32_t *to, const int32_t *from) {
    const cudaError_t error =
        cudaMemcpyAsync(to, from, numbers * sizeof *to, cudaMemcpyDeviceToDevice, stream->stream);
    CHECK(fr_cuda_check(&session.at, error, "copying") == FR_OK, "%s", session.at.error);
}

// How many numbers have each byte equal to `byte`, once `stream` is done.
static size_t equal_to(StreamContext *stream, const int32_t *at, int byte) {
    std::vector<int32_t> values(numbers);
    cudaMemcpyAsync(values.data(), at, numbers * sizeof *at, cudaMemcpyDeviceToHost, stream->stream);
    cudaStreamSynchronize(stream->stream);
    size_t equal = 0;
    for (const int32_t value : values) equal += value == byte * 0x01010101;
    return equal;
}

// Back and forth: one stream takes what the other made, before that makes the next.
static void test_order(Session &session, StreamContext *urgent) {
    DeviceBuffer<int32_t> first, second;
    CHECK(first.allocate(&session.at, numbers) == FR_OK && second.allocate(&session.at, numbers) == FR_OK, "memory");
    StreamOrder there, back;
    for (int round = 1; round < 100; round++) {
        fill(session, &session.at, first, round);
        CHECK(there.before(&session.at, urgent) == FR_OK, "%s", urgent->error);
        copy(session, urgent, second, first);
        CHECK(back.before(urgent, &session.at) == FR_OK, "%s", session.at.error);
        fill(session, &session.at, first, 0);
        CHECK(there.before(&session.at, &session.at) == FR_OK, "one stream is in order");
        if (round % 9 == 0) CHECK(equal_to(urgent, second, round) == numbers, "round %d", round);
    }
    CHECK(equal_to(&session.at, second, 99) == numbers, "the last round");
    cudaDeviceSynchronize();
}

#if defined(FR_HOST_BUILD)
static void test_that_late_streams_show(Session &session, StreamContext *urgent) {
    DeviceBuffer<int32_t> first, second;
    CHECK(first.allocate(&session.at, numbers) == FR_OK && second.allocate(&session.at, numbers) == FR_OK, "memory");
    fill(session, &session.at, first, 1);
    cudaDeviceSynchronize();
    fill(session, &session.at, first, 2); // nobody waits for it
    copy(session, urgent, second, first);
    CHECK(equal_to(urgent, second, 1) == numbers, "a stream did not run as late as it may");
    cudaDeviceSynchronize();
    CHECK(equal_to(&session.at, first, 2) == numbers, "in the end it ran");
}
#endif

int main() {
#if defined(FR_HOST_BUILD)
    setenv("FULLRANK_EMULATED_STREAMS", "0", 1); // read at the first use
#endif
    Session session;
    CHECK(fr_cuda_open_urgent(&session.at) == FR_OK, "%s", session.at.error);
    StreamContext *const urgent = session.at.urgent;
    CHECK(fr_cuda_open_urgent(&session.at) == FR_OK && session.at.urgent == urgent, "made once");
    test_order(session, urgent);
#if defined(FR_HOST_BUILD)
    test_that_late_streams_show(session, urgent);
#endif
    return check_report();
}
