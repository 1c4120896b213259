;; The start function has an entry trampoline though nothing exports it.
(module
  (start $s)
  (func $s))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 04 01 60 00 00 03 02
;; 01 00 08 01 00 0a 04 01  02 00 0b 00 0b 04 6e 61
;; 6d 65 01 04 01 00 01 73
;; ir:
;; function 0(i64 context) precast {
;; block0(v0: i64):
;;     return  @1a
;; }
;; function 1(i64 context, i64, i64) system_v {
;;     sig0 = (i64 context, i64 caller_context) precast
;; block0(v0: i64, v1: i64, v2: i64):
;;     call_indirect sig0, v1(v0, v0)
;;     return
;; }
