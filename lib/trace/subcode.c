#include "trace/subcode.h"

static const struct subcode *group_find(const struct subcode_group *g, uint64_t arg,
					const uint64_t args[6])
{
	uint64_t code = ((uint32_t)arg & g->mask) >> g->shift;

	if (g->level >= 0)
		code |= args[g->level] << 32;
	return g->find(code);
}

const struct subcode *subcode_find(const struct sys_desc *d, const uint64_t args[6])
{
	for (unsigned i = 0; i < d->nargs; i++)
		if (d->args[i].type == T_CMD)
			return group_find(&subcode_groups[d->args[i].sub], args[i], args);
	return NULL;
}

const struct sys_arg *subcode_arg(const struct sys_desc *d, const struct subcode *s, unsigned i)
{
	if (s && s->args && i < s->nargs && s->args[i].name)
		return &s->args[i];
	return &d->args[i];
}

const char *subcode_struct_name(unsigned sub)
{
	return sub < SS_COUNT ? sys_struct_names[sub] : subcode_struct_names[sub - SS_COUNT];
}
