// The data from which a chunk of small trials starts, and the form in which its profiles leave the device.
#include "elimination/small/slots.cuh"
#include "field.h"
#include "session/launch.h"

namespace {

// Each thread makes one element: 12 bytes of traffic. Residues in doubles, packed afterwards, would need 28.
__global__ void reduce_points(fr_field field, const double *powers, double two_27, int64_t count, int64_t inputs,
                              int64_t k, int64_t padded, const double *drawn, int32_t *points) {
    for (int64_t i = fr_cuda_first_item(); i < count; i += fr_cuda_stride()) {
        const int64_t row = i / padded, trial = row / k, coordinate = row % k, point = i % padded;
        int32_t value = 1;
        if (coordinate < inputs)
            value = int32_t(fr_residue(field, powers, two_27, drawn[(trial * inputs + coordinate) * padded + point]));
        points[i] = value;
    }
}

// Each thread narrows one number: 12 bytes of the device's traffic save 4 in the copy to the host.
__global__ void narrow_columns(int64_t count, const int64_t *columns, int32_t *narrow) {
    for (int64_t i = fr_cuda_first_item(); i < count; i += fr_cuda_stride()) narrow[i] = int32_t(columns[i]);
}

__global__ void count_up(int64_t count, int32_t *numbers) {
    for (int64_t i = fr_cuda_first_item(); i < count; i += fr_cuda_stride()) numbers[i] = int32_t(i);
}

} // namespace

namespace fr_small {

fr_status make_points(StreamContext *context, uint32_t prime, int64_t trials, const Shape &shape, const double *drawn,
                      int32_t *points) {
    const int64_t count = trials * shape.k * shape.padded;
    if (count == 0) return FR_OK;
    FR_PASS(fr_cuda_make_powers(context, prime));
    const fr_field field = fr_field_make(prime);
    FR_LAUNCH(reduce_points, fr_cuda_blocks(count, 256), 256, 0, context->stream, field, context->powers,
              fr_reduce(field, double(1 << 27)), count, shape.inputs, shape.k, shape.padded, drawn, points);
    FR_TRY_LAUNCH(context, "making residues");
    return FR_OK;
}

fr_status make_narrow(StreamContext *context, int64_t count, const int64_t *columns, int32_t *narrow) {
    FR_LAUNCH(narrow_columns, fr_cuda_blocks(count, 256), 256, 0, context->stream, count, columns, narrow);
    FR_TRY_LAUNCH(context, "packing profiles");
    return FR_OK;
}

fr_status fill_everyone(StreamContext *context, int64_t count, int32_t *numbers) {
    FR_LAUNCH(count_up, fr_cuda_blocks(count, 256), 256, 0, context->stream, count, numbers);
    FR_TRY_LAUNCH(context, "numbering trials");
    return FR_OK;
}

} // namespace fr_small
