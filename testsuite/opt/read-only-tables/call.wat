;; Nothing changes the table: it is data of code offsets and type numbers. Without, its descriptor is in the instance context and its elements are references.
(module
  (type $t (func (param i32) (result i32)))
  (table 2 2 funcref) (elem (i32.const 0) $a $b)
  (func (export "f") (param i32 i32) (result i32) (call_indirect (type $t) (local.get 0) (local.get 1)))
  (func $a (type $t) (local.get 0))
  (func $b (type $t) (i32.add (local.get 0) (i32.const 1))))
; without
function 0(i64 context, i32, i32) -> i32 precast {
    sig0 = (i64 context, i32, i64 caller_context) -> i32 precast
block0(v0: i64, v1: i32, v2: i32):
    v3 = uextend.i64 v2  @3d
    v4 = iconst.i64 2  @3d
    v5 = icmp.uge v3, v4  @3d
    v6 = load.i64 v0+64 region 4 readonly  @3d
    v7 = iconst.i64 3  @3d
    v8 = ishl.i64 v3, v7  @3d
    v9 = iadd.i64 v6, v8  @3d
    v10 = iconst.i64 0  @3d
    v11 = select_guard.i64 v5, v10, v9  @3d
    v12 = load.i64 v11 region 27 trap 4  @3d
    v13 = load.i32 v12+16 region 5 trap 5 readonly  @3d
    v14 = load.i32 v0+80 region 1 readonly  @3d
    v15 = icmp.ne v13, v14  @3d
    trapnz v15, 6  @3d
    v16 = load.i64 v12 region 5 trap 5 readonly  @3d
    v17 = load.i64 v12+8 region 5 trap 5 readonly  @3d
    v18 = call_indirect sig0, v16(v17, v1, v0)  @3d
    return v18  @40
}
; with
function 0(i64 context, i32, i32) -> i32 precast {
    sig0 = (i64 context, i32) -> i32 precast
block0(v0: i64, v1: i32, v2: i32):
    v3 = uextend.i64 v2  @3d
    v4 = iconst.i64 2  @3d
    v5 = icmp.uge v3, v4  @3d
    trapnz v5, 4  @3d
    v6 = iconst.i64 0  @3d
    v7 = select_guard.i64 v5, v6, v3  @3d
    v8 = data_addr.i64 0  @3d
    v9 = iconst.i64 3  @3d
    v10 = ishl.i64 v7, v9  @3d
    v11 = iadd.i64 v8, v10  @3d
    v12 = load.i32 v11+4 region 6 trap 4 readonly  @3d
    v13 = iconst.i32 1  @3d
    v14 = icmp.ne v12, v13  @3d
    br_if v14, block1, block2  @3d
block1 cold:
    trapz v12, 5  @3d
    trap 6  @3d
block2:
    v15 = sload32.i64 v11 region 6 trap 4 readonly  @3d
    v16 = iadd.i64 v8, v15  @3d
    v17 = call_indirect sig0, v16(v0, v1)  @3d
    return v17  @40
}
