;; A copy of 11 bytes: all is loaded before anything is stored, the last bytes first; without, the loader does it.
(module
  (memory 1)
  (func (export "f") (param i32 i32)
    (memory.copy (local.get 0) (local.get 1) (i32.const 11))))
; without
function 0(i64 context, i32, i32) precast {
    sig0 = (i64 context, i64, i64, i64, i64, i64) -> i64 system_v
    sig1 = (i64 context, i64) system_v
block0(v0: i64, v1: i32, v2: i32):
    v3 = iconst.i32 11  @29
    v4 = uextend.i64 v1  @2b
    v5 = uextend.i64 v2  @2b
    v6 = iconst.i64 11  @2b
    v7 = iconst.i64 0  @2b
    v8 = iconst.i64 0  @2b
    v9 = load.i64 v0+16 region 1 readonly  @2b
    v10 = load.i64 v9+16 region 1 readonly  @2b
    v11 = call_indirect sig0, v10(v0, v7, v8, v4, v5, v6)  @2b
    v12 = iconst.i64 0  @2b
    v13 = icmp.slt v11, v12  @2b
    br_if v13, block1, block2  @2b
block1 cold:
    v14 = iconst.i64 255  @2b
    v15 = load.i64 v0+16 region 1 readonly  @2b
    v16 = load.i64 v15 region 1 readonly  @2b
    call_indirect sig1, v16(v0, v14)  @2b
    trap 1  @2b
block2:
    return  @2f
}
; with
function 0(i64 context, i32, i32) precast {
block0(v0: i64, v1: i32, v2: i32):
    v3 = iconst.i32 11  @29
    v4 = load.i64 v0+64 region 4 readonly  @2b
    v5 = uextend.i64 v2  @2b
    v6 = iadd.i64 v4, v5  @2b
    v7 = load.i64 v6+3 region 11 trap 2  @2b
    v8 = load.i64 v6 region 11 trap 2  @2b
    v9 = uextend.i64 v1  @2b
    v10 = iadd.i64 v4, v9  @2b
    store.i64 v7, v10+3 region 11 trap 2  @2b
    store.i64 v8, v10 region 11 trap 2  @2b
    return  @2f
}
