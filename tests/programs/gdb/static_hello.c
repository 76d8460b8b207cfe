/* cflags: -static */
/* The same in a program that loads nothing. */
#include "hello.c"
