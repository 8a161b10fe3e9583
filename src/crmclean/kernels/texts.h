/* Texts made of texts, one value after the other. A kernel leaves out what it is not made for: the caller sees to it. */

#ifndef CRMCLEAN_TEXTS_H
#define CRMCLEAN_TEXTS_H

#include "kernels.h"

#define LEFT_OUT (-1)

static inline int is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

static inline uint8_t lower(uint8_t byte) {
    return byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
}

/* Run `one_text`, an expression that gives the bytes written to `place` or LEFT_OUT, for each `text` of `length` bytes.
   `made` has room for as many bytes as there are in all texts, and none may become longer than it was. Gives `end`. */
#define EACH_TEXT(one_text)                                                                                            \
    int64_t end = 0;                                                                                                   \
    do {                                                                                                               \
        ends[0] = 0;                                                                                                   \
        for (int64_t i = 0; i < count; i++) {                                                                          \
            const uint8_t *text = data + offsets[i];                                                                   \
            int64_t length = offsets[i + 1] - offsets[i];                                                              \
            uint8_t *place = made + end;                                                                               \
            int64_t size = (one_text);                                                                                 \
            left_out[i] = size == LEFT_OUT;                                                                            \
            end += size == LEFT_OUT ? 0 : size;                                                                        \
            ends[i + 1] = end;                                                                                         \
        }                                                                                                              \
    } while (0)

#endif
