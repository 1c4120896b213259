// Ordered maps under load: a B-tree with insertion, deletion and range scans, checked against its invariants, and a left-leaning
// red-black tree holding the same keys.
// btree [THOUSANDS]
#include "support.h"

enum { T = 8, MAX_KEYS = 2 * T - 1 };

typedef struct Node {
    uint16_t count;
    bool leaf;
    uint32_t keys[MAX_KEYS];
    uint32_t values[MAX_KEYS];
    struct Node *children[MAX_KEYS + 1];
} Node;

static Node *node_make(bool leaf) {
    Node *n = allocate(sizeof *n);
    n->count = 0;
    n->leaf = leaf;
    return n;
}

static uint32_t lower_bound(const Node *n, uint32_t key) {
    uint32_t lo = 0, hi = n->count;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (n->keys[mid] < key) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

static void split_child(Node *parent, uint32_t i) {
    Node *left = parent->children[i], *right = node_make(left->leaf);
    right->count = T - 1;
    memcpy(right->keys, left->keys + T, (T - 1) * sizeof *left->keys);
    memcpy(right->values, left->values + T, (T - 1) * sizeof *left->values);
    if (!left->leaf) memcpy(right->children, left->children + T, T * sizeof *left->children);
    left->count = T - 1;
    for (uint32_t k = parent->count; k > i; k--) {
        parent->keys[k] = parent->keys[k - 1];
        parent->values[k] = parent->values[k - 1];
        parent->children[k + 1] = parent->children[k];
    }
    parent->keys[i] = left->keys[T - 1];
    parent->values[i] = left->values[T - 1];
    parent->children[i + 1] = right;
    parent->count++;
}

static bool insert(Node **root, uint32_t key, uint32_t value) {
    if ((*root)->count == MAX_KEYS) {
        Node *n = node_make(false);
        n->children[0] = *root;
        split_child(n, 0);
        *root = n;
    }
    for (Node *n = *root;;) {
        uint32_t i = lower_bound(n, key);
        if (i < n->count && n->keys[i] == key) {
            n->values[i] = value;
            return false;
        }
        if (n->leaf) {
            for (uint32_t k = n->count; k > i; k--) {
                n->keys[k] = n->keys[k - 1];
                n->values[k] = n->values[k - 1];
            }
            n->keys[i] = key;
            n->values[i] = value;
            n->count++;
            return true;
        }
        if (n->children[i]->count == MAX_KEYS) {
            split_child(n, i);
            if (n->keys[i] == key) continue;
            if (n->keys[i] < key) i++;
        }
        n = n->children[i];
    }
}

static const uint32_t *find(const Node *n, uint32_t key) {
    for (;;) {
        uint32_t i = lower_bound(n, key);
        if (i < n->count && n->keys[i] == key) return &n->values[i];
        if (n->leaf) return NULL;
        n = n->children[i];
    }
}

static void remove_at(Node *n, uint32_t i) {
    for (uint32_t k = i; k + 1 < n->count; k++) {
        n->keys[k] = n->keys[k + 1];
        n->values[k] = n->values[k + 1];
    }
    n->count--;
}

static void merge_children(Node *n, uint32_t i) {
    Node *left = n->children[i], *right = n->children[i + 1];
    left->keys[left->count] = n->keys[i];
    left->values[left->count] = n->values[i];
    memcpy(left->keys + left->count + 1, right->keys, right->count * sizeof *right->keys);
    memcpy(left->values + left->count + 1, right->values, right->count * sizeof *right->values);
    if (!left->leaf) memcpy(left->children + left->count + 1, right->children, (right->count + 1u) * sizeof *right->children);
    left->count = (uint16_t)(left->count + right->count + 1);
    for (uint32_t k = i + 1; k < n->count; k++) n->children[k] = n->children[k + 1];
    remove_at(n, i);
    free(right);
}

// Gives child i at least T keys, so that one can be taken from it; returns its index afterwards.
static uint32_t fill_child(Node *n, uint32_t i) {
    Node *c = n->children[i];
    if (c->count >= T) return i;
    if (i > 0 && n->children[i - 1]->count >= T) {
        Node *l = n->children[i - 1];
        memmove(c->keys + 1, c->keys, c->count * sizeof *c->keys);
        memmove(c->values + 1, c->values, c->count * sizeof *c->values);
        if (!c->leaf) {
            memmove(c->children + 1, c->children, (c->count + 1u) * sizeof *c->children);
            c->children[0] = l->children[l->count];
        }
        c->keys[0] = n->keys[i - 1];
        c->values[0] = n->values[i - 1];
        n->keys[i - 1] = l->keys[l->count - 1];
        n->values[i - 1] = l->values[l->count - 1];
        l->count--;
        c->count++;
    } else if (i < n->count && n->children[i + 1]->count >= T) {
        Node *r = n->children[i + 1];
        c->keys[c->count] = n->keys[i];
        c->values[c->count] = n->values[i];
        if (!c->leaf) {
            c->children[c->count + 1] = r->children[0];
            memmove(r->children, r->children + 1, r->count * sizeof *r->children);
        }
        n->keys[i] = r->keys[0];
        n->values[i] = r->values[0];
        remove_at(r, 0);
        c->count++;
    } else {
        if (i == n->count) i--;
        merge_children(n, i);
    }
    return i;
}

static bool erase_from(Node *n, uint32_t key) {
    uint32_t i = lower_bound(n, key);
    bool here = i < n->count && n->keys[i] == key;
    if (n->leaf) {
        if (here) remove_at(n, i);
        return here;
    }
    if (!here) return erase_from(n->children[fill_child(n, i)], key);
    if (n->children[i]->count >= T) {
        Node *p = n->children[i];
        while (!p->leaf) p = p->children[p->count];
        n->keys[i] = p->keys[p->count - 1];
        n->values[i] = p->values[p->count - 1];
        return erase_from(n->children[i], n->keys[i]);
    }
    if (n->children[i + 1]->count >= T) {
        Node *s = n->children[i + 1];
        while (!s->leaf) s = s->children[0];
        n->keys[i] = s->keys[0];
        n->values[i] = s->values[0];
        return erase_from(n->children[i + 1], n->keys[i]);
    }
    merge_children(n, i);
    return erase_from(n->children[i], key);
}

static bool erase(Node **root, uint32_t key) {
    bool found = erase_from(*root, key);
    if ((*root)->count == 0 && !(*root)->leaf) {
        Node *old = *root;
        *root = old->children[0];
        free(old);
    }
    return found;
}

typedef struct {
    uint32_t keys, nodes, depth;
    uint64_t hash;
    int64_t last;
} Walk;

static void walk(const Node *n, Walk *w, uint32_t depth, bool is_root) {
    if (!is_root && (n->count < T - 1 || n->count > MAX_KEYS)) die("node size out of bounds");
    w->nodes++;
    for (uint32_t i = 0; i <= n->count; i++) {
        if (!n->leaf) walk(n->children[i], w, depth + 1, false);
        if (i == n->count) break;
        if ((int64_t)n->keys[i] <= w->last) die("keys out of order");
        w->last = n->keys[i];
        w->hash = fnv_u64(w->hash, (uint64_t)n->keys[i] << 32 | n->values[i]);
        w->keys++;
    }
    if (n->leaf) {
        if (w->depth && w->depth != depth) die("leaves at different depths");
        w->depth = depth;
    }
}

static void check(const char *when, const Node *root) {
    Walk w = {0, 0, 0, FNV_BASIS, -1};
    walk(root, &w, 1, true);
    printf("%-9s %8u keys in %6u nodes, depth %u, %016llx\n", when, (unsigned)w.keys, (unsigned)w.nodes, (unsigned)w.depth,
           (unsigned long long)w.hash);
}

static uint64_t range_sum(const Node *n, uint32_t lo, uint32_t hi) {
    uint64_t sum = 0;
    uint32_t i = lower_bound(n, lo);
    for (;; i++) {
        if (!n->leaf) sum += range_sum(n->children[i], lo, hi);
        if (i == n->count || n->keys[i] >= hi) return sum;
        sum += n->values[i];
    }
}

static void node_free(Node *n) {
    if (!n->leaf)
        for (uint32_t i = 0; i <= n->count; i++) node_free(n->children[i]);
    free(n);
}

// --- Left-leaning red-black tree ---

typedef struct Branch {
    struct Branch *left, *right;
    uint32_t key, value;
    bool red;
} Branch;

static bool is_red(const Branch *b) { return b && b->red; }

static Branch *rotate_left(Branch *b) {
    Branch *r = b->right;
    b->right = r->left;
    r->left = b;
    r->red = b->red;
    b->red = true;
    return r;
}

static Branch *rotate_right(Branch *b) {
    Branch *l = b->left;
    b->left = l->right;
    l->right = b;
    l->red = b->red;
    b->red = true;
    return l;
}

static Branch *branch_insert(Branch *b, uint32_t key, uint32_t value) {
    if (!b) {
        b = allocate(sizeof *b);
        *b = (Branch){NULL, NULL, key, value, true};
        return b;
    }
    if (key < b->key) b->left = branch_insert(b->left, key, value);
    else if (key > b->key) b->right = branch_insert(b->right, key, value);
    else b->value = value;
    if (is_red(b->right) && !is_red(b->left)) b = rotate_left(b);
    if (is_red(b->left) && is_red(b->left->left)) b = rotate_right(b);
    if (is_red(b->left) && is_red(b->right)) {
        b->red = true;
        b->left->red = b->right->red = false;
    }
    return b;
}

static uint32_t branch_walk(Branch *b, uint64_t *hash, uint32_t *depth) {
    if (!b) {
        *depth = 0;
        return 0;
    }
    uint32_t l, r, n = branch_walk(b->left, hash, &l);
    *hash = fnv_u64(*hash, (uint64_t)b->key << 32 | b->value);
    n += 1 + branch_walk(b->right, hash, &r);
    *depth = 1 + (l > r ? l : r);
    free(b);
    return n;
}

int main(int argc, char **argv) {
    uint32_t n = size_argument(argc, argv, 1, 250) * 1000;
    Node *root = node_make(true);
    Branch *branches = NULL;
    Random r = {31};
    bench_start();
    uint32_t fresh = 0, erased = 0, hits = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t key = random_below(&r, 4 * n);
        fresh += insert(&root, key, i);
        branches = branch_insert(branches, key, i);
    }
    check("inserted", root);
    uint64_t hash = FNV_BASIS;
    uint32_t depth = 0, count = branch_walk(branches, &hash, &depth);
    printf("red-black %8u keys, depth %u, %016llx\n", (unsigned)count, (unsigned)depth, (unsigned long long)hash);
    for (uint32_t i = 0; i < 2 * n; i++) hits += find(root, random_below(&r, 4 * n)) != NULL;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n / 50; i++) {
        uint32_t lo = random_below(&r, 4 * n);
        sum += range_sum(root, lo, lo + 1000);
    }
    printf("%u fresh, %u hits, ranges %llu\n", (unsigned)fresh, (unsigned)hits, (unsigned long long)sum);
    for (uint32_t i = 0; i < 2 * n; i++) erased += erase(&root, random_below(&r, 4 * n));
    check("thinned", root);
    for (uint32_t i = 0; i < 4 * n; i++)
        if (i % 1000 >= 20) erased += erase(&root, i);
    check("nearly", root);
    for (uint32_t i = 0; i < n / 2; i++) insert(&root, i * 7, ~i);
    check("regrown", root);
    bench_end();
    printf("%u erased\n", (unsigned)erased);
    node_free(root);
    return 0;
}
