// State machines: a tokenizer with a dense switch and a sparse one, a tree walk by function pointers, and a stack machine.
#include "support.h"

typedef enum { space, word, number, string, escape, comment, mark } State;

static uint64_t tokenize(const char *p, size_t n) {
    uint64_t counts[7] = {0};
    State state = space;
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        switch (state) {
        case string:
            if (c == '\\') state = escape;
            else if (c == '"') state = space;
            break;
        case escape: state = string; break;
        case comment: if (c == '\n') state = space; break;
        default:
            switch (c) {
            case ' ': case '\t': case '\r': case '\n': state = space; break;
            case '"': state = string; break;
            case '#': state = comment; break;
            case '(': case ')': case '{': case '}': case ';': case ',': state = mark; break;
            default: state = c >= '0' && c <= '9' && state != word ? number : word;
            }
        }
        counts[state]++;
    }
    uint64_t h = 0;
    for (int i = 0; i < 7; i++) h = h * 1000003 + counts[i];
    return h;
}

typedef struct Node Node;
struct Node { int64_t (*evaluate)(const Node *, int64_t); const Node *left, *right; int64_t value; };
static int64_t constant(const Node *n, int64_t x) { (void)x; return n->value; }
static int64_t variable(const Node *n, int64_t x) { return x ^ n->value; }
static int64_t sum(const Node *n, int64_t x) { return n->left->evaluate(n->left, x) + n->right->evaluate(n->right, x); }
static int64_t product(const Node *n, int64_t x) { return n->left->evaluate(n->left, x) * n->right->evaluate(n->right, x + 1); }
static Node nodes[256];

enum { push, add, multiply, swap, duplicate, drop, less, jump_if, jump, load, store, halt };
static int64_t interpret(const int32_t *code, int64_t rounds) {
    int64_t stack[64] = {0}, memory[8] = {0}, *top = stack;
    memory[0] = rounds;
    for (const int32_t *p = code;;) {
        switch (*p++) {
        case push: *++top = *p++; break;
        case add: top--; top[0] += top[1]; break;
        case multiply: top--; top[0] *= top[1]; break;
        case swap: { int64_t t = top[0]; top[0] = top[-1]; top[-1] = t; break; }
        case duplicate: top[1] = top[0]; top++; break;
        case drop: top--; break;
        case less: top--; top[0] = top[0] < top[1]; break;
        case jump_if: if (*top--) p = code + *p; else p++; break;
        case jump: p = code + *p; break;
        case load: *++top = memory[*p++ & 7]; break;
        case store: memory[*p++ & 7] = *top--; break;
        default: return memory[1];
        }
    }
}

int main(void) {
    enum { size = 100000 };
    static char text[size];
    static const char alphabet[] = "abcdefgh  \n01239(){};,\"\\#xyz    ";
    Random random = {9};
    for (int i = 0; i < size; i++) text[i] = alphabet[random_below(&random, sizeof alphabet - 1)];
    int64_t (*const kinds[])(const Node *, int64_t) = {sum, product, variable, constant};
    for (int i = 255; i >= 0; i--) {
        int inner = 2 * i + 2 < 256;
        nodes[i] = (Node){kinds[inner ? random_below(&random, 2) : 2 + random_below(&random, 2)], inner ? &nodes[2 * i + 1] : NULL, inner ? &nodes[2 * i + 2] : NULL, i};
    }
    static const int32_t code[] = {
        load, 1, push, 3, multiply, load, 0, add, store, 1, load, 0, push, -1, add, duplicate, store, 0, push, 0, swap, less, jump_if, 0, halt};
    uint64_t h = 0;
    bench_start();
    for (int round = 0; round < 150; round++) h = h * 31 + tokenize(text, size);
    for (int round = 0; round < 40000; round++) h += (uint64_t)nodes[0].evaluate(&nodes[0], round);
    h ^= (uint64_t)interpret(code, 3000000);
    bench_end();
    printf("%016llx\n", (unsigned long long)h);
}
