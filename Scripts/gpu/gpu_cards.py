"""Rates of the cards that Scripts/gpu/model predicts for, and what a launch, a copy and a wait cost.

Where a rate has two values, the datasheet's is multiplied by what GEMMs and copies are known to reach of it.
"""

# Of a datasheet's tensor rate, what cuBLAS reaches in large products: 0.8. INT8 on a GH200: about 1,600 of 1,979 TOPS
# (derived from the published results of FP64 emulation by INT8); FP16 on an A100: 0.68 (211 of 312 TFLOP/s at 4096^3,
# public benchmarks), at 8192^3 about 0.8. No DGEMM rate of these cards was measured for this table: Scripts/gpu/bench
# does.
GEMM = 0.80
# Of a datasheet's memory bandwidth, what a copy reaches: 0.90.
COPY = 0.90

CARDS = {
    # NVIDIA H100 Tensor Core GPU Datasheet (SXM): FP64 34, FP64 tensor 67 TFLOP/s, INT8 1,979 TOPS dense (3,958
    # sparse), 3.35 TB/s. H100 whitepaper: 132 multiprocessors, 64 FP64 lanes each, 228 KB shared memory, 50 MB L2, 1.98
    # GHz at most.
    "H100": dict(multiprocessors=132, clock=1.755e9, fp64_lanes=64, fp32_lanes=128, dgemm=67e12, int8=1979e12,
                 memory=3.35e12, shared=228 << 10, block_shared=227 << 10, threads=2048, link=50e9),
    # NVIDIA H200 Tensor Core GPU Datasheet (SXM): the same chip, 4.8 TB/s.
    "H200": dict(multiprocessors=132, clock=1.755e9, fp64_lanes=64, fp32_lanes=128, dgemm=67e12, int8=1979e12,
                 memory=4.8e12, shared=228 << 10, block_shared=227 << 10, threads=2048, link=50e9),
    # NVIDIA A100 Tensor Core GPU Datasheet (80 GB SXM): FP64 9.7, FP64 tensor 19.5 TFLOP/s, INT8 624 TOPS, 2.039 TB/s.
    # A100 whitepaper: 108 multiprocessors, 32 FP64 lanes each, 164 KB shared memory, 1.41 GHz.
    "A100": dict(multiprocessors=108, clock=1.41e9, fp64_lanes=32, fp32_lanes=64, dgemm=19.5e12, int8=624e12,
                 memory=2.039e12, shared=164 << 10, block_shared=163 << 10, threads=2048, link=25e9),
    # NVIDIA Ada GPU architecture whitepaper, GeForce RTX 4090: 128 multiprocessors, 2 FP64 lanes each (1.3 TFLOP/s),
    # INT8 661 TOPS dense, 1.008 TB/s, 100 KB shared memory, 2.52 GHz boost.
    "RTX 4090": dict(multiprocessors=128, clock=2.52e9, fp64_lanes=2, fp32_lanes=128, dgemm=1.29e12, int8=661e12,
                     memory=1.008e12, shared=100 << 10, block_shared=99 << 10, threads=1536, link=25e9),
}

# Bandwidth of the second cache over that of memory: between 2 and 3 on these cards.
CACHE = 2.0
# Seconds. None is measured here; bench says what they are on the card at hand.
LAUNCH = 2.5e-6       # between the starts of two kernels of one stream, empty ones
COPY_CALL = 6e-6      # cudaMemcpyAsync of few bytes: 5 to 7 us (arXiv 2602.21548, section 5.2)
WAIT = 10e-6          # from the end of the last kernel until the host goes on
ALLOCATION = 30e-6    # cudaMalloc and cudaFree together; the latter waits for the device
# Cycles.
STEP = 6              # of a thread from one instruction to the next that needs it, on average
BARRIER = 35          # of __syncthreads in a block of 256 threads
DIVISION = 12         # FP64 instructions of an IEEE division or square root
