/* POSIX messages are received by priority, and both processes block. */
#include "check.h"

#include <mqueue.h>

int main(void)
{
	char name[64], buf[64] = "";
	struct mq_attr attr = {.mq_maxmsg = 3, .mq_msgsize = sizeof(buf)};
	unsigned priority = 0;
	int status, sum = 0;

	snprintf(name, sizeof(name), "/rr-program-%d", getpid());
	mqd_t q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (q < 0)
		SKIP("no POSIX message queues");
	CHECK(mq_unlink(name) == 0);
	CHECK(mq_send(q, "low", 4, 1) == 0 && mq_send(q, "high", 5, 30) == 0 &&
	      mq_send(q, "middle", 7, 9) == 0);
	CHECK(mq_getattr(q, &attr) == 0 && attr.mq_curmsgs == 3 && attr.mq_maxmsg == 3);
	CHECK(mq_receive(q, buf, sizeof(buf), &priority) == 5 && priority == 30 &&
	      !strcmp(buf, "high"));
	CHECK(mq_receive(q, buf, sizeof(buf), NULL) == 7 &&
	      mq_receive(q, buf, sizeof(buf), &priority) == 4);
	CHECK(mq_receive(q, buf, 5, NULL) == -1 && errno == EMSGSIZE);
	pid_t child = fork();
	if (child == 0) {
		for (int i = 0; i < 20; i++)
			CHECK(mq_send(q, (char *)&i, sizeof(i), 0) == 0);
		_exit(0);
	}
	for (int i = 0; i < 20; i++) {
		CHECK(mq_receive(q, buf, sizeof(buf), NULL) == sizeof(int));
		sum += *(int *)buf;
	}
	CHECK(sum == 190 && waitpid(child, &status, 0) == child && status == 0);
	CHECK(mq_timedreceive(q, buf, sizeof(buf), NULL, &(struct timespec){1, 0}) == -1 &&
	      errno == ETIMEDOUT);
	attr.mq_flags = O_NONBLOCK;
	CHECK(mq_setattr(q, &attr, NULL) == 0 && mq_receive(q, buf, sizeof(buf), NULL) == -1 &&
	      errno == EAGAIN);
	printf("descriptor %d\n", q);
	puts("ok");
	return 0;
}
