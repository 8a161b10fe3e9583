/* What the kernels share. Every exported function takes C-contiguous arrays and returns an int64. */

#ifndef CRMCLEAN_KERNELS_H
#define CRMCLEAN_KERNELS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* Finaliser of splitmix64 (Steele, Lea & Flood 2014). */
static inline uint64_t mix64(uint64_t x) {
    x ^= x >> 30;
    x *= 0xBF58476D1CE4E5B9u;
    x ^= x >> 27;
    x *= 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static inline uint64_t word_at(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    return word;
}

static inline uint64_t half_at(const uint8_t *bytes) {
    uint32_t word;
    memcpy(&word, bytes, 4);
    return word;
}

/* The up to eight bytes of a short text as one number; texts of one length that differ give different numbers. */
static inline uint64_t short_word(const uint8_t *bytes, int64_t length) {
    if (length >= 4) return half_at(bytes) | half_at(bytes + length - 4) << 32;
    if (length > 0) return bytes[0] | (uint64_t)bytes[length >> 1] << 8 | (uint64_t)bytes[length - 1] << 16;
    return 0;
}

/* A hash for tables in memory only: it depends on the byte order of the machine. */
static inline uint64_t hash_bytes(const uint8_t *bytes, int64_t length) {
    uint64_t hash = (uint64_t)length * 0x9E3779B97F4A7C15u;
    if (length <= 8) return mix64(hash ^ short_word(bytes, length));
    for (int64_t at = 0; at < length - 8; at += 8) {
        hash = (hash ^ word_at(bytes + at)) * 0xFF51AFD7ED558CCDu;
        hash ^= hash >> 32;
    }
    return mix64(hash ^ word_at(bytes + length - 8));
}

static inline int same_bytes(const uint8_t *one, const uint8_t *other, int64_t length) {
    if (length <= 8) return short_word(one, length) == short_word(other, length);
    for (int64_t at = 0; at < length - 8; at += 8)
        if (word_at(one + at) != word_at(other + at)) return 0;
    return word_at(one + length - 8) == word_at(other + length - 8);
}

#endif
