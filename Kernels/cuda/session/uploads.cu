// Two halves of pinned memory are used in turn: one is filled while the device may still read the other.
#include "session/uploads.h"

#include <algorithm>
#include <cstring>
#include <new>

struct PinnedUploads {
    unsigned char *halves[2];
    cudaEvent_t read[2]; // recorded when a half is left: the device has read it once this has happened
    bool left[2];
    int half;
    size_t used; // bytes of the half at hand
};

namespace {

constexpr size_t alignment = 64;

fr_status make(StreamContext *context) {
    PinnedUploads *made = new (std::nothrow) PinnedUploads{};
    if (made == nullptr) return fr_cuda_fail(context, FR_OUT_OF_MEMORY, "no memory for copies to the device");
    context->uploads = made; // what there is of it is freed with the lane
    for (int half = 0; half < 2; half++) {
        FR_TRY(context, cudaMallocHost(&made->halves[half], fr_cuda_upload_half), "allocating pinned memory");
        FR_TRY(context, cudaEventCreateWithFlags(&made->read[half], cudaEventDisableTiming), "making an event");
    }
    return FR_OK;
}

// Switches to the other half, once the device has read its contents.
fr_status turn(StreamContext *context, PinnedUploads *uploads) {
    FR_TRY(context, cudaEventRecord(uploads->read[uploads->half], context->stream), "recording an event");
    uploads->left[uploads->half] = true;
    uploads->half ^= 1;
    uploads->used = 0;
    if (uploads->left[uploads->half])
        FR_TRY(context, cudaEventSynchronize(uploads->read[uploads->half]), "waiting for copies to the device");
    return FR_OK;
}

} // namespace

fr_status fr_cuda_upload_bytes(StreamContext *context, void *to, const void *from, size_t bytes, const char *what) {
    if (bytes == 0) return FR_OK;
    if (context->uploads == nullptr) {
        const fr_status status = make(context);
        if (status != FR_OK) {
            fr_cuda_release_uploads(context);
            return status;
        }
    }
    PinnedUploads *const uploads = context->uploads;
    for (size_t done = 0; done < bytes;) {
        if (uploads->used == fr_cuda_upload_half) FR_PASS(turn(context, uploads));
        const size_t part = std::min(bytes - done, fr_cuda_upload_half - uploads->used);
        unsigned char *const pinned = uploads->halves[uploads->half] + uploads->used;
        std::memcpy(pinned, static_cast<const unsigned char *>(from) + done, part);
        FR_TRY(context,
               cudaMemcpyAsync(static_cast<unsigned char *>(to) + done, pinned, part, cudaMemcpyHostToDevice,
                               context->stream),
               what);
        done += part;
        uploads->used = std::min(fr_cuda_upload_half, (uploads->used + part + alignment - 1) / alignment * alignment);
    }
    return FR_OK;
}

void fr_cuda_release_uploads(StreamContext *context) {
    PinnedUploads *const uploads = context->uploads;
    if (uploads == nullptr) return;
    for (int half = 0; half < 2; half++) {
        if (uploads->read[half] != nullptr) cudaEventDestroy(uploads->read[half]);
        if (uploads->halves[half] != nullptr) cudaFreeHost(uploads->halves[half]);
    }
    delete uploads;
    context->uploads = nullptr;
}
