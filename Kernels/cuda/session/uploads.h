// Copies from host memory that may change or vanish as soon as the call returns. They use pinned memory of the lane.
//
// cudaMemcpyAsync from pageable memory does not promise when the memory is read. Usually the runtime first copies it
// and waits for the stream to do so. If the device reads pageable memory itself (Grace Hopper), it may read later.
#ifndef FR_CUDA_UPLOADS_H
#define FR_CUDA_UPLOADS_H

#include "session/session.h"

// Copies `bytes` to the device on context->stream. `from` may be changed or freed once this returns. The host waits
// only if it switches to a half that the device is still reading, which cannot happen before both halves were filled.
// on.
fr_status fr_cuda_upload_bytes(StreamContext *context, void *to, const void *from, size_t bytes, const char *what);
constexpr size_t fr_cuda_upload_half = size_t(1) << 20;

// `count` elements.
template <typename T>
fr_status fr_cuda_upload(StreamContext *context, T *to, const T *from, size_t count, const char *what) {
    return fr_cuda_upload_bytes(context, to, from, count * sizeof(T), what);
}

// Frees the lane's pinned memory. All copies must be done. Called by fr_cuda_close_stream.
void fr_cuda_release_uploads(StreamContext *context);

#endif
