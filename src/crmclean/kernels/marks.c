/* A cheap mark of each value of Arrow text: of its first and last eight bytes and its length. */

#include "kernels.h"

/* Up to eight bytes as a number, the first the least, on any machine. */
static inline uint64_t little_endian(const uint8_t *bytes, int64_t length) {
    uint64_t word = 0;
    for (int64_t at = 0; at < length; at++) word |= (uint64_t)bytes[at] << 8 * at;
    return word;
}

EXPORT int64_t crmclean_text_marks(const int64_t *offsets, const uint8_t *data, int64_t count, uint64_t *marks) {
    for (int64_t place = 0; place < count; place++) {
        const uint8_t *text = data + offsets[place];
        int64_t size = offsets[place + 1] - offsets[place];
        uint64_t head = 0, tail = 0;
        if (size >= 8) {
            head = little_endian(text, 8);
            tail = little_endian(text + size - 8, 8);
        } else if (size > 0) {
            tail = little_endian(text, size);
            head = tail << 8 * (8 - size);
        }
        uint64_t mark = head * 0x9E3779B97F4A7C15u ^ tail * 0xC2B2AE3D27D4EB4Fu ^ (uint64_t)size;
        mark = (mark ^ mark >> 31) * 0xBF58476D1CE4E5B9u;
        marks[place] = mark ^ mark >> 29;
    }
    return count;
}
