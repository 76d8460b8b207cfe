/* SECCOMP_RET_USER_NOTIF with another thread as supervisor. Its replies reach each class of call,
 * and a read that is let be made waits as long as it has to. */
#include "notify.h"

#include <pthread.h>

static int handover[2], words[2];

static void *supervised(void *unused)
{
	char word[8] = "";
	size_t i;

	(void)unused;
	int listener =
		filter_install(SECCOMP_FILTER_FLAG_NEW_LISTENER, -1, SECCOMP_RET_USER_NOTIF, 0);
	CHECK(listener >= 0 && write(handover[1], &listener, sizeof(listener)) > 0);
	for (i = 0; i < NCLASSES; i++)
		CHECK(class_call(&classes[i]) == 1000 + (long)i);
	CHECK(filter_install_for(SECCOMP_FILTER_FLAG_NEW_LISTENER, SYS_read,
				 SECCOMP_RET_USER_NOTIF) == -1 &&
	      errno == EBUSY);
	close(listener);
	CHECK(class_call(&classes[0]) == -1 && errno == ENOSYS);
	CHECK((listener = filter_install_for(SECCOMP_FILTER_FLAG_NEW_LISTENER, SYS_read,
					     SECCOMP_RET_USER_NOTIF)) >= 0);
	CHECK(write(handover[1], &listener, sizeof(listener)) > 0);
	CHECK(read(words[0], word, 5) == 5 && !strcmp(word, "hello"));
	return NULL;
}

int main(void)
{
	pthread_t thread;
	int listener;
	size_t i;

	CHECK(!pipe(handover) && !pipe(words));
	pthread_create(&thread, NULL, supervised, NULL);
	CHECK(read(handover[0], &listener, sizeof(listener)) > 0);
	for (i = 0; i < NCLASSES; i++) {
		struct seccomp_notif n = notify_receive(listener);
		CHECK(n.data.nr == classes[i].nr);
		CHECK(!notify_reply(listener, n.id, 0, 1000 + (int)i, 0));
	}
	CHECK(read(handover[0], &listener, sizeof(listener)) > 0);
	struct seccomp_notif n = notify_receive(listener);
	CHECK(n.data.nr == SYS_read);
	CHECK(!notify_reply(listener, n.id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE));
	await_sleep((pid_t)n.pid);
	CHECK(write(words[1], "hello", 5) == 5);
	pthread_join(thread, NULL);
	puts("ok");
	return 0;
}
