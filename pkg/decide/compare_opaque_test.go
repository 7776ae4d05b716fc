package decide

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

type kept string

func (k kept) Text(string) string { return string(k) }

// What is kept as it is counts as the same only where it says the same.
func TestKeptConfigurationIsCompared(t *testing.T) {
	with := func(name, text string, security bool) *intent.Model {
		m := shop()
		m.Opaque = []*intent.Opaque{{Mesh: "istio", At: place.Ref{Object: "EnvoyFilter shop/" + name}, Whole: kept(text), Security: security}}
		return m
	}
	reports := func(text string) *intent.Model {
		m := with("x", text, false)
		m.Opaque[0].Running = true
		return m
	}
	for name, c := range map[string]struct {
		a, b *intent.Model
		want Verdict
	}{
		"other reports":        {reports("1"), reports("2"), Different},
		"reports are gone":     {reports("1"), shop(), Different},
		"reports come":         {shop(), reports("1"), Different},
		"the same":             {with("x", "1", true), with("x", "1", true), Same},
		"other values":         {with("x", "1", false), with("x", "2", false), Unsure},
		"other values, guards": {with("x", "1", true), with("x", "2", true), Unsure},
		"another object":       {with("x", "1", false), with("y", "1", false), Unsure},
		"a guard is gone":      {with("x", "1", true), shop(), Wider},
	} {
		if r := Compare(c.a, c.b, Options{}); r.Verdict != c.want {
			t.Errorf("%s: %s, want %s", name, r.Verdict, c.want)
		}
	}
}

// What callers may dial closes no workload that a guard is gone from.
func TestDialledFactsCloseNothing(t *testing.T) {
	a, b := shop(), shop()
	a.Opaque = []*intent.Opaque{{Mesh: "istio", At: place.Ref{Object: "EnvoyFilter shop/x"}, Security: true, Scope: inShop("pay")}}
	for _, m := range []*intent.Model{a, b} {
		m.Access = append(m.Access, &intent.Access{Side: intent.Dialled, Effect: intent.Deny, Scope: intent.Scope{Client: atom(match.ClientNamespace, match.Exact, "test")}})
		m.Default = append([]*intent.Default{{Side: intent.Dialled, Effect: intent.Deny, Scope: intent.Scope{Client: atom(match.ClientNamespace, match.Exact, "test")}}}, m.Default...)
	}
	if r := Compare(a, b, Options{}); r.Verdict != Wider {
		t.Errorf("%s: %+v", r.Verdict, r.Differences)
	}
}

// Who runs an entry is compared where both sides say it in one way.
func TestRunnersOfEntriesAreCompared(t *testing.T) {
	entry := func(class string, selector ...intent.Pair) *intent.Model {
		m := shop()
		m.Entries = []*intent.Entry{{Name: intent.Name{Namespace: "shop", Name: "public"}, Class: class, Selector: selector}}
		return m
	}
	pods := func(v string) intent.Pair { return intent.Pair{Key: "istio", Value: v} }
	for name, c := range map[string]struct {
		a, b *intent.Model
		want Verdict
	}{
		"class":          {entry("istio"), entry("cilium"), Different},
		"pods":           {entry("", pods("a")), entry("", pods("b")), Different},
		"no pods":        {entry("", pods("a")), entry(""), Different},
		"class for pods": {entry("", pods("a")), entry("istio"), Same},
	} {
		if r := Compare(c.a, c.b, Options{}); r.Verdict != c.want {
			t.Errorf("%s: %s, want %s", name, r.Verdict, c.want)
		}
	}
}
