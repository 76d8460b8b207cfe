/* Message types select a message: the first of any, of one type, of the lowest up to one, of all
 * but one. */
#include "check.h"

#include <sys/msg.h>

struct message {
	long type;
	char text[64];
};

int main(void)
{
	struct message m;
	struct msqid_ds ds;
	int q = msgget(IPC_PRIVATE, IPC_CREAT | 0600), got[4] = {0}, n = 0;

	if (q < 0 && errno == ENOSYS)
		SKIP("no SysV messages");
	CHECK(q >= 0);
	for (int type = 5; type >= 1; type--) {
		m.type = type;
		n += msgsnd(q, &m, snprintf(m.text, sizeof(m.text), "type %d", type) + 1, 0) == 0;
	}
	int stat = msgctl(q, IPC_STAT, &ds);
	got[0] = msgrcv(q, &m, sizeof(m.text), 0, 0) == 7 ? m.type : -1;
	got[1] = msgrcv(q, &m, sizeof(m.text), 2, 0) == 7 ? m.type : -1;
	got[2] = msgrcv(q, &m, sizeof(m.text), -4, 0) == 7 ? m.type : -1;
	got[3] = msgrcv(q, &m, sizeof(m.text), 4, MSG_EXCEPT) == 7 ? m.type : -1;
	int big = msgrcv(q, &m, 3, 0, 0) == -1 && errno == E2BIG;
	int cut = msgrcv(q, &m, 3, 0, MSG_NOERROR) == 3;
	int none = msgrcv(q, &m, 3, 0, IPC_NOWAIT) == -1 && errno == ENOMSG;
	CHECK(msgctl(q, IPC_RMID, NULL) == 0 && n == 5 && stat == 0 && big && cut && none);
	CHECK(got[0] == 5 && got[1] == 2 && got[2] == 1 && got[3] == 3 && m.type == 4);
	CHECK(ds.msg_qnum == 5 && ds.msg_lspid == getpid());
	printf("queue %d, %lu messages, %lu bytes, changed %ld\n", q, ds.msg_qnum, ds.__msg_cbytes,
	       (long)ds.msg_ctime);
	puts("ok");
	return 0;
}
