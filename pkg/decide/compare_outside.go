package decide

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// outside compares what becomes of connections that leave the cluster: whether they
// do, and where they go instead of where they were sent to. Every host and port is
// asked for that either side makes known, and one of which none does.
func (c *comparison) outside() {
	if silent(c.a) && silent(c.b) {
		return
	}
	a, b := outsideOf(c.a), outsideOf(c.b)
	keys := outsideKeys(&a, &b)
	if a.holdsBack() || b.holdsBack() {
		var ok bool
		if keys, ok = c.outsideCells(keys, &a, &b); !ok {
			c.add(unsure(intent.Admission, "what leaves the cluster", tooMuch))
		}
	}
	excused := sync.OnceValue(c.excusedOutside)
	for _, k := range keys {
		if c.budget() <= 0 {
			c.add(unsure(intent.Admission, k.String(), tooMuch))
			continue
		}
		c.spent += stepsOfFact * (len(c.a.Visible) + len(c.b.Visible) + len(c.a.Egress) + len(c.b.Egress))
		c.leaving(k, knownPorts(k, keys), [2][]treatment{a.treatments(k), b.treatments(k)}, func() (out [][2][]treatment) {
			for _, s := range excused() {
				out = append(out, [2][]treatment{s[0].treatments(k), s[1].treatments(k)})
			}
			return out
		})
	}
}

// silent reports whether a model says nothing of what leaves the cluster.
func silent(m *intent.Model) bool {
	return len(m.External)+len(m.Egress) == 0 &&
		!slices.ContainsFunc(m.Access, func(a *intent.Access) bool { return a.Side == intent.Dialled }) &&
		!slices.ContainsFunc(m.Default, func(d *intent.Default) bool { return d.Side == intent.Dialled })
}

// outsideCells are the destinations that two models are asked about where facts about
// callers tell hosts apart: one of each kind of hosts, at every port that is known,
// and at another one. ok is false where the kinds cannot be told.
func (c *comparison) outsideCells(keys []outsideKey, sides ...*outside) (out []outsideKey, ok bool) {
	var atoms []match.Atom
	for _, o := range sides {
		match.Atoms(o.lets, func(a match.Atom, _ bool) {
			if slices.Contains(ofHost, a.Field) && a.Op != match.Present {
				atoms = append(atoms, match.Atom{Field: match.DestHost, Op: a.Op, Value: a.Value, Fold: a.Fold})
			}
		})
	}
	hosts, ports := map[string]bool{}, map[int]bool{0: true}
	for _, k := range keys {
		hosts[k.host], ports[k.port] = true, true
		atoms = append(atoms, match.Atom{Field: match.DestHost, Value: k.host})
	}
	for _, o := range sides {
		for _, k := range o.wild {
			if k.pattern != "*" {
				atoms = append(atoms, match.Atom{Field: match.DestHost, Op: match.Suffix, Value: strings.TrimPrefix(k.pattern, "*")})
			}
		}
	}
	cells, ok := c.space.Cells(distinct(atoms))
	for _, cell := range cells {
		if !cell.Absent {
			hosts[cell.Value] = true
		}
	}
	for host := range hosts {
		for port := range ports {
			for _, f := range []intent.Protocol{intent.HTTP, intent.TLS, intent.TCP} {
				out = append(out, outsideKey{host, port, f})
			}
		}
	}
	sortKeys(out)
	return out, ok
}

// distinct leaves out atoms that stand there twice.
func distinct(atoms []match.Atom) []match.Atom {
	seen := map[match.Atom]bool{}
	return slices.DeleteFunc(atoms, func(a match.Atom) bool {
		was := seen[a]
		seen[a] = true
		return was
	})
}

// ofHost are the attributes that tell of the host of a connection that leaves.
var ofHost = []match.Field{match.DestHost, match.SNI, match.Host, match.Authority}

// knownPorts holds for the ports that other destinations with the same host have,
// where one is at any other.
func knownPorts(k outsideKey, keys []outsideKey) match.Expr {
	var or match.Or
	for _, o := range keys {
		if k.port == 0 && o.port != 0 && o.host == k.host && o.family == k.family {
			or = append(or, match.Atom{Field: match.Port, Value: itoa(o.port)})
		}
	}
	return match.Simplify(or)
}

// outsideKeys lists the destinations that two models are asked about, sorted.
func outsideKeys(sides ...*outside) []outsideKey {
	elsewhere := func(below string) string { return unlisted(below, sides) }
	seen := map[outsideKey]bool{}
	for _, f := range []intent.Protocol{intent.HTTP, intent.TLS, intent.TCP} {
		seen[outsideKey{elsewhere("example.com"), 0, f}] = true
	}
	for _, o := range sides {
		for host, known := range o.exact {
			keysOf(seen, host, known)
		}
		for _, k := range o.wild {
			below := strings.TrimPrefix(k.pattern, "*.")
			if below == "*" {
				below = "example.com"
			}
			keysOf(seen, elsewhere(below), []knownPort{k})
		}
		keysOf(seen, elsewhere("example.com"), o.nameless)
	}
	keys := make([]outsideKey, 0, len(seen))
	for k := range seen {
		keys = append(keys, k)
	}
	sortKeys(keys)
	return keys
}

func sortKeys(keys []outsideKey) {
	slices.SortFunc(keys, func(x, y outsideKey) int {
		return cmp.Or(strings.Compare(x.host, y.host), cmp.Compare(x.port, y.port), cmp.Compare(x.family, y.family))
	})
}

func keysOf(to map[outsideKey]bool, host string, known []knownPort) {
	for _, k := range known {
		f, _ := k.port.Family()
		to[outsideKey{host, k.port.Port, f}] = true
	}
}

// unlisted is a name below another that no side names.
func unlisted(below string, sides []*outside) string {
	name := "www." + below
	for i := 2; slices.ContainsFunc(sides, func(o *outside) bool { return o.exact[name] != nil }); i++ {
		name = "www" + itoa(i) + "." + below
	}
	return name
}

// stranger holds for callers that are no workloads of the cluster, which send nothing out
// of it.
var stranger = match.Negate(match.Atom{Field: match.ClientNamespace, Op: match.Present})

// excusedOutside is what callers know of destinations outside before and after the steps
// that may let out more.
func (c *comparison) excusedOutside() (out [][2]outside) {
	for _, s := range c.o.Excused {
		if !silent(s.Before) {
			out = append(out, [2]outside{outsideOf(s.Before), outsideOf(s.After)})
		}
	}
	return out
}

// request is a connection to the destination of whom another request names, with
// what that says of requests.
func (k outsideKey) request(of *match.Request) *match.Request {
	q := of.Clone().Set(match.Protocol, "", "tcp").Set(match.DestHost, "", k.host)
	if k.port != 0 {
		q.Set(match.Port, "", itoa(k.port))
	}
	if _, err := netip.ParseAddr(k.host); err == nil {
		q.Set(match.DestIP, "", k.host)
	}
	switch k.family {
	case intent.HTTP:
		q.Set(match.Protocol, "", "http").Set(match.Scheme, "", "http").Set(match.Host, "", k.host).Set(match.Authority, "", k.host)
		for _, f := range []struct {
			field match.Field
			value string
		}{{match.Method, "GET"}, {match.Path, "/"}} {
			if _, there := of.Lookup(f.field, ""); !there {
				q.Set(f.field, "", f.value)
			}
		}
	case intent.TLS:
		q.Set(match.SNI, "", k.host)
	}
	return q
}

// portOf is the port of a request, where a destination has none.
func portOf(q *match.Request, port int) int {
	v, _ := q.Lookup(match.Port, "")
	n, err := strconv.Atoi(v)
	if port != 0 || err != nil {
		return port
	}
	return n
}
