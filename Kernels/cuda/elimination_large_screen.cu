// Which live rows a unit can still change: the host's part of Kernels/cpu/screen.c, said again in C++. Near full rank the
// few live rows are combinations of few points, and a unit inactive on all of a row's points leaves it zero, as does one
// active on all of them where that was seen once.
#include "elimination_large.cuh"

#include <algorithm>

namespace {

void set_bit(uint64_t *words, int32_t bit) { words[bit >> 6] |= uint64_t(1) << (bit & 63); }

enum class Overlap { none, some, all };

Overlap overlap_of(const uint64_t *support, const uint64_t *pattern, int64_t words) {
    bool any = false, all = true;
    for (int64_t w = 0; w < words; w++) {
        const uint64_t both = support[w] & pattern[w];
        any |= both != 0;
        all &= both == support[w];
        if (any && !all) return Overlap::some;
    }
    return any ? Overlap::all : Overlap::none;
}

} // namespace

void LargeScreen::begin(int64_t points) {
    words_ = (points + 63) / 64;
    support_.resize(size_t(most_rows * words_));
    count_ = 0;
}

void LargeScreen::add_row(int32_t row) {
    uint64_t *support = support_.data() + count_ * words_;
    std::fill(support, support + words_, 0);
    set_bit(support, row);
    saturated_[count_++] = false;
}

void LargeScreen::add_support(int64_t live, int32_t pivot_row) {
    set_bit(support_.data() + live * words_, pivot_row);
}

void LargeScreen::saw(const uint64_t *pattern) {
    for (int64_t i = 0; i < count_; i++)
        if (overlap_of(support_.data() + i * words_, pattern, words_) == Overlap::all) saturated_[i] = true;
}

bool LargeScreen::useful(const uint64_t *pattern) const {
    if (count_ == 0) return true;
    for (int64_t i = 0; i < count_; i++) {
        const Overlap found = overlap_of(support_.data() + i * words_, pattern, words_);
        if (found == Overlap::some || (found == Overlap::all && !saturated_[i])) return true;
    }
    return false;
}
