/* Packets that move the replay. */
#include "gdb/inferiors.h"
#include "gdb/packets.h"
#include "gdb/reply.h"
#include "gdb/resume.h"
#include "gdb/stop_replies.h"

#include <errno.h>
#include <string.h>

/* The thread to step where a packet names none; -1: there is none. */
static pid_t stepped(struct session *s, pid_t named)
{
	const struct debug_thread *t = gdb_thread_of_tid(s, named);

	if (!t)
		t = gdb_thread_general(s);
	return t ? t->tid : -1;
}

static void resume_simply(struct session *s, bool backward, bool step)
{
	struct debug_resume go = {.backward = backward, .step = step ? stepped(s, s->stepped) : 0};

	gdb_resume(s, &go);
}

/* c, C: the signal and the address that may follow are ignored. The program gets the signals that
 * were recorded, and goes on where it is. */
void gdb_resume_continue(struct session *s, struct cursor *in)
{
	(void)in;
	resume_simply(s, false, false);
}

/* s, S */
void gdb_resume_step(struct session *s, struct cursor *in)
{
	(void)in;
	resume_simply(s, false, true);
}

/* bc */
void gdb_resume_back(struct session *s, struct cursor *in)
{
	(void)in;
	resume_simply(s, true, false);
}

/* bs */
void gdb_resume_back_step(struct session *s, struct cursor *in)
{
	(void)in;
	resume_simply(s, true, true);
}

/* vCont? */
void gdb_resume_vcont_query(struct session *s, struct cursor *in)
{
	(void)in;
	gdb_reply_text(s, "vCont;c;C;s;S;t;r");
}

/* One action of vCont: a letter, its arguments, and a thread if it names one. */
struct action {
	char letter;
	uint64_t lo, hi;
	struct thread_id thread;
};

static bool take_action(struct cursor *in, struct action *a)
{
	uint64_t signal;

	memset(a, 0, sizeof(*a));
	if (!gdb_take_char(in, ';') || gdb_at_end(in))
		return false;
	a->letter = *in->p++;
	switch (a->letter) {
	case 'C':
	case 'S':
		if (!gdb_take_hex(in, &signal))
			return false;
		break;
	case 'r':
		if (!gdb_take_range(in, &a->lo, &a->hi))
			return false;
		break;
	case 'c':
	case 's':
	case 't': break;
	default: return false;
	}
	return !gdb_take_char(in, ':') || gdb_take_thread(in, &a->thread);
}

/* vCont: the first thread that steps decides; the others run as recorded. */
void gdb_resume_vcont(struct session *s, struct cursor *in)
{
	struct debug_resume go = {0};
	bool step = false, moves = false;
	struct action a;

	while (!gdb_at_end(in)) {
		if (!take_action(in, &a)) {
			gdb_reply_error(s, EINVAL);
			return;
		}
		moves = moves || a.letter != 't';
		if (step || !strchr("sSr", a.letter))
			continue;
		step = true;
		go.step = a.thread.tid > 0 ? a.thread.tid : stepped(s, 0);
		go.lo = a.lo;
		go.hi = a.hi;
	}
	if (moves)
		gdb_resume(s, &go);
	else
		gdb_stop_reply_last(s);
}
