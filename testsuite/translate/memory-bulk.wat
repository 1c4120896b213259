;; Growth and bulk operations are builtins; a negative result raises what the loader left pending.
(module
  (memory 1)
  (data $d "abc")
  (func (param i32 i32 i32) (result i32)
    local.get 0
    local.get 1
    local.get 2
    memory.fill
    local.get 0
    local.get 1
    local.get 2
    memory.copy
    local.get 0
    i32.const 1
    i32.const 2
    memory.init $d
    data.drop $d
    memory.size
    local.get 0
    memory.grow
    i32.add))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 08 01 60 03 7f 7f 7f
;; 01 7f 03 02 01 00 05 03  01 00 01 0c 01 01 0a 2b
;; 01 29 00 20 00 20 01 20  02 fc 0b 00 20 00 20 01
;; 20 02 fc 0a 00 00 20 00  41 01 41 02 fc 08 00 00
;; fc 09 00 3f 00 20 00 40  00 6a 0b 0b 06 01 01 03
;; 61 62 63 00 0b 04 6e 61  6d 65 09 04 01 00 01 64
;; ir:
;; function 0(i64 context, i32, i32, i32) -> i32 precast {
;;     sig0 = (i64 context, i64, i64, i64, i64) -> i64 system_v
;;     sig1 = (i64 context, i64) system_v
;;     sig2 = (i64 context, i64, i64, i64, i64, i64) -> i64 system_v
;;     sig3 = (i64 context, i64, i64, i64, i64, i64) -> i64 system_v
;;     sig4 = (i64 context, i64) system_v
;;     sig5 = (i64 context, i64, i64) -> i64 system_v
;; block0(v0: i64, v1: i32, v2: i32, v3: i32):
;;     v4 = uextend.i64 v1  @29
;;     v5 = uextend.i64 v2  @29
;;     v6 = uextend.i64 v3  @29
;;     v7 = iconst.i64 0  @29
;;     v8 = load.i64 v0+16 region 1 readonly  @29
;;     v9 = load.i64 v8+24 region 1 readonly  @29
;;     v10 = call_indirect sig0, v9(v0, v7, v4, v5, v6)  @29
;;     v11 = iconst.i64 0  @29
;;     v12 = icmp.slt v10, v11  @29
;;     br_if v12, block1, block2  @29
;; block1 cold:
;;     v13 = iconst.i64 255  @29
;;     v14 = load.i64 v0+16 region 1 readonly  @29
;;     v15 = load.i64 v14 region 1 readonly  @29
;;     call_indirect sig1, v15(v0, v13)  @29
;;     trap 1  @29
;; block2:
;;     v16 = uextend.i64 v1  @32
;;     v17 = uextend.i64 v2  @32
;;     v18 = uextend.i64 v3  @32
;;     v19 = iconst.i64 0  @32
;;     v20 = iconst.i64 0  @32
;;     v21 = load.i64 v0+16 region 1 readonly  @32
;;     v22 = load.i64 v21+16 region 1 readonly  @32
;;     v23 = call_indirect sig2, v22(v0, v19, v20, v16, v17, v18)  @32
;;     v24 = iconst.i64 0  @32
;;     v25 = icmp.slt v23, v24  @32
;;     br_if v25, block3, block4  @32
;; block3 cold:
;;     v26 = iconst.i64 255  @32
;;     v27 = load.i64 v0+16 region 1 readonly  @32
;;     v28 = load.i64 v27 region 1 readonly  @32
;;     call_indirect sig1, v28(v0, v26)  @32
;;     trap 1  @32
;; block4:
;;     v29 = iconst.i32 1  @38
;;     v30 = iconst.i32 2  @3a
;;     v31 = uextend.i64 v1  @3c
;;     v32 = iconst.i64 1  @3c
;;     v33 = iconst.i64 2  @3c
;;     v34 = iconst.i64 0  @3c
;;     v35 = iconst.i64 0  @3c
;;     v36 = load.i64 v0+16 region 1 readonly  @3c
;;     v37 = load.i64 v36+32 region 1 readonly  @3c
;;     v38 = call_indirect sig3, v37(v0, v34, v35, v31, v32, v33)  @3c
;;     v39 = iconst.i64 0  @3c
;;     v40 = icmp.slt v38, v39  @3c
;;     br_if v40, block5, block6  @3c
;; block5 cold:
;;     v41 = iconst.i64 255  @3c
;;     v42 = load.i64 v0+16 region 1 readonly  @3c
;;     v43 = load.i64 v42 region 1 readonly  @3c
;;     call_indirect sig1, v43(v0, v41)  @3c
;;     trap 1  @3c
;; block6:
;;     v44 = iconst.i64 0  @40
;;     v45 = load.i64 v0+16 region 1 readonly  @40
;;     v46 = load.i64 v45+40 region 1 readonly  @40
;;     call_indirect sig4, v46(v0, v44)  @40
;;     v47 = iconst.i64 16  @43
;;     v48 = load.i64 v0+72 region 4  @43
;;     v49 = ushr.i64 v48, v47  @43
;;     v50 = ireduce.i32 v49  @43
;;     v51 = uextend.i64 v1  @47
;;     v52 = iconst.i64 0  @47
;;     v53 = load.i64 v0+16 region 1 readonly  @47
;;     v54 = load.i64 v53+8 region 1 readonly  @47
;;     v55 = call_indirect sig5, v54(v0, v52, v51)  @47
;;     v56 = ireduce.i32 v55  @47
;;     v57 = iadd.i32 v50, v56  @49
;;     return v57  @4a
;; }
