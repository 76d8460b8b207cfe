/* Listening sockets. Private to lib/gdb. */
#ifndef RR_GDB_LISTEN_H
#define RR_GDB_LISTEN_H

/* Each returns a listening socket, the caller's to close, or -1 after a line on stderr. */

/* At a path, which only this user can connect to. */
int gdb_listen_unix(const char *path);
/* At "[ADDR:]PORT", with an IPv6 ADDR in brackets; ADDR is 127.0.0.1 if none is given. Warns if
 * other machines can connect. */
int gdb_listen_tcp(const char *address);

#endif
