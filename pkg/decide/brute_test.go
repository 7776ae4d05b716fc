package decide

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// chance makes random models over small alphabets.
type chance struct{ *rand.Rand }

func pick[T any](c chance, xs ...T) T { return xs[c.IntN(len(xs))] }

// expr is a random predicate.
func (c chance) expr(depth int, atom func() match.Atom) match.Expr {
	if depth == 0 || c.IntN(3) == 0 {
		return atom()
	}
	switch c.IntN(3) {
	case 0:
		return match.Not{X: c.expr(depth-1, atom)}
	case 1:
		return match.And{c.expr(depth-1, atom), c.expr(depth-1, atom)}
	}
	return match.Or{c.expr(depth-1, atom), c.expr(depth-1, atom)}
}

// asked is a random condition on a request and its client.
func (c chance) asked() match.Atom {
	switch c.IntN(7) {
	case 0:
		return atom(match.Method, match.Exact, pick(c, "GET", "POST"))
	case 1:
		return match.Atom{Field: match.Header, Key: "x", Op: pick(c, match.Exact, match.Present), Value: "1"}
	case 2:
		return match.Atom{Field: match.Query, Key: "q", Op: pick(c, match.Exact, match.Present, match.Prefix), Value: "1"}
	case 3:
		return atom(match.ClientNamespace, match.Exact, pick(c, "web", "ops"))
	case 4:
		return atom(match.ClientIP, match.CIDR, pick(c, "10.0.0.0/8", "10.1.0.0/16"))
	case 5:
		return path(match.Regex, pick(c, "/a.*", "/(a|b)", "/[ab]+/?", "/a(/.*)?"))
	}
	return path(pick(c, match.Exact, match.Prefix, match.Segments, match.Suffix), pick(c, "/", "/a", "/a/", "/ab", "/b"))
}

// about is a random condition on the workload.
func (c chance) about() match.Atom {
	switch c.IntN(4) {
	case 0:
		return atom(match.Namespace, match.Exact, pick(c, "shop", "web"))
	case 1:
		return atom(match.Port, match.Exact, pick(c, "8080", "9090"))
	}
	return match.Atom{Field: match.Label, Key: pick(c, "app", "version"), Op: pick(c, match.Exact, match.Present), Value: pick(c, "cart", "v1")}
}

// requests are those of a small universe.
func requests() []*match.Request {
	var out []*match.Request
	for _, ns := range []string{"", "web", "ops", "default"} {
		for _, ip := range []string{"10.1.2.3", "10.2.2.3", "192.0.2.1"} {
			for _, p := range []string{"/", "/a", "/a/", "/ab", "/b", "/a/b", "/ab/", "/c"} {
				for i := range 18 {
					q := new(match.Request).Set(match.Protocol, "", "http").Set(match.Path, "", p).Set(match.ClientIP, "", ip)
					q.Set(match.Method, "", []string{"GET", "POST"}[i%2])
					if h := []string{"", "1", "2"}[i/2%3]; h != "" {
						q.Set(match.Header, "x", h)
					}
					if v := []string{"", "1", "12"}[i/6]; v != "" {
						q.Set(match.Query, "q", v)
					}
					if ns != "" {
						q.Set(match.ClientNamespace, "", ns).Set(match.ClientAccount, "", "a")
					}
					out = append(out, q)
				}
			}
		}
	}
	return out
}

// workloads are the subjects of a small universe.
func workloads() []*match.Request {
	var out []*match.Request
	for i := range 3 * 3 * 3 * 3 {
		q := new(match.Request).Set(match.Namespace, "", []string{"shop", "web", "else"}[i%3]).Set(match.Port, "", []string{"8080", "9090", "1"}[i/3%3])
		if v := []string{"", "cart", "x"}[i/9%3]; v != "" {
			q.Set(match.Label, "app", v)
		}
		if v := []string{"", "v1", "x"}[i/27]; v != "" {
			q.Set(match.Label, "version", v)
		}
		out = append(out, q)
	}
	return out
}

// admitting is a random model of admission.
func (c chance) admitting() *intent.Model {
	m := &intent.Model{Env: intent.Defaults()}
	for range 1 + c.IntN(3) {
		a := &intent.Access{
			Scope: intent.Scope{Subject: c.expr(1, c.about)}, When: c.expr(2, c.asked), Effect: pick(c, intent.Allow, intent.Allow, intent.Deny, intent.Ask),
			Mode: pick(c, intent.Enforced, intent.Enforced, intent.Enforced, intent.DryRun), Provider: pick(c, "p", "q"),
		}
		if c.IntN(5) == 0 {
			a.Side, a.Effect, a.Scope = intent.Dialled, intent.Deny, intent.Scope{Client: atom(match.ClientNamespace, match.Exact, "web")}
			a.When = match.And{a.When, c.about()}
		}
		m.Access = append(m.Access, a)
	}
	for range c.IntN(3) {
		m.Default = append(m.Default, &intent.Default{Scope: intent.Scope{Subject: c.expr(1, c.about)}, Effect: pick(c, intent.Allow, intent.Deny)})
	}
	if c.IntN(2) == 0 {
		m.Transport = []*intent.Transport{{Scope: intent.Scope{Subject: c.about()}, Mode: pick(c, intent.Strict, intent.Plain)}}
	}
	return m
}

// put is a request at a workload.
func put(q, subject *match.Request) *match.Request {
	at := q.Clone()
	for _, f := range []match.Field{match.Namespace, match.Port, match.Account, match.Service} {
		at.Copy(subject, f)
	}
	for _, l := range subject.Values(match.Label) {
		at.Set(match.Label, l.Key, l.Value)
	}
	return at
}

// drift compares what two models do with one request at a workload.
func drift(a, b *intent.Model, at *match.Request) Verdict {
	x, y := Admit(a, at, NoToken), Admit(b, at, NoToken)
	less := func(x, y Admission) bool {
		return x.Allowed && !y.Allowed || x.Allowed && y.Allowed && slices.ContainsFunc(y.Asks, func(p string) bool { return !slices.Contains(x.Asks, p) })
	}
	switch {
	case less(y, x):
		return Wider
	case less(x, y):
		return Narrower
	}
	return Same
}

// What Compare says of admission is what trying all requests at all workloads of a
// small universe shows, and its witnesses show what they say.
func TestAdmissionAgreesWithBruteForce(t *testing.T) {
	all, subjects := requests(), workloads()
	met := map[Verdict]int{}
	for seed := range uint64(80) {
		c := chance{rand.New(rand.NewPCG(seed, 1))}
		a := c.admitting()
		b := c.admitting()
		if c.IntN(2) == 0 { // near to a
			b = a.Clone()
			b.Access[c.IntN(len(b.Access))].When = c.expr(2, c.asked)
		}
		found := map[Verdict]bool{}
		for _, d := range Compare(a, b, Options{Aspects: []intent.Aspect{intent.Admission}, Reasons: 1 + 3*int(seed%2)}).Differences {
			if d.Verdict == Unsure {
				t.Fatalf("seed %d: %+v", seed, d)
			}
			if d.Request.Subject == nil { // it leaves
				if got := driftOut(a, b, *d.Request); got != d.Verdict {
					t.Fatalf("seed %d: %s is %s, not %s", seed, d.Witness, got, d.Verdict)
				}
				continue
			}
			found[d.Verdict] = true
			if got := drift(a, b, put(&d.Request.At, d.Request.Subject)); got != d.Verdict {
				t.Fatalf("seed %d: %s is %s, not %s", seed, d.Witness, got, d.Verdict)
			}
		}
		for _, subject := range subjects {
			for i := int(seed % 31); i < len(all); i += 31 {
				if v := drift(a, b, put(all[i], subject)); v != Same && !found[v] {
					t.Fatalf("seed %d: %s at %s is %s, which is not found", seed, all[i], subject, v)
				}
			}
		}
		met[Sum(toDifferences(found))]++
	}
	if met[Same] < 3 || met[Narrower] < 3 || met[Wider] < 20 {
		t.Errorf("the models are not worth much: %v", met)
	}
}

func toDifferences(found map[Verdict]bool) (out []Difference) {
	for v := range found {
		out = append(out, Difference{Verdict: v})
	}
	return out
}

// routing is a random model of routes.
func (c chance) routing() *intent.Model {
	to := func() intent.Backend {
		b := intent.Backend{Host: intent.Host{Service: intent.Name{Namespace: "shop", Name: pick(c, "v1", "v2")}}, Port: pick(c, 0, 80, 81), Weight: c.IntN(3)}
		if c.IntN(4) == 0 {
			b.Steps = []intent.Step{intent.Headers{Op: pick(c, intent.SetHeader, intent.RemoveHeader), Name: "y", Value: "1"}}
		}
		if c.IntN(6) == 0 {
			b.Fallback = []intent.Backend{{Host: cart, Weight: 1}}
		}
		return b
	}
	m := &intent.Model{Env: intent.Defaults()}
	for range 1 + c.IntN(2) {
		t := &intent.Routing{
			Host: pick(c, cart, intent.Host{DNS: "*.shop.svc.cluster.local"}), Port: pick(c, 0, 0, 80),
			Else: pick[intent.Action](c, intent.Passthrough{}, intent.Respond{Status: 404}, nil),
		}
		if c.IntN(3) == 0 {
			t.Scope.Client = atom(match.ClientNamespace, match.Exact, "web")
		}
		for range c.IntN(4) {
			r := intent.Rule{When: c.expr(2, c.asked), Then: pick[intent.Action](c, intent.Passthrough{}, intent.Respond{Status: 503}, intent.Forward{To: []intent.Backend{to()}}, intent.Forward{To: []intent.Backend{to(), to()}})}
			if c.IntN(3) == 0 {
				r.Steps = []intent.Step{intent.Rewrite{Path: &intent.PathRewrite{Kind: pick(c, intent.FullPath, intent.PrefixPath, intent.SegmentPrefix), Match: pick(c, "/", "/a"), Replace: pick(c, "/", "/b")}}}
			}
			t.Rules = append(t.Rules, r)
		}
		m.Routing = append(m.Routing, t)
	}
	return m
}

// effect is what a request meets, in a form that is equal where it is the same:
// the path that arrives, and not how it was made.
func effect(m *intent.Model, q *match.Request, port int) string {
	r := Request{Host: cart, Port: port, At: *q.Clone()}
	o := Run(m, r)
	text := o.Action
	for _, l := range o.Legs {
		text += fmt.Sprint("; ", l.Endpoints, l.Weight, "/", l.Sum, " ", l.Path)
	}
	return text
}

// What Compare says of routing is what trying all requests of a small universe
// shows, and its witnesses show what they say.
func TestRoutingAgreesWithBruteForce(t *testing.T) {
	all := requests()
	met := map[Verdict]int{}
	for seed := range uint64(200) {
		c := chance{rand.New(rand.NewPCG(seed, 2))}
		a := c.routing()
		b := a.Clone()
		if rules := b.Routing[0].Rules; c.IntN(3) > 0 && len(rules) > 0 {
			i := c.IntN(len(rules))
			rules[i], rules[0] = rules[0], rules[i]
			rules[i].When = c.expr(2, c.asked)
		} else if c.IntN(3) > 0 {
			b = c.routing()
		}
		r := Compare(a, b, Options{Defaults: true})
		met[r.Verdict]++
		for _, d := range r.Differences {
			if d.Verdict != Different {
				t.Fatalf("seed %d: %+v", seed, d)
			}
			x, y := Run(a, *d.Request), Run(b, *d.Request)
			if x.Action == y.Action && fmt.Sprint(x.Parts) == fmt.Sprint(y.Parts) {
				t.Fatalf("seed %d: %s: at %s both do %s %v", seed, d.Scope, d.Witness, x.Action, x.Parts)
			}
		}
		for i := int(seed % 5); i < len(all) && r.Verdict == Same; i += 5 {
			for _, port := range []int{80, 81} {
				if x, y := effect(a, all[i], port), effect(b, all[i], port); x != y {
					t.Fatalf("seed %d: %s at port %d: %s, but %s, and nothing is found", seed, all[i], port, x, y)
				}
			}
		}
	}
	if met[Same] < 20 || met[Different] < 50 {
		t.Errorf("the models are not worth much: %v", met)
	}
}
