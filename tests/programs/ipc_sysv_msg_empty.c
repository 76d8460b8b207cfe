/* A message without text: the result is 0, but the type is written. */
#include "check.h"

#include <sys/msg.h>

int main(void)
{
	struct {
		long type;
		char text[8];
	} m = {.type = 7};
	int q = msgget(IPC_PRIVATE, IPC_CREAT | 0600);

	if (q < 0 && errno == ENOSYS)
		SKIP("no SysV messages");
	CHECK(q >= 0);
	int sent = msgsnd(q, &m, 0, 0);
	m.type = 0;
	ssize_t got = msgrcv(q, &m, sizeof(m.text), 0, 0);
	CHECK(msgctl(q, IPC_RMID, NULL) == 0);
	CHECK(sent == 0 && got == 0 && m.type == 7);
	puts("ok");
	return 0;
}
