// Copies through a lane's pinned memory: what was in the source at the call arrives, whatever becomes of the source,
// for sizes about the halves' ends and many copies in a row.
#include <vector>

#include "support/device_session.h"

#include "session/uploads.h"
#if defined(FR_HOST_BUILD)
#include "host/counters.h"
#endif

static void test_sizes(Session &session) {
    const size_t half = fr_cuda_upload_half;
    for (const size_t bytes : {size_t(0), size_t(1), size_t(63), size_t(64), size_t(65), half - 1, half, half + 1,
                               2 * half, 5 * half + 17}) {
        std::vector<unsigned char> source(bytes);
        for (unsigned char &x : source) x = static_cast<unsigned char>(random_bits());
        const std::vector<unsigned char> expected = source;
        GuardedDevice<unsigned char> device(&session.at, std::vector<unsigned char>(bytes, 0));
        const fr_status status = fr_cuda_upload(&session.at, device.at(), source.data(), bytes, "copying");
        CHECK(status == FR_OK, "%s", session.at.error);
        std::fill(source.begin(), source.end(), static_cast<unsigned char>(0xEE));
        CHECK(device.values() == expected && device.intact(), "%zu bytes", bytes);
    }
}

// Several times through both halves, each copy's source gone at once.
static void test_many(Session &session) {
    const size_t count = 3000, numbers = 500;
    GuardedDevice<int32_t> device(&session.at, std::vector<int32_t>(count * numbers, -1));
    for (size_t i = 0; i < count; i++) {
        const std::vector<int32_t> source(numbers, int32_t(i));
        CHECK(fr_cuda_upload(&session.at, device.at() + i * numbers, source.data(), numbers, "copying") == FR_OK, "%s",
              session.at.error);
    }
    const std::vector<int32_t> values = device.values();
    size_t wrong = 0;
    for (size_t i = 0; i < values.size(); i++) wrong += values[i] != int32_t(i / numbers);
    CHECK(wrong == 0 && device.intact(), "%zu numbers of %zu", wrong, values.size());
}

int main() {
    Session session;
#if defined(FR_HOST_BUILD)
    const int64_t before = fr_emulation::runtime_counts.pageable_copies;
#endif
    test_sizes(session);
    test_many(session);
#if defined(FR_HOST_BUILD)
    CHECK(fr_emulation::runtime_counts.pageable_copies == before, "a copy from memory that is not pinned");
#endif
    return check_report();
}
