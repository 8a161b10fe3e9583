/* How the records that carry each code spread over their marks: sums for the inverse Simpson index. */

#include "kernels.h"

typedef struct {
    int64_t *ends;    /* where the marks of each code end, first where they begin */
    int32_t *marks;   /* code by code */
    int64_t *times;   /* of each mark, NULL for once */
    int64_t *met;     /* how often each mark was met with the code at hand */
} spread_t;

static int open_spread(spread_t *spread, int64_t size, int64_t marks_size, int64_t room, int64_t has_times) {
    spread->ends = calloc((size_t)size + 1, sizeof(int64_t));
    spread->marks = malloc((size_t)room * sizeof(int32_t) + 1);
    spread->times = has_times ? malloc((size_t)room * sizeof(int64_t) + 1) : NULL;
    spread->met = calloc((size_t)marks_size + 1, sizeof(int64_t));
    return spread->ends && spread->marks && spread->met && (spread->times || !has_times);
}

static void close_spread(spread_t *spread) {
    free(spread->ends);
    free(spread->marks);
    free(spread->times);
    free(spread->met);
}

/* Put the marks of each code side by side. */
static void gather(
    spread_t *spread, const int32_t *codes, int64_t rows, int64_t count, int64_t size, const int32_t *marks,
    const int64_t *times
) {
    for (int64_t row = 0; row < rows; row++)
        for (int64_t i = 0; i < count; i++)
            if (codes[row * count + i] > 0 && marks[i] > 0) spread->ends[codes[row * count + i] + 1]++;
    for (int64_t code = 0; code < size; code++) spread->ends[code + 1] += spread->ends[code];
    for (int64_t row = 0; row < rows; row++)
        for (int64_t i = 0; i < count; i++) {
            int32_t code = codes[row * count + i];
            if (code <= 0 || marks[i] <= 0) continue;
            int64_t place = spread->ends[code]++;
            spread->marks[place] = marks[i];
            if (spread->times) spread->times[place] = times[i];
        }
}

/* For each of `size` codes, the records with it and a mark, and the sum over the marks of the square of the records that
   have code and mark. 0 is no code and no mark. `codes` has a row of `count` for each column; a record is there once, or
   as often as `times` says (has_times = 1). -1 where memory does not suffice. */
EXPORT int64_t crmclean_spread(
    const int32_t *codes, int64_t rows, int64_t count, int64_t size, const int32_t *marks, int64_t marks_size,
    const int64_t *times, int64_t has_times, int64_t *total, int64_t *squares
) {
    spread_t spread;
    int good = open_spread(&spread, size, marks_size, rows * count, has_times);
    if (good) gather(&spread, codes, rows, count, size, marks, times);
    for (int64_t code = 0, start = 0; good && code < size; code++) {
        int64_t stop = spread.ends[code];
        total[code] = squares[code] = 0;
        for (int64_t place = start; place < stop; place++) {
            int64_t more = spread.times ? spread.times[place] : 1, *met = &spread.met[spread.marks[place]];
            squares[code] += more * (more + 2 * *met);
            total[code] += more;
            *met += more;
        }
        for (int64_t place = start; place < stop; place++) spread.met[spread.marks[place]] = 0;
        start = stop;
    }
    close_spread(&spread);
    return good ? 0 : -1;
}
