/* Strongly connected components: Tarjan, "Depth-first search and linear graph algorithms", SIAM J.
 * Comput., 1972. */
#include "instrument/rewrite.h"
#include "util/alloc.h"

#include <string.h>

struct node {
	uint32_t edge;       /* the next edge to follow */
	uint32_t index, low; /* index 0: not visited yet */
	bool on_stack;
};

struct search {
	const struct graph *g;
	struct node *nodes;
	uint32_t *stack, *path;
	uint32_t nstack, npath, count, found;
};

static void enter(struct search *s, uint32_t v)
{
	struct node *n = &s->nodes[v];

	n->index = n->low = ++s->count;
	n->on_stack = true;
	s->stack[s->nstack++] = v;
	s->path[s->npath++] = v;
}

static void leave(struct search *s, uint32_t v, uint32_t *scc)
{
	struct node *n = &s->nodes[v];
	uint32_t x;

	s->npath--;
	if (s->npath) {
		struct node *up = &s->nodes[s->path[s->npath - 1]];
		up->low = n->low < up->low ? n->low : up->low;
	}
	if (n->low != n->index)
		return;
	s->found++;
	do {
		x = s->stack[--s->nstack];
		s->nodes[x].on_stack = false;
		scc[x] = s->found;
	} while (x != v);
}

static void visit(struct search *s, uint32_t root, uint32_t *scc)
{
	const struct graph *g = s->g;

	enter(s, root);
	while (s->npath) {
		uint32_t v = s->path[s->npath - 1];
		struct node *n = &s->nodes[v];
		if (n->edge == g->nedges || g->edges[n->edge].from != v) {
			leave(s, v, scc);
			continue;
		}
		struct node *to = &s->nodes[g->edges[n->edge++].to];
		if (!to->index)
			enter(s, g->edges[n->edge - 1].to);
		else if (to->on_stack && to->index < n->low)
			n->low = to->index;
	}
}

void rewrite_scc_find(const struct graph *g, uint32_t *scc)
{
	struct search s = {.g = g,
			   .nodes = xcalloc(g->nnodes + 1, sizeof(*s.nodes)),
			   .stack = xcalloc(g->nnodes + 1, sizeof(*s.stack)),
			   .path = xcalloc(g->nnodes + 1, sizeof(*s.path))};
	uint32_t e = 0;

	for (uint32_t v = 0; v < g->nnodes; v++) {
		while (e < g->nedges && g->edges[e].from < v)
			e++;
		s.nodes[v].edge = e;
	}
	for (uint32_t v = 0; v < g->nnodes; v++)
		if (!s.nodes[v].index)
			visit(&s, v, scc);
	free(s.nodes);
	free(s.stack);
	free(s.path);
}
