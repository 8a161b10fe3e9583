/* A list of words and the bits of each, for looking up words. */

#ifndef CRMCLEAN_WORDS_H
#define CRMCLEAN_WORDS_H

#include "kernels.h"

typedef struct {
    const int64_t *offsets;
    const uint8_t *data, *bits;
    uint64_t mask;
    uint32_t *slots; /* number of the word, from 1 on; 0: free */
} words_t;

/* 0 where memory does not suffice. */
static inline int words_open(
    words_t *words, const int64_t *offsets, const uint8_t *data, const uint8_t *bits, int64_t count
) {
    uint64_t size = 8;
    while (size < 4 * (uint64_t)count) size *= 2;
    *words = (words_t){offsets, data, bits, size - 1, calloc(size, sizeof *words->slots)};
    if (!words->slots) return 0;
    for (int64_t i = 0; i < count; i++) {
        uint64_t at = hash_bytes(data + offsets[i], offsets[i + 1] - offsets[i]) & words->mask;
        while (words->slots[at]) at = (at + 1) & words->mask;
        words->slots[at] = (uint32_t)i + 1;
    }
    return 1;
}

static inline void words_close(words_t *words) {
    free(words->slots);
}

/* The bits of a word, 0 for one that is not listed. */
static inline uint8_t words_bits(const words_t *words, const uint8_t *word, int64_t length) {
    uint64_t at = hash_bytes(word, length) & words->mask;
    for (; words->slots[at]; at = (at + 1) & words->mask) {
        int64_t start = words->offsets[words->slots[at] - 1], size = words->offsets[words->slots[at]] - start;
        if (size == length && same_bytes(words->data + start, word, length)) return words->bits[words->slots[at] - 1];
    }
    return 0;
}

#endif
