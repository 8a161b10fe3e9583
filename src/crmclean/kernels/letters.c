/* The set of the bytes of each value of Arrow text. */

#include "kernels.h"

/* A bit for each byte modulo 64. */
EXPORT int64_t crmclean_letter_masks(const int64_t *offsets, const uint8_t *data, int64_t count, uint64_t *masks) {
    for (int64_t i = 0; i < count; i++) {
        uint64_t mask = 0;
        for (int64_t at = offsets[i]; at < offsets[i + 1]; at++) mask |= (uint64_t)1 << (data[at] & 63);
        masks[i] = mask;
    }
    return count;
}
