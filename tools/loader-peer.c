// Times Wasmtime's loader through its C API, for tools/bench --loader: opening a compiled module, instantiating it, calls both ways, fresh memory.
//
//   loader-peer MODULE.wasm SCRATCH on-demand|pooled      prints one JSON object, times as [minimum, median]
//
// The library is the one in the `wasmtime` package of PyPI, which comes without headers: the few declarations below are its C API's.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct { size_t size; char *data; } wasm_byte_vec_t;
typedef struct { size_t size; void **data; } wasm_vec_t;
typedef union { int32_t i32; int64_t i64; uint8_t v128[16]; } val_raw_t;
typedef struct { uint64_t store; void *place; } func_t;
typedef struct { uint64_t store; size_t place; } instance_t;
typedef struct { uint8_t kind; union { func_t func; char space[32]; } of; } extern_t;
typedef struct config config_t;
typedef struct engine engine_t;
typedef struct module module_t;
typedef struct linker linker_t;
typedef struct store store_t;
typedef struct context context_t;
typedef struct instance_pre instance_pre_t;
typedef struct pooling pooling_t;
typedef struct error error_t;
typedef struct trap trap_t;

config_t *wasm_config_new(void);
engine_t *wasm_engine_new_with_config(config_t *);
pooling_t *wasmtime_pooling_allocation_config_new(void);
void wasmtime_pooling_allocation_strategy_set(config_t *, const pooling_t *);
error_t *wasmtime_module_new(engine_t *, const uint8_t *, size_t, module_t **);
error_t *wasmtime_module_serialize(module_t *, wasm_byte_vec_t *);
error_t *wasmtime_module_deserialize_file(engine_t *, const char *, module_t **);
void wasmtime_module_delete(module_t *);
linker_t *wasmtime_linker_new(engine_t *);
error_t *wasmtime_linker_define_wasi(linker_t *);
error_t *wasmtime_linker_define_unknown_imports_as_traps(linker_t *, module_t *);
error_t *wasmtime_linker_define_func_unchecked(
    linker_t *, const char *, size_t, const char *, size_t, const void *type,
    trap_t *(*)(void *, void *caller, val_raw_t *, size_t), void *, void (*)(void *));
error_t *wasmtime_linker_instantiate_pre(const linker_t *, const module_t *, instance_pre_t **);
error_t *wasmtime_instance_pre_instantiate(const instance_pre_t *, context_t *, instance_t *, trap_t **);
store_t *wasmtime_store_new(engine_t *, void *, void (*)(void *));
context_t *wasmtime_store_context(store_t *);
void wasmtime_store_delete(store_t *);
bool wasmtime_instance_export_get(context_t *, const instance_t *, const char *, size_t, extern_t *);
error_t *wasmtime_func_call_unchecked(context_t *, const func_t *, val_raw_t *, size_t, trap_t **);
void wasmtime_error_message(const error_t *, wasm_byte_vec_t *);
void *wasm_valtype_new(uint8_t);
void wasm_valtype_vec_new(wasm_vec_t *, size_t, void *const *);
void *wasm_functype_new(wasm_vec_t *, wasm_vec_t *);

enum { opens = 200, instances = 500, calls = 1000000, rounds = 9, touches = 30, touched_pages = 64 };

static void check(error_t *error) {
    if (!error) return;
    wasm_byte_vec_t message;
    wasmtime_error_message(error, &message);
    fprintf(stderr, "loader-peer: %.*s\n", (int)message.size, message.data);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
static void report(const char *name, double *nanoseconds, int count, double unit) {
    qsort(nanoseconds, (size_t)count, sizeof(double), ascending);
    printf(", \"%s\": [%.4g, %.4g]", name, nanoseconds[0] / unit, nanoseconds[count / 2] / unit);
}

static trap_t *add(void *data, void *caller, val_raw_t *values, size_t count) {
    (void)data, (void)caller, (void)count;
    values[0].i32 = (int32_t)((uint32_t)values[0].i32 + (uint32_t)values[1].i32);
    return NULL;
}

static void *add_type(void) {
    void *i32s[2] = {wasm_valtype_new(0), wasm_valtype_new(0)}, *result[1] = {wasm_valtype_new(0)};
    wasm_vec_t parameters, results;
    wasm_valtype_vec_new(&parameters, 2, i32s);
    wasm_valtype_vec_new(&results, 1, result);
    return wasm_functype_new(&parameters, &results);
}

static uint8_t *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) { perror(path); exit(1); }
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size + 1);
    if (fread(bytes, 1, *size, file) != *size) { perror(path); exit(1); }
    fclose(file);
    return bytes;
}

static void measure_calls(engine_t *engine, const instance_pre_t *prepared) {
    store_t *store = wasmtime_store_new(engine, NULL, NULL);
    context_t *context = wasmtime_store_context(store);
    instance_t instance;
    trap_t *trap = NULL;
    extern_t inner, outer;
    check(wasmtime_instance_pre_instantiate(prepared, context, &instance, &trap));
    if (wasmtime_instance_export_get(context, &instance, "add", 3, &inner) && wasmtime_instance_export_get(context, &instance, "loop", 4, &outer)) {
        double into[rounds], out[rounds];
        val_raw_t values[2];
        for (int r = 0; r < rounds; r++) {
            double start = now();
            for (int i = 0; i < calls; i++) {
                values[0].i32 = i;
                values[1].i32 = 1;
                wasmtime_func_call_unchecked(context, &inner.of.func, values, 2, &trap);
            }
            into[r] = (now() - start) / calls;
            start = now();
            values[0].i32 = calls;
            wasmtime_func_call_unchecked(context, &outer.of.func, values, 1, &trap);
            out[r] = (now() - start) / calls;
        }
        report("call_ns", into, rounds, 1);
        report("host_call_ns", out, rounds, 1);
    }
    wasmtime_store_delete(store);
}

// Each time in an instance of its own, whose memory nothing has touched.
static void measure_fresh_memory(engine_t *engine, const instance_pre_t *prepared) {
    double times[touches];
    for (int i = 0; i < touches; i++) {
        store_t *store = wasmtime_store_new(engine, NULL, NULL);
        context_t *context = wasmtime_store_context(store);
        instance_t instance;
        trap_t *trap = NULL;
        extern_t touch;
        check(wasmtime_instance_pre_instantiate(prepared, context, &instance, &trap));
        if (!wasmtime_instance_export_get(context, &instance, "touch", 5, &touch)) {
            wasmtime_store_delete(store);
            return;
        }
        val_raw_t values[1] = {{.i32 = touched_pages}};
        double start = now();
        wasmtime_func_call_unchecked(context, &touch.of.func, values, 1, &trap);
        times[i] = (now() - start) / (touched_pages * 16);
        wasmtime_store_delete(store);
    }
    report("fault_us", times, touches, 1e3);
}

int main(int argc, char **argv) {
    if (argc != 4) { fprintf(stderr, "loader-peer MODULE.wasm SCRATCH on-demand|pooled\n"); return 2; }
    config_t *config = wasm_config_new();
    if (strcmp(argv[3], "pooled") == 0) wasmtime_pooling_allocation_strategy_set(config, wasmtime_pooling_allocation_config_new());
    engine_t *engine = wasm_engine_new_with_config(config);

    size_t size;
    uint8_t *bytes = read_file(argv[1], &size);
    module_t *module;
    wasm_byte_vec_t artifact;
    check(wasmtime_module_new(engine, bytes, size, &module));
    check(wasmtime_module_serialize(module, &artifact));
    wasmtime_module_delete(module);
    FILE *file = fopen(argv[2], "wb");
    if (!file || fwrite(artifact.data, 1, artifact.size, file) != artifact.size || fclose(file)) { perror(argv[2]); return 1; }
    printf("{\"artifact_bytes\": %zu", artifact.size);

    double times[instances], cycles[instances];
    for (int i = 0; i < opens; i++) {
        double start = now();
        check(wasmtime_module_deserialize_file(engine, argv[2], &module));
        times[i] = now() - start;
        wasmtime_module_delete(module);
    }
    report("open_us", times, opens, 1e3);

    check(wasmtime_module_deserialize_file(engine, argv[2], &module));
    linker_t *linker = wasmtime_linker_new(engine);
    check(wasmtime_linker_define_wasi(linker));
    check(wasmtime_linker_define_func_unchecked(linker, "bench", 5, "add", 3, add_type(), add, NULL, NULL));
    check(wasmtime_linker_define_unknown_imports_as_traps(linker, module));
    instance_pre_t *prepared;
    check(wasmtime_linker_instantiate_pre(linker, module, &prepared));
    for (int i = 0; i < instances; i++) {
        instance_t instance;
        trap_t *trap = NULL;
        double began = now();
        store_t *store = wasmtime_store_new(engine, NULL, NULL);
        double start = now();
        check(wasmtime_instance_pre_instantiate(prepared, wasmtime_store_context(store), &instance, &trap));
        double end = now();
        wasmtime_store_delete(store);
        times[i] = end - start;
        cycles[i] = now() - began;
    }
    report("instantiate_us", times, instances, 1e3);
    report("cycle_us", cycles, instances, 1e3);
    measure_calls(engine, prepared);
    measure_fresh_memory(engine, prepared);
    printf("}\n");
    return 0;
}
