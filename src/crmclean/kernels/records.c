/* Well-formed CSV into columns: measured first, then filled, so that nothing is ever moved. */

#include "kernels.h"

enum { LF = 10, CR = 13 };

typedef struct {
    const uint8_t *data;
    int64_t at, stop;   /* the part still to be read */
    int64_t size;       /* of the whole text: a part ends where a record does */
    uint8_t delimiter;
    int quote;          /* -1: quotes are characters like any other */
    uint8_t ends[256];  /* bytes that end an unquoted cell, or make it ill-formed */
    int64_t lines;      /* physical lines begun before the place */
    int64_t inside;     /* line ends within quotes */
} reader_t;

static reader_t reader_of(const uint8_t *data, int64_t start, int64_t stop, int64_t size, int64_t delimiter,
                          int64_t quote) {
    reader_t r = {.data = data, .at = start, .stop = stop, .size = size, .delimiter = (uint8_t)delimiter};
    r.quote = (int)quote;
    memset(r.ends, 0, sizeof r.ends);
    r.ends[r.delimiter] = r.ends[LF] = r.ends[CR] = 1;
    if (quote >= 0) r.ends[quote] = 1;
    return r;
}

static inline int is_line_end(const reader_t *r, int64_t at) {
    uint8_t byte = r->data[at];
    return byte == LF || (byte == CR && !(at + 1 < r->size && r->data[at + 1] == LF));
}

/* The bytes of a quoted cell, its quotes taken off and doubled ones made one; -1 where a quote stands astray.
   `made` may be NULL: then they are only counted. */
static inline int64_t quoted_cell(reader_t *r, uint8_t *made) {
    int64_t length = 0, at = r->at + 1;
    for (;;) {
        int64_t from = at;
        while (at < r->stop && r->data[at] != r->quote) {
            if (r->data[at] <= CR && is_line_end(r, at)) r->inside++;
            at++;
        }
        if (made) memcpy(made + length, r->data + from, (size_t)(at - from));
        length += at - from;
        if (at >= r->stop) return -1; /* never closed */
        at++;
        if (at >= r->stop || r->data[at] != r->quote) break;
        if (made) made[length] = (uint8_t)r->quote;
        length++;
        at++;
    }
    r->at = at;
    if (at < r->stop && !r->ends[r->data[at]]) return -1;
    return length;
}

/* The bytes of the cell at the place, which is left behind it; -1 where a quote stands astray. */
static inline int64_t cell(reader_t *r, uint8_t *made) {
    if (r->at < r->stop && r->data[r->at] == r->quote) return quoted_cell(r, made);
    int64_t from = r->at, at = from;
    while (at < r->stop && !r->ends[r->data[at]]) at++;
    if (at < r->stop && r->data[at] == r->quote) return -1;
    if (made) memcpy(made, r->data + from, (size_t)(at - from));
    r->at = at;
    return at - from;
}

/* Step over the line end at the place, if there is one. */
static inline void next_line(reader_t *r) {
    if (r->at >= r->stop) return;
    r->at += r->data[r->at] == CR && r->at + 1 < r->stop && r->data[r->at + 1] == LF ? 2 : 1;
    r->lines++;
}

/* Where the first record begins that begins after `middle`, in a text whose quotes are as they should be. */
EXPORT int64_t crmclean_records_begin(const uint8_t *data, int64_t size, int64_t quote, int64_t middle) {
    reader_t r = reader_of(data, middle, size, size, 0, quote);
    int64_t quotes = 0;
    if (quote >= 0)
        for (int64_t at = 0; at < middle; at++) quotes += data[at] == (uint8_t)quote;
    for (; r.at < size; r.at++) {
        if (data[r.at] == r.quote) quotes++;
        else if (!(quotes & 1) && is_line_end(&r, r.at)) return r.at + 1;
    }
    return size;
}

/* Measure a part: out = {records, blank lines, line ends, line ends within quotes, longest record},
   lengths = bytes by column. 1; 0 where a record has another width than `width` or a quote stands astray. */
EXPORT int64_t crmclean_records_measure(const uint8_t *data, int64_t start, int64_t stop, int64_t size,
                                        int64_t delimiter, int64_t quote, int64_t width, int64_t *lengths,
                                        int64_t *out) {
    reader_t r = reader_of(data, start, stop, size, delimiter, quote);
    int64_t records = 0, blank = 0, longest = 0;
    memset(lengths, 0, (size_t)width * sizeof *lengths);
    while (r.at < r.stop) {
        int64_t begun = r.at;
        if (data[begun] == LF || data[begun] == CR) {
            blank++;
            next_line(&r);
            continue;
        }
        for (int64_t column = 0; column < width; column++) {
            if (column && (r.at >= r.stop || data[r.at] != r.delimiter)) return 0;
            r.at += column > 0;
            int64_t length = cell(&r, NULL);
            if (length < 0) return 0;
            lengths[column] += length;
        }
        if (r.at < r.stop && data[r.at] == r.delimiter) return 0;
        next_line(&r);
        records++;
        if (r.at - begun > longest) longest = r.at - begun;
    }
    out[0] = records;
    out[1] = blank;
    out[2] = r.lines + r.inside;
    out[3] = r.inside;
    out[4] = longest;
    return 1;
}

/* Fill the cells of a part that was measured.

   offsets  width rows of `rows` + 1 offsets; those of this part's records from `row` on, each where its cell ends
   made     the bytes of all columns one after the other; places = where this part's go, by column; bases = where
            each column begins
   starts, lines  of the records: byte and physical line; blanks: physical lines that are blank */
EXPORT int64_t crmclean_records_fill(const uint8_t *data, int64_t start, int64_t stop, int64_t size, int64_t delimiter,
                                     int64_t quote, int64_t width, int64_t rows, int64_t row, int64_t line,
                                     int64_t *places, const int64_t *bases, int64_t *offsets, uint8_t *made,
                                     int64_t *starts, int64_t *lines, int64_t *blanks) {
    reader_t r = reader_of(data, start, stop, size, delimiter, quote);
    r.lines = line;
    int64_t blank = 0;
    while (r.at < r.stop) {
        int64_t here = r.lines + r.inside;
        if (data[r.at] == LF || data[r.at] == CR) {
            blanks[blank++] = here;
            next_line(&r);
            continue;
        }
        starts[row] = r.at;
        lines[row] = here;
        row++;
        for (int64_t column = 0; column < width; column++) {
            r.at += column > 0;
            places[column] += cell(&r, made + places[column]);
            offsets[column * (rows + 1) + row] = places[column] - bases[column];
        }
        next_line(&r);
    }
    return row;
}
