package decide

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// outside compares what becomes of connections that leave the cluster: whether they
// do, and where they go instead of where they were sent to. Every host and port is
// asked for that either side makes known, and one of which none does.
func (c *comparison) outside() {
	if len(c.a.External)+len(c.b.External)+len(c.a.Egress)+len(c.b.Egress) == 0 {
		return
	}
	a, b := outsideOf(c.a), outsideOf(c.b)
	for _, k := range outsideKeys(&a, &b) {
		c.leaving(k, a.treatments(k), b.treatments(k))
	}
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
			keysOf(seen, elsewhere(strings.TrimPrefix(k.pattern, "*.")), []knownPort{k})
		}
		keysOf(seen, elsewhere("example.com"), o.nameless)
	}
	keys := make([]outsideKey, 0, len(seen))
	for k := range seen {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(x, y outsideKey) int {
		return cmp.Or(strings.Compare(x.host, y.host), cmp.Compare(x.port, y.port), cmp.Compare(x.family, y.family))
	})
	return keys
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

// leaving compares what becomes of connections to one destination.
func (c *comparison) leaving(k outsideKey, a, b []treatment) {
	if alikeAll(a, b) {
		c.same(k, intent.Admission)
		return
	}
	const closed = 0
	numbers, found := map[string]int{notOut: closed}, map[Verdict]*match.Request{}
	lists := []match.Table{listed(a, numbers), listed(b, numbers)}
	for _, s := range c.excusedOutside() {
		lists = append(lists, listed(s[0].treatments(k), numbers), listed(s[1].treatments(k), numbers))
	}
	answer := c.space.Differ(lists, c.budget(), func(o match.Outcome) bool {
		x, y := o.Answers[0], o.Answers[1]
		v := leavingVerdict(x == closed, y == closed)
		if x == y || found[v] != nil || v == Wider && letsOutBesides(o.Answers[2:], closed) {
			return true
		}
		found[v] = o.Request()
		return true
	})
	for _, v := range []Verdict{Wider, Narrower, Different} {
		if found[v] != nil {
			c.leavesOtherwise(k, v, [2][]treatment{a, b}, found[v])
		}
	}
	switch {
	case answer == match.Unsure:
		c.add(unsure(intent.Admission, k.String(), tooMuch))
	case len(found) == 0:
		c.same(k, intent.Admission)
	}
}

// excusedOutside are the steps that may let out more, before and after.
func (c *comparison) excusedOutside() [][2]outside {
	var out [][2]outside
	for _, s := range c.o.Excused {
		if len(s.Before.Egress) > 0 {
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
		r := Request{Host: intent.Host{DNS: k.host}, Port: k.port, At: *w, Client: c.senderText(w, all, shows), trust: c.a.Env.TrustDomain}
		d.Witness, d.Request, d.Clients = r.String(), &r, c.names(all)
	}
	c.add(d)
}

// request is a connection to the destination of whom another request names.
func (k outsideKey) request(of *match.Request) *match.Request {
	q := of.Clone().Set(match.Protocol, "", "tcp")
	switch k.family {
	case intent.HTTP:
		q.Set(match.Protocol, "", "http").Set(match.Method, "", "GET").Set(match.Path, "", "/").Set(match.Scheme, "", "http")
		q.Set(match.Host, "", k.host).Set(match.Authority, "", k.host)
	case intent.TLS:
		q.Set(match.SNI, "", k.host)
	}
	return q
}

func leavingText(t treatment) string {
	if t.text == "" {
		return "is let out"
	}
	return t.text
}
