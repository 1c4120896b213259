;; A br_table without cases is a jump: its arguments were taken for other names of the target's parameters, also where the target has
;; further predecessors. Found by br_if.wast at -O0.
(module
  (func (export "f") (param i32) (result i32)
    (i32.add
      (i32.const 1)
      (block (result i32)
        (br_table 0
          (block (result i32) (drop (br_if 1 (i32.const 8) (local.get 0))) (i32.const 4))
          (i32.const 1))))))
(assert_return (invoke "f" (i32.const 0)) (i32.const 5))
(assert_return (invoke "f" (i32.const 1)) (i32.const 9))
