/* Memory policies and the nodes of pages, as the kernel stores them. */
#include "show_call.h"

#include <linux/mempolicy.h>
#include <sys/mman.h>

int main(void)
{
	const size_t page = 4096;
	unsigned long nodes[16] = {1}, one[16] = {1};
	int mode = 77, status[2] = {77, 77}, to[2] = {0, 0};
	char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *pages[2] = {p, p + page};
	long r;

	CHECK(p != MAP_FAILED);
	p[0] = 1; /* the second page has no node */
	r = syscall(SYS_set_mempolicy, MPOL_BIND, one, 1024ul);
	show_call("set_mempolicy", r, one, sizeof(one));
	r = syscall(SYS_mbind, p, page, MPOL_PREFERRED, one, 1024ul, 0);
	show_call("mbind", r, one, sizeof(one));
	r = syscall(SYS_get_mempolicy, &mode, nodes, 1024ul, NULL, 0ul);
	show_call("get_mempolicy: mode", r, &mode, sizeof(mode));
	show_call("get_mempolicy: nodes", r, nodes, sizeof(nodes));
	r = syscall(SYS_get_mempolicy, &mode, nodes, 1024ul, p, (unsigned long)MPOL_F_ADDR);
	show_call("get_mempolicy of an address: mode", r, &mode, sizeof(mode));
	show_call("get_mempolicy of an address: nodes", r, nodes, sizeof(nodes));
	r = syscall(SYS_get_mempolicy, &mode, NULL, 0ul, p,
		    (unsigned long)(MPOL_F_NODE | MPOL_F_ADDR));
	show_call("get_mempolicy: node", r, &mode, sizeof(mode));
	r = syscall(SYS_get_mempolicy, NULL, nodes, 1024ul, NULL,
		    (unsigned long)MPOL_F_MEMS_ALLOWED);
	show_call("get_mempolicy: nodes allowed", r, nodes, sizeof(nodes));
	r = syscall(SYS_move_pages, 0, 2ul, pages, NULL, status, 0);
	show_call("move_pages: where they are", r, status, sizeof(status));
	r = syscall(SYS_move_pages, 0, 2ul, pages, to, status, MPOL_MF_MOVE);
	show_call("move_pages", r, status, sizeof(status));
	r = syscall(SYS_migrate_pages, 0, 1024ul, one, one);
	show_call("migrate_pages", r, one, sizeof(one));
	CHECK(p[0] == 1 && p[page] == 0);
	puts("ok");
	return 0;
}
