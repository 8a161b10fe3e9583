/* How many of some pairs of records have two values in common. */

#include "kernels.h"

/* Pairs of places in `first` and `second` at which both have one code that is not 0. */
EXPORT int64_t crmclean_same_names(
    const int32_t *left, const int32_t *right, int64_t count, const int32_t *first, const int32_t *second
) {
    int64_t same = 0;
    for (int64_t i = 0; i < count; i++) {
        int32_t one = left[i], other = right[i];
        if (first[one] == first[other] && first[one]) same += second[one] == second[other] && second[one];
    }
    return same;
}
