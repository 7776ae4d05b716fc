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

// leaving compares what becomes of connections to one destination, but at ports at
// which others are; excused is what becomes of them before and after steps that may let out
// more.
func (c *comparison) leaving(k outsideKey, others match.Expr, of [2][]treatment, excused func() [][2][]treatment) {
	a, b := of[0], of[1]
	if alikeAll(a, b) {
		c.same(k, intent.Admission)
		return
	}
	numbers := map[string]int{notOut: notLetOut}
	lists := leavingLists([][2][]treatment{of}, others, numbers)
	found, answer := c.leavings(lists)
	if found[Wider] != nil {
		if more := excused(); len(more) > 0 {
			found, answer = c.leavings(append(lists, leavingLists(more, others, numbers)...))
		}
	}
	for _, v := range []Verdict{Wider, Narrower, Different} {
		if found[v] != nil {
			c.leavesOtherwise(k, v, of, found[v])
		}
	}
	switch {
	case answer == match.Unsure:
		c.add(unsure(intent.Admission, k.String(), tooMuch))
	case len(found) == 0:
		c.same(k, intent.Admission)
	}
}

// notLetOut is the answer of connections that are not let out.
const notLetOut = 0

// leavingLists are treatments as tables, but for callers and ports that are not asked about.
func leavingLists(sides [][2][]treatment, others match.Expr, numbers map[string]int) []match.Table {
	var out []match.Table
	beside := match.Line{When: match.Disj(others, stranger), Answer: notLetOut}
	for _, s := range sides {
		for _, ts := range s {
			out = append(out, match.Table{Lines: append([]match.Line{beside}, listed(ts, numbers).Lines...)})
		}
	}
	return out
}

// left is what becomes of connections: those that differ, one of each kind.
type left struct {
	found  map[Verdict]*match.Request
	answer match.Answer
}

// leavings compares two tables of what becomes of connections, beside others of steps that
// may let out more. Most destinations have tables that another one has too.
func (c *comparison) leavings(lists []match.Table) (map[Verdict]*match.Request, match.Answer) {
	if c.left == nil {
		c.left, c.keys = map[string]left{}, keys{}
	}
	var key []byte
	for _, t := range lists {
		c.spent += stepsOfFact * len(t.Lines)
		for _, l := range t.Lines {
			key = append(strconv.AppendInt(append(key, c.keys.of(l.When)...), int64(l.Answer), 10), '\n')
		}
		key = append(key, '\n')
	}
	was, known := c.left[string(key)]
	if !known {
		was.found = map[Verdict]*match.Request{}
		was.answer = c.space.Differ(lists, c.budget(), func(o match.Outcome) bool {
			x, y := o.Answers[0], o.Answers[1]
			v := leavingVerdict(x == notLetOut, y == notLetOut)
			if x == y || was.found[v] != nil || v == Wider && letsOutBesides(o.Answers[2:], notLetOut) {
				return true
			}
			was.found[v] = o.Request()
			return true
		})
		c.left[string(key)] = was
	}
	return was.found, was.answer
}

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

// letsOutBesides reports whether one of some steps, each with its answers before
// and after, lets out what was closed.
func letsOutBesides(answers []int, closed int) bool {
	for i := 0; i+1 < len(answers); i += 2 {
		if answers[i] == closed && answers[i+1] != closed {
			return true
		}
	}
	return false
}

func leavingVerdict(closedA, closedB bool) Verdict {
	switch {
	case closedA:
		return Wider
	case closedB:
		return Narrower
	}
	return Different
}

// leavesOtherwise reports a connection of which something else becomes.
func (c *comparison) leavesOtherwise(k outsideKey, v Verdict, sides [2][]treatment, q *match.Request) {
	d := Difference{Aspect: intent.Admission, Verdict: v, Scope: k.String()}
	if v == Different {
		d.Aspect = intent.Routed
	}
	shows := func(q *match.Request) bool {
		x, y := treating(sides[0], q).text, treating(sides[1], q).text
		return x != y && leavingVerdict(x == notOut, y == notOut) == v
	}
	w, all := c.cast(k.request(q), scene{shows: shows, asks: true})
	x, y := treating(sides[0], w), treating(sides[1], w)
	d.A, d.B, d.FromA, d.FromB = leavingText(x), leavingText(y), x.from, y.from
	if !c.o.Brief {
		r := Request{Host: c.a.Env.Host(k.host), Port: portOf(w, k.port), At: *w, Client: c.senderText(w, all, shows), trust: c.a.Env.TrustDomain}
		d.Witness, d.Request, d.Clients = r.String(), &r, c.names(all)
	}
	c.add(d)
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

func leavingText(t treatment) string {
	if t.text == "" {
		return "is let out"
	}
	return t.text
}
