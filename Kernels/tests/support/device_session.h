// A session of the CUDA backend as its stages use it, for tests in C++ that are linked with them.
#ifndef FR_TESTS_DEVICE_SESSION_H
#define FR_TESTS_DEVICE_SESSION_H

#include <cstdlib>
#include <vector>

// support/check.h is C, which needs no cast from void *: headers included after this one may allocate.
struct Allocation {
    void *at;
    template <typename T> operator T *() const { return static_cast<T *>(at); }
};
static inline Allocation allocation(size_t bytes) { return {std::malloc(bytes)}; }
#define malloc(bytes) allocation(bytes)
#include "support/check.h"

#include "session/session.h"

extern "C" const fr_backend *fullrank_backend_v1(void);

struct Session {
    fr_session *const opened = open();
    fr_session &at = *opened;
    ~Session() { fullrank_backend_v1()->close(opened); }

    static fr_session *open() {
        fr_session_options options = {sizeof options, 0, 0, 0, 0};
        fr_session *session = nullptr;
        char reason[256];
        const fr_status status = fullrank_backend_v1()->open(&options, &session, reason, sizeof reason);
        if (status != FR_OK) {
            printf("open: %s\n", reason);
            exit(status == FR_UNAVAILABLE ? 69 : 1);
        }
        return session;
    }
};

// Numbers in device memory between sentinel bytes.
template <typename T> class GuardedDevice {
public:
    GuardedDevice(fr_session *on, const std::vector<T> &values) : count_(values.size()) {
        std::vector<unsigned char> all(bytes() + 2 * guard_bytes, 0xA5);
        if (count_) memcpy(all.data() + guard_bytes, values.data(), bytes());
        if (buffer_.allocate(on, all.size()) != FR_OK ||
            cudaMemcpy(buffer_.get(), all.data(), all.size(), cudaMemcpyHostToDevice) != cudaSuccess) {
            printf("a buffer on the device: %s\n", on->error);
            exit(1);
        }
    }
    T *at() const { return reinterpret_cast<T *>(buffer_.get() + guard_bytes); }
    std::vector<T> values() const {
        const std::vector<unsigned char> all = everything();
        std::vector<T> values(count_);
        if (count_) memcpy(values.data(), all.data() + guard_bytes, bytes());
        return values;
    }
    // Once what was launched is done: nothing was written beside the numbers.
    bool intact() const {
        const std::vector<unsigned char> all = everything();
        return guarded_intact(all.data() + guard_bytes, bytes()) != 0;
    }

private:
    size_t bytes() const { return count_ * sizeof(T); }
    std::vector<unsigned char> everything() const {
        std::vector<unsigned char> all(bytes() + 2 * guard_bytes);
        cudaDeviceSynchronize();
        cudaMemcpy(all.data(), buffer_.get(), all.size(), cudaMemcpyDeviceToHost);
        return all;
    }
    size_t count_;
    DeviceBuffer<unsigned char> buffer_;
};

#endif
