package legal

import (
	"maps"
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// ground is one namespace with the scopes that reach into it.
type ground struct {
	namespace string
	workloads []*workload
	services  []*intent.Service
	preds     []match.Expr // on workloads, that cut it; distinct
	known     map[string]bool
	reaches   []*reach
	// always lists, by the key of a predicate on workloads, the reaches that
	// cover where it holds; on lists those for one port.
	always map[string][]*reach
	on     map[int]map[string][]*reach
}

// reach is the scope of one fact within a namespace.
type reach struct {
	index int // of the fact among all scopes
	// keys tell the predicate on workloads at a port that the scope names; other
	// is that at ports which it does not name.
	keys  map[int]string
	other string
	// asks are ports that the fact's condition names.
	asks []int
}

// nowhere and everywhere are the keys of constants.
var nowhere, everywhere = match.Key(match.False), match.Key(match.True)

func newGround(namespace string, ws []*workload, svcs []*intent.Service) *ground {
	return &ground{namespace: namespace, workloads: ws, services: svcs, known: map[string]bool{}, always: map[string][]*reach{}, on: map[int]map[string][]*reach{}}
}

// add takes in the scope of a fact; when is its condition, nil for those that
// have none.
func (g *ground) add(index int, subject, when match.Expr) {
	here := match.Restrict(subject, match.Namespace, "", g.namespace, true)
	if match.IsFalse(here) {
		return
	}
	r := &reach{index: index, keys: map[int]string{}, asks: ports(when)}
	for _, p := range ports(here) {
		r.keys[p] = g.pred(atPort(here, p))
		g.byKey(p)[r.keys[p]] = append(g.byKey(p)[r.keys[p]], r)
	}
	r.other = g.pred(elsewhere(here))
	g.always[r.other] = append(g.always[r.other], r)
	g.reaches = append(g.reaches, r)
}

func (g *ground) byKey(port int) map[string][]*reach {
	if g.on[port] == nil {
		g.on[port] = map[string][]*reach{}
	}
	return g.on[port]
}

// pred keeps a predicate on workloads and returns its key.
func (g *ground) pred(e match.Expr) string {
	key := match.Key(e)
	if key != nowhere && key != everywhere && !g.known[key] {
		g.known[key] = true
		g.preds = append(g.preds, e)
	}
	return key
}

// ports lists the port numbers that a predicate tests for, sorted.
func ports(e match.Expr) []int {
	var found []int
	match.Atoms(e, func(a match.Atom, _ bool) {
		if a.Field != match.Port || a.Op != match.Exact {
			return
		}
		if n, err := strconv.Atoi(a.Value); err == nil {
			found = append(found, n)
		}
	})
	slices.Sort(found)
	return slices.Compact(found)
}

// atPort is a predicate at one port.
func atPort(e match.Expr, port int) match.Expr {
	return match.Restrict(e, match.Port, "", strconv.Itoa(port), true)
}

// elsewhere is a predicate at a port that it does not test for.
func elsewhere(e match.Expr) match.Expr {
	return match.Map(e, func(a match.Atom) match.Expr {
		if a.Field == match.Port && a.Op == match.Exact {
			return match.False
		}
		return nil
	})
}

// plot is a cell of a namespace with its workloads and the ports on which
// something is known or said.
type plot struct {
	*cell
	workloads []*workload
	served    map[int]bool // by workloads and Services of the inventory
	ports     []int
}

// plots cuts the namespace; ok is false where that gives too many parts.
func (g *ground) plots() (all []*plot, ok bool) {
	cs, ok := cells(g.preds)
	if !ok {
		return nil, false
	}
	of := map[*cell]*plot{}
	shelf := newShelf(g.preds)
	for _, c := range cs {
		of[c] = &plot{cell: c, served: map[int]bool{}}
		all = append(all, of[c])
		shelf.put(c)
	}
	g.settle(shelf, of)
	g.front(shelf, of)
	for _, p := range all {
		g.open(p)
	}
	return all, true
}

// settle finds the cell of each workload.
func (g *ground) settle(shelf *shelf, of map[*cell]*plot) {
	for _, w := range g.workloads {
		value, _ := intent.Lookup(w.Labels, shelf.key)
		for _, c := range shelf.near(conjunct{{Atom: labelAtom(shelf.key, value)}}) {
			if !c.holds(w) {
				continue
			}
			of[c].workloads = append(of[c].workloads, w)
			for _, n := range w.ports {
				of[c].served[n] = true
			}
			break
		}
	}
}

// front finds the cells of workloads that a Service selects, whether or not the
// inventory shows them.
func (g *ground) front(shelf *shelf, of map[*cell]*plot) {
	for _, svc := range g.services {
		var selector conjunct
		for _, l := range svc.Selector {
			selector = append(selector, match.Literal{Atom: labelAtom(l.Key, l.Value)})
		}
		if len(selector) == 0 {
			continue
		}
		for _, c := range shelf.near(selector) {
			if !c.admits(selector) {
				continue
			}
			for _, p := range svc.Ports {
				if n := (&workload{Workload: &intent.Workload{}}).target(p); n != 0 {
					of[c].served[n] = true
				}
			}
		}
	}
}

func labelAtom(key, value string) match.Atom {
	return match.Atom{Field: match.Label, Key: key, Op: match.Exact, Value: value}
}

// open finds the ports of a plot: those that its workloads serve, and those
// that facts which reach it name.
func (g *ground) open(p *plot) {
	ports := maps.Clone(p.served)
	for _, key := range p.keys() {
		for _, r := range g.always[key] {
			r.name(ports)
		}
	}
	for _, at := range g.on {
		for _, key := range p.keys() {
			for _, r := range at[key] {
				r.name(ports)
			}
		}
	}
	p.ports = slices.Sorted(maps.Keys(ports))
}

// name adds the ports at which the reach is not what it is elsewhere.
func (r *reach) name(ports map[int]bool) {
	for n := range r.keys {
		ports[n] = true
	}
	for _, n := range r.asks {
		ports[n] = true
	}
}

// keys are those of the predicates that cover the cell, sorted.
func (c *cell) keys() []string {
	return append(slices.Sorted(maps.Keys(c.in)), everywhere)
}

// cover lists the facts that cover a port of a cell, in order; port 0 is every
// port that no scope names.
func (g *ground) cover(c *cell, port int) []int {
	var out []int
	for _, key := range c.keys() {
		for _, r := range g.always[key] {
			if _, named := r.keys[port]; !named {
				out = append(out, r.index)
			}
		}
		for _, r := range g.on[port][key] {
			out = append(out, r.index)
		}
	}
	slices.Sort(out)
	return out
}
