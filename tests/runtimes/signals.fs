\ gforth copies pieces of its own machine code, and turns signals into exceptions.
: fib dup 2 < if drop 1 else dup 1- recurse swap 2 - recurse + then ;
22 fib . cr
: divides 1 0 / ;
' divides catch . cr
: loops 0 100000 0 do i + loop ;
loops . cr
: null 0 @ ;
' null catch . cr
: deep recurse 1 drop ;
' deep catch . cr
utime 2drop 5 ms
s" echo sub" system
bye
