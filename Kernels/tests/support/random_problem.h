// Shallow networks of all kinds: inputs and weights of every distribution, in general and in special position, patterns
// that are given, with and without bias. For tests in C++.
#ifndef FR_TESTS_RANDOM_PROBLEM_H
#define FR_TESTS_RANDOM_PROBLEM_H

#include <vector>

#include "support/check.h"

#include "fullrank_kernels.h"

struct RandomProblem {
    fr_problem at = {};
    std::vector<double> inputs;
    std::vector<uint64_t> patterns;

    // One in eight has up to most_inputs inputs, the others up to 6.
    RandomProblem(int64_t most_points, int64_t most_inputs) {
        at.seed = random_bits();
        at.points = below(most_points) + 1;
        at.inputs = below(random_bits() % 8 ? 7 : most_inputs);
        at.bias = random_bits() % 4 != 0 || at.inputs == 0;
        at.units = below(random_bits() % 2 ? 60 : 3 * at.points / (at.inputs + at.bias) + 12);
        at.input_distribution = fr_inputs(random_bits() % 4);
        at.weight_distribution = fr_weights(random_bits() % 3);
        if (at.input_distribution == FR_INPUTS_GIVEN) { // small integers and repeated points
            inputs.resize(size_t(at.points * at.inputs) + 1);
            for (double &x : inputs) x = double(below(5) - 2);
            at.given_inputs = inputs.data();
        }
        if (random_bits() % 4 == 0) {
            const uint64_t sparse = random_bits() % 2 ? 3 : 1;
            patterns.resize(size_t(at.units * ((at.points + 63) / 64)) + 1);
            for (uint64_t &word : patterns)
                word = random_bits() & random_bits() & (random_bits() % sparse ? 0 : random_bits());
            at.weight_distribution = FR_WEIGHTS_PATTERN;
            at.given_patterns = patterns.data();
        }
    }
    RandomProblem(const RandomProblem &) = delete;

private:
    static int64_t below(int64_t end) { return int64_t(random_bits() % uint64_t(end)); }
};

#endif
