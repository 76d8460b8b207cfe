/* cflags: -static */
/* The program hello, linked statically. */
#include "hello.c"
