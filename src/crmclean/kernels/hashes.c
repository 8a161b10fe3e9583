/* Hashes of texts and of the content of records, the same on every machine. */

#include "kernels.h"

/* Up to eight bytes as a little-endian number. */
static inline uint64_t little_endian(const uint8_t *bytes, int64_t length) {
    uint64_t word = 0;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (length >= 8) return word_at(bytes);
    memcpy(&word, bytes, (size_t)length);
#else
    for (int64_t i = 0; i < length && i < 8; i++) word |= (uint64_t)bytes[i] << (8 * i);
#endif
    return word;
}

EXPORT int64_t crmclean_hash_texts(const int64_t *offsets, const uint8_t *data, int64_t count, uint64_t *hashes) {
    for (int64_t i = 0; i < count; i++) {
        const uint8_t *text = data + offsets[i];
        int64_t length = offsets[i + 1] - offsets[i];
        uint64_t hash = (uint64_t)length * 0x9E3779B97F4A7C15u + 0x2545F4914F6CDD1Du;
        for (int64_t at = 0; at < length; at += 8) hash = mix64(hash ^ mix64(little_endian(text + at, length - at)));
        hashes[i] = hash;
    }
    return 0;
}

/* Add the value that each of the records from `start` to `stop` has in one form to the hash of its content. `codes` has
   a row of `count` for each column of the form, every code a place in `hashes`. */
EXPORT int64_t crmclean_chain_codes(
    const int32_t *codes, int64_t rows, int64_t count, const uint64_t *hashes, int64_t start, int64_t stop,
    uint64_t *content
) {
    for (int64_t i = start; i < stop; i++) {
        uint64_t chained = 0;
        for (int64_t row = 0; row < rows; row++) chained = mix64(chained) + hashes[codes[row * count + i]];
        content[i] = mix64(content[i]) + chained;
    }
    return 0;
}
