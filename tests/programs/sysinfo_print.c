/* sysinfo, sysconf and getloadavg: what the machine reports of itself. */
#include "check.h"

#include <sys/sysinfo.h>

int main(void)
{
	double load[3] = {0};
	struct sysinfo info;

	CHECK(!sysinfo(&info));
	printf("up %ld s, %lu of %lu free, unit %u, %u processes\n", info.uptime, info.freeram,
	       info.totalram, info.mem_unit, info.procs);
	CHECK(info.uptime > 0 && info.totalram >= info.freeram && info.procs > 0);
	CHECK(getloadavg(load, 3) == 3);
	printf("load %.2f %.2f %.2f\n", load[0], load[1], load[2]);
	printf("page %ld, processors %d of %d, pages %ld of %ld\n", sysconf(_SC_PAGESIZE),
	       get_nprocs(), get_nprocs_conf(), get_avphys_pages(), get_phys_pages());
	CHECK(sysconf(_SC_PAGESIZE) == 4096 && sysconf(_SC_CLK_TCK) == 100);
	CHECK(get_nprocs() > 0);
	puts("ok");
	return 0;
}
