;; The start function has an entry trampoline though nothing exports it.
(module
  (start $s)
  (func $s))
;; binary:
;; 00 61 73 6d 01 00 00 00  01 04 01 60 00 00 03 02
;; 01 00 08 01 00 0a 04 01  02 00 0b 00 0b 04 6e 61
;; 6d 65 01 04 01 00 01 73
;; ir:
