/* A receiver blocks, a sender blocks at a full queue, and removing the queue ends a wait. */
#include "check.h"

#include <sys/msg.h>

struct message {
	long type;
	int n;
};

int main(void)
{
	struct message m = {1, 0};
	struct msqid_ds ds;
	int q = msgget(IPC_PRIVATE, IPC_CREAT | 0600), status[2], sum = 0, reports[2];
	char c;

	if (q < 0 && errno == ENOSYS)
		SKIP("no SysV messages");
	CHECK(q >= 0 && pipe(reports) == 0 && msgctl(q, IPC_STAT, &ds) == 0);
	ds.msg_qbytes = 4 * sizeof(m.n);
	int set = msgctl(q, IPC_SET, &ds);
	pid_t sender = fork();
	if (sender == 0) {
		for (m.n = 1; m.n <= 50; m.n++)
			if (msgsnd(q, &m, sizeof(m.n), 0))
				_exit(1);
		_exit(0);
	}
	for (int i = 0; i < 50; i++)
		sum += msgrcv(q, &m, sizeof(m.n), 1, 0) == sizeof(m.n) ? m.n : -1000;
	waitpid(sender, &status[0], 0);
	pid_t orphaned = fork();
	if (orphaned == 0) {
		if (write(reports[1], "", 1) != 1)
			_exit(1);
		int r = msgrcv(q, &m, sizeof(m.n), 99, 0);
		_exit(r == -1 && (errno == EIDRM || errno == EINVAL) ? 0 : 2);
	}
	int heard = read(reports[0], &c, 1) == 1;
	CHECK(msgctl(q, IPC_RMID, NULL) == 0 && heard && set == 0);
	CHECK(waitpid(orphaned, &status[1], 0) == orphaned && status[0] == 0 && status[1] == 0);
	printf("queue %d sum %d\n", q, sum);
	CHECK(sum == 50 * 51 / 2);
	puts("ok");
	return 0;
}
