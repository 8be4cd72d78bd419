/* Dimensions of the polynomial networks of a published table, in one call of network_batch_ranks: seconds, the share of
 * rows that are proved from both sides, and every row that differs.
 *
 *   profile_dimensions FILE.csv [THREADS [LEAST [MOST]]]
 *   profile_dimensions 3-80-80-80-80-3 EXPONENT [THREADS]
 *
 * FILE.csv has the columns exponent, architecture ("[2, 3, 4, 1]") and dimension_computed, as the tables of
 * arXiv 2605.09609 have. Rows of dimensions outside LEAST ... MOST are left out. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fullrank_kernels.h"

enum { MOST_WIDTHS = 64, MOST_COLUMNS = 64, LINE = 4096 };

typedef struct row {
    fr_network network;
    fr_network_layer layers[MOST_WIDTHS];
    int64_t published; /* -1: unknown */
    char words[128];
} row;

static double seconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Splits at commas outside quotes. */
static int split(char *line, char **fields) {
    int count = 0, quoted = 0;
    fields[count++] = line;
    for (char *c = line; *c; c++) {
        if (*c == '"') quoted = !quoted;
        if (*c == '\n' || *c == '\r') *c = 0;
        if (*c == ',' && !quoted && count < MOST_COLUMNS) {
            *c = 0;
            fields[count++] = c + 1;
        }
    }
    return count;
}

static int column(char **fields, int count, const char *name) {
    for (int i = 0; i < count; i++)
        if (strcmp(fields[i], name) == 0) return i;
    fprintf(stderr, "no column %s\n", name);
    exit(65);
}

static void make(row *r, const char *architecture, int exponent, int64_t published) {
    int64_t widths[MOST_WIDTHS], count = 0, parameters = 0;
    snprintf(r->words, sizeof r->words, "%s", architecture);
    for (const char *c = architecture; *c && count < MOST_WIDTHS;) {
        char *end;
        if (*c < '0' || *c > '9') {
            c++;
            continue;
        }
        widths[count++] = strtoll(c, &end, 10);
        c = end;
    }
    for (int64_t l = 1; l < count; l++) {
        r->layers[l - 1] =
            (fr_network_layer){.units = widths[l], .trained = 1, .activation = FR_POWER, .exponent = exponent};
        parameters += widths[l] * widths[l - 1];
    }
    r->published = published;
    r->network = (fr_network){.struct_size = sizeof(fr_network), .functionals = 1, .inputs = widths[0],
                              .layer_count = count - 1, .layers = r->layers, .sets = 1,
                              .parameter_numbers = FR_NUMBERS_DRAWN, .point_numbers = FR_NUMBERS_DRAWN,
                              .points = parameters + 8, .seed = 1, .patience = 8};
}

static row *read_table(const char *path, int64_t least, int64_t most, int64_t *count) {
    FILE *file = fopen(path, "r");
    char line[LINE], *fields[MOST_COLUMNS];
    if (!file || !fgets(line, sizeof line, file)) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(74);
    }
    const int width = split(line, fields), exponent = column(fields, width, "exponent"),
              architecture = column(fields, width, "architecture"),
              dimension = column(fields, width, "dimension_computed");
    int64_t room = 1024;
    row *rows = malloc((size_t)room * sizeof *rows);
    for (*count = 0; rows && fgets(line, sizeof line, file);) {
        if (split(line, fields) < width) continue;
        const int64_t published = atoll(fields[dimension]);
        if (published < least || published > most) continue;
        if (*count == room) rows = realloc(rows, (size_t)(room *= 2) * sizeof *rows);
        if (rows) make(&rows[(*count)++], fields[architecture], atoi(fields[exponent]), published);
    }
    fclose(file);
    if (!rows) exit(69);
    for (int64_t i = 0; i < *count; i++) rows[i].network.layers = rows[i].layers; /* they moved */
    return rows;
}

static void report(const row *rows, int64_t count, const fr_network_rank *ranks, double wall, double processor) {
    int64_t differ = 0, proved = 0;
    double work = 0;
    for (int64_t i = 0; i < count; i++) {
        const double rank = (double)ranks[i].rank;
        proved += ranks[i].end == FR_END_BOUND;
        work += rank * rank * rank / 3;
        if (rows[i].published < 0 || count < 4)
            printf("%s: dimension %" PRId64 ", bound %" PRId64 ", %" PRId64 " points\n", rows[i].words, ranks[i].rank,
                   ranks[i].bound, ranks[i].points);
        if (rows[i].published < 0 || ranks[i].rank == rows[i].published) continue;
        if (differ++ < 10)
            printf("%s: dimension %" PRId64 ", published %" PRId64 "\n", rows[i].words, ranks[i].rank,
                   rows[i].published);
    }
    printf("%" PRId64 " architectures in %.2f s (%.2f s of processors), %" PRId64 " differ, %" PRId64
           " (%.1f %%) proved; rank^3/3 is %.3g in all, %.3g a second of processors\n",
           count, wall, processor, differ, proved, 100.0 * (double)proved / (double)count, work, work / processor);
}

int main(int argument_count, char **arguments) {
    if (argument_count < 2) {
        fprintf(stderr, "usage: profile_dimensions FILE.csv [THREADS [LEAST [MOST]]] | WIDTHS EXPONENT [THREADS]\n");
        return 64;
    }
    const int is_table = strstr(arguments[1], ".csv") != NULL, before = is_table ? 2 : 3;
    const int32_t threads = argument_count > before ? atoi(arguments[before]) : 0;
    int64_t count = 1;
    row *rows;
    if (is_table) {
        rows = read_table(arguments[1], argument_count > 3 ? atoll(arguments[3]) : 0,
                          argument_count > 4 ? atoll(arguments[4]) : INT64_MAX, &count);
    } else {
        rows = malloc(sizeof *rows);
        if (!rows) return 69;
        make(rows, arguments[1], argument_count > 2 ? atoi(arguments[2]) : 2, -1);
    }
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    const fr_session_options options = {sizeof options, 0, threads, 0, 0};
    fr_session *session;
    char reason[256];
    fr_network *networks = calloc((size_t)count + 1, sizeof *networks);
    fr_network_rank *ranks = calloc((size_t)count + 1, sizeof *ranks);
    fr_outcome *outcomes = calloc((size_t)count + 1, sizeof *outcomes);
    if (!networks || !ranks || !outcomes || cpu->open(&options, &session, reason, sizeof reason) != FR_OK) return 69;
    for (int64_t i = 0; i < count; i++) networks[i] = rows[i].network;
    const double wall = seconds(CLOCK_MONOTONIC), processor = seconds(CLOCK_PROCESS_CPUTIME_ID);
    const fr_status status = cpu->network_batch_ranks(session, networks, count, FR_PRIME_MAX, ranks, outcomes);
    if (status != FR_OK) printf("%s\n", cpu->last_error(session));
    else report(rows, count, ranks, seconds(CLOCK_MONOTONIC) - wall, seconds(CLOCK_PROCESS_CPUTIME_ID) - processor);
    cpu->close(session);
    free(outcomes);
    free(ranks);
    free(networks);
    free(rows);
    return status != FR_OK;
}
