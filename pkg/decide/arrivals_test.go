package decide

import (
	"math/rand/v2"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// A route that sets a header opens what a policy keeps closed, and one that takes it
// off closes what it opens: no comparison of the policies alone shows that.
func TestArrivals(t *testing.T) {
	secret := match.Atom{Field: match.Header, Key: "x", Value: "1"}
	with := func(steps ...intent.Step) *intent.Model {
		m := shop()
		m.Routing = []*intent.Routing{{Host: cart, Rules: []intent.Rule{{When: path(match.Prefix, "/v2/"), Steps: steps, Then: intent.Forward{To: []intent.Backend{{Host: cart, Weight: 1}}}}}, Else: intent.Passthrough{}}}
		m.Access = []*intent.Access{{Scope: inShop("cart"), Effect: intent.Allow, When: secret}}
		return m
	}
	set, remove := intent.Headers{Op: intent.SetHeader, Name: "x", Value: "1"}, intent.Headers{Op: intent.RemoveHeader, Name: "x"}
	for name, c := range map[string]struct {
		a, b *intent.Model
		want Verdict
	}{
		"set":         {with(), with(set), Wider},
		"removed":     {with(), with(remove), Narrower},
		"not removed": {with(remove), with(), Wider},
		"other":       {with(), with(intent.Headers{Op: intent.SetHeader, Name: "y", Value: "1"}), Different},
		"same":        {with(set), with(remove, set), Same},
	} {
		r := Compare(c.a, c.b, Options{Arrivals: true})
		admission := Compare(c.a, c.b, Options{Arrivals: true, Aspects: []intent.Aspect{intent.Admission}}).Verdict
		if c.want == Different && admission != Same || c.want != Different && admission != c.want {
			t.Errorf("%s: %s: %+v", name, admission, r.Differences)
		}
		if plain := Compare(c.a, c.b, Options{}); c.want != Same && plain.Verdict != Different {
			t.Errorf("%s: without arrivals: %s", name, plain.Verdict)
		}
	}
}

// Arrivals are those that trying all requests of a small universe shows.
func TestArrivalsAgreeWithBruteForce(t *testing.T) {
	all := requests()
	met := 0
	for seed := range uint64(60) {
		c := chance{rand.New(rand.NewPCG(seed, 4))}
		model := func() *intent.Model {
			m := shop()
			m.Transport = nil
			m.Access = []*intent.Access{{Scope: inShop("cart"), Effect: intent.Allow, When: c.expr(2, c.plainly)}}
			table := &intent.Routing{Host: cart, Else: intent.Passthrough{}}
			for range 1 + c.IntN(2) {
				step := pick[intent.Step](c, intent.Headers{Op: pick(c, intent.SetHeader, intent.AddHeader, intent.RemoveHeader), Name: "x", Value: "1"},
					intent.Rewrite{Path: &intent.PathRewrite{Kind: pick(c, intent.FullPath, intent.PrefixPath), Match: pick(c, "/a", "/"), Replace: pick(c, "/b", "/ab")}})
				table.Rules = append(table.Rules, intent.Rule{When: c.expr(1, c.asked), Steps: []intent.Step{step}, Then: intent.Forward{To: []intent.Backend{{Host: cart, Weight: 1}}}})
			}
			m.Routing = []*intent.Routing{table}
			return m
		}
		a := model()
		b := model()
		b.Access = a.Access
		found := map[Verdict]bool{}
		for _, d := range Compare(a, b, Options{Arrivals: true, Aspects: []intent.Aspect{intent.Admission}}).Differences {
			found[d.Verdict] = true
		}
		for i := int(seed % 3); i < len(all); i += 3 {
			r := Request{Host: cart, Port: 80, At: *all[i].Clone()}
			x, y := Run(a, r), Run(b, r)
			v := Wider
			switch before, after := x.Legs[0].Admission.Allowed, y.Legs[0].Admission.Allowed; {
			case before == after:
				continue
			case before:
				v = Narrower
			}
			met++
			if !found[v] {
				t.Fatalf("seed %d: %s is %s, which is not found in %s beside %s", seed, all[i], v, intent.Print(a), intent.Print(b))
			}
		}
	}
	if met < 400 {
		t.Errorf("only %d requests differ", met)
	}
}

// plainly is a condition that can be said before every step.
func (c chance) plainly() match.Atom {
	for {
		if a := c.asked(); a.Op != match.Regex {
			return a
		}
	}
}
