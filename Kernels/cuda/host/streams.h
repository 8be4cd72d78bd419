// Streams and events of the emulation. Usually what a stream is given runs at once. With FULLRANK_EMULATED_STREAMS=SEED
// it waits in its stream's queue until the host waits for it, or for something that waits for an event behind it: an
// order that a device seldom takes, and is allowed to. Where SEED is not 0, after each call a random stream also runs a
// random number of the items it has. An event that was forgotten, and memory of the host that changes too early, then
// show as wrong results.
#ifndef FR_CUDA_HOST_STREAMS_H
#define FR_CUDA_HOST_STREAMS_H

#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "runtime.h"

namespace fr_emulation {

// `work` is the stream's next item. The stream NULL: runs what blocking streams were given, then it.
void enqueue(cudaStream_t stream, std::function<void()> work);
// Runs what the stream was given so far (NULL: what blocking streams were); what all were.
void finish(cudaStream_t stream);
void finish_all();
// Of what a stream with priority is asked for, the counts are kept apart.
bool is_urgent(cudaStream_t stream);

// Runs body once for every thread of every block; counted under `name`. (emulation.cpp)
void launch(const std::string &name, dim3 grid, dim3 block, size_t shared_bytes, const std::function<void()> &body);

// A launch as CUDA makes it: arguments become the kernel's parameters now, whenever it runs.
template <typename... Parameters, typename... Arguments>
void launch_on(cudaStream_t stream, std::string name, dim3 grid, dim3 block, size_t shared_bytes,
               void (*kernel)(Parameters...), Arguments &&...arguments) {
    std::tuple<std::decay_t<Parameters>...> given(std::forward<Arguments>(arguments)...);
    if (is_urgent(stream)) name += " (urgent)";
    enqueue(stream, [=] { launch(name, grid, block, shared_bytes, [&] { std::apply(kernel, given); }); });
}

} // namespace fr_emulation

#endif
