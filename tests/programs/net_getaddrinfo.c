/* Names that need no server: numbers, and localhost from the hosts file if that is there. */
#include "check.h"

#include <arpa/inet.h>
#include <netdb.h>

int main(void)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST}, *list;
	char host[128], port[16];

	CHECK(getaddrinfo("127.0.0.1", "8080", &hints, &list) == 0 && list->ai_family == AF_INET);
	CHECK(getnameinfo(list->ai_addr, list->ai_addrlen, host, sizeof(host), port, sizeof(port),
			  NI_NUMERICHOST | NI_NUMERICSERV) == 0);
	CHECK(!strcmp(host, "127.0.0.1") && !strcmp(port, "8080"));
	freeaddrinfo(list);
	CHECK(getaddrinfo("not a number", "80", &hints, &list) == EAI_NONAME);
	hints.ai_flags = 0;
	int r = getaddrinfo("localhost", "http", &hints, &list);
	printf("localhost: %s\n", r ? gai_strerror(r) : "found");
	for (struct addrinfo *a = r ? NULL : list; a; a = a->ai_next) {
		CHECK(getnameinfo(a->ai_addr, a->ai_addrlen, host, sizeof(host), port, sizeof(port),
				  NI_NUMERICHOST) == 0);
		printf("%s %s\n", host, port);
	}
	if (!r)
		freeaddrinfo(list);
	CHECK(gethostname(host, sizeof(host)) == 0);
	puts(host);
	puts("ok");
	return 0;
}
