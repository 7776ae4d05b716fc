package decide

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

func atom(f match.Field, op match.Op, v string) match.Atom {
	return match.Atom{Field: f, Op: op, Value: v}
}
func path(op match.Op, v string) match.Atom { return atom(match.Path, op, v) }

var cart = intent.Host{Service: intent.Name{Namespace: "shop", Name: "cart"}}

func inShop(app string) intent.Scope {
	return intent.Scope{Subject: match.Conj(atom(match.Namespace, match.Exact, "shop"), match.Atom{Field: match.Label, Key: "app", Value: app})}
}

// shop is a model with a bit of everything.
func shop() *intent.Model {
	to := func(name string, w int) intent.Backend {
		return intent.Backend{Host: cart, SubsetName: name, Subset: match.Atom{Field: match.Label, Key: "version", Value: name}, Weight: w}
	}
	return &intent.Model{
		Env: intent.Defaults(),
		Inventory: intent.Inventory{Services: []*intent.Service{{
			Name: cart.Service, Selector: []intent.Pair{{Key: "app", Value: "cart"}}, Ports: []intent.ServicePort{{Port: 80, Target: 8080}},
		}}},
		Routing: []*intent.Routing{{Host: cart, Else: intent.Respond{Status: 404}, Rules: []intent.Rule{
			{When: path(match.Exact, "/foo"), Then: intent.Forward{To: []intent.Backend{to("v1", 90), to("v2", 10)}}},
			{When: match.And{path(match.Segments, "/foo"), match.Atom{Field: match.Header, Key: "x", Value: "1"}}, Then: intent.Forward{To: []intent.Backend{to("v2", 1)}}},
		}}},
		Access: []*intent.Access{
			{Scope: inShop("cart"), Effect: intent.Allow, When: match.And{atom(match.ClientNamespace, match.Exact, "web"), path(match.Prefix, "/cart/")}},
			{Scope: inShop("cart"), Effect: intent.Deny, When: atom(match.Method, match.Exact, "DELETE")},
		},
		Default: []*intent.Default{{Scope: inShop("cart"), Effect: intent.Deny}, {Effect: intent.Allow}},
		Transport: []*intent.Transport{
			{Scope: intent.Scope{Subject: atom(match.Namespace, match.Exact, "shop")}, Mode: intent.Strict},
			{Mode: intent.Permissive}, {Side: intent.Dialled, Mode: intent.Auto},
		},
	}
}

func TestSameModelIsSame(t *testing.T) {
	if r := Compare(shop(), shop(), Options{Defaults: true}); r.Verdict != Same {
		t.Errorf("%s: %+v", r.Verdict, r.Differences)
	}
}

// Each single change is seen, in its aspect and direction, and the witness is a
// request on which Run or Admit really differ.
func TestChangesAreSeen(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*intent.Model)
		verdict Verdict
		aspect  intent.Aspect
	}{
		"weight":   {func(m *intent.Model) { m.Routing[0].Rules[0].Then.(intent.Forward).To[0].Weight = 80 }, Different, intent.Routed},
		"path":     {func(m *intent.Model) { m.Routing[0].Rules[0].When = path(match.Exact, "/bar") }, Different, intent.Routed},
		"order":    {func(m *intent.Model) { r := m.Routing[0].Rules; r[0], r[1] = r[1], r[0] }, Different, intent.Routed},
		"else":     {func(m *intent.Model) { m.Routing[0].Else = intent.Passthrough{} }, Different, intent.Routed},
		"no table": {func(m *intent.Model) { m.Routing = nil }, Different, intent.Routed},
		"identity": {func(m *intent.Model) {
			m.Access[0].When = match.And{atom(match.ClientNamespace, match.Exact, "ops"), path(match.Prefix, "/cart/")}
		}, Wider, intent.Admission},
		"no deny":       {func(m *intent.Model) { m.Access = m.Access[:1] }, Wider, intent.Admission},
		"no allow":      {func(m *intent.Model) { m.Access = m.Access[1:] }, Narrower, intent.Admission},
		"open default":  {func(m *intent.Model) { m.Default[0].Effect = intent.Allow }, Wider, intent.Admission},
		"permissive":    {func(m *intent.Model) { m.Transport = m.Transport[1:] }, Wider, intent.Admission},
		"scope shrinks": {func(m *intent.Model) { m.Default[0].Scope = inShop("other") }, Wider, intent.Admission},
		"asks": {func(m *intent.Model) {
			m.Access = append(m.Access, &intent.Access{Scope: inShop("cart"), Effect: intent.Ask, Provider: "p"})
		}, Narrower, intent.Admission},
		"tokens":        {func(m *intent.Model) { m.Tokens = []*intent.Tokens{{Rules: []intent.TokenRule{{Issuer: "i"}}}} }, Narrower, intent.Tokening},
		"dialled plain": {func(m *intent.Model) { m.Transport[2].Mode = intent.Plain }, Different, intent.Securing},
		"limit": {func(m *intent.Model) {
			n := 5
			m.Upstream = []*intent.Upstream{{Host: cart, Limits: &intent.Limits{MaxPending: &n}}}
		}, Different, intent.Limiting},
		"opaque": {func(m *intent.Model) { m.Opaque = []*intent.Opaque{{Mesh: "istio", Kind: "EnvoyFilter"}} }, Unsure, intent.Routed},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := shop(), shop()
			c.change(b)
			r := Compare(a, b, Options{Defaults: true})
			if len(r.Differences) == 0 || r.Differences[0].Verdict != c.verdict || r.Differences[0].Aspect != c.aspect {
				t.Fatalf("%s: %+v", r.Verdict, r.Differences)
			}
			checkWitness(t, a, b, r.Differences[0])
		})
	}
}

func checkWitness(t *testing.T, a, b *intent.Model, d Difference) {
	t.Helper()
	if d.Request == nil {
		return
	}
	if d.Request.Subject == nil {
		if x, y := Run(a, *d.Request), Run(b, *d.Request); x.Action == y.Action {
			t.Errorf("at %s both do %s", d.Witness, x.Action)
		}
		return
	}
	q := d.Request.At.Clone()
	q.Copy(d.Request.Subject, match.Namespace)
	for _, v := range d.Request.Subject.Values(match.Label) {
		q.Set(match.Label, v.Key, v.Value)
	}
	x, y := Admit(a, q, NoToken), Admit(b, q, NoToken)
	if x.Allowed == y.Allowed && strings.Join(x.Asks, "") == strings.Join(y.Asks, "") {
		t.Errorf("at %s both: %+v", d.Witness, x)
	}
}

// A subset and the Service that selects just its pods are the same endpoints.
func TestLeafServiceIsItsSubset(t *testing.T) {
	a, b := shop(), shop()
	for _, v := range []string{"v1", "v2"} {
		b.Leaves = append(b.Leaves, &intent.Service{
			Name: intent.Name{Namespace: "shop", Name: "cart-" + v}, Selector: []intent.Pair{{Key: "app", Value: "cart"}, {Key: "version", Value: v}},
		})
	}
	for i := range b.Routing[0].Rules {
		to := b.Routing[0].Rules[i].Then.(intent.Forward).To
		for k := range to {
			to[k] = intent.Backend{Host: intent.Host{Service: intent.Name{Namespace: "shop", Name: "cart-" + to[k].SubsetName}}, Weight: to[k].Weight}
		}
	}
	if r := Compare(a, b, Options{Defaults: true}); r.Verdict != Same {
		t.Errorf("%s: %+v", r.Verdict, r.Differences)
	}
}

// Defaults count only where asked for.
func TestDefaults(t *testing.T) {
	a, b := shop(), shop()
	a.Baseline.Retry = &intent.Retry{Attempts: 2, On: []intent.RetryOn{intent.OnConnectFailure}}
	if r := Compare(a, b, Options{}); r.Verdict != Same {
		t.Errorf("without defaults: %+v", r.Differences)
	}
	if r := Compare(a, b, Options{Defaults: true}); r.Verdict != Different || r.Differences[0].Aspect != intent.Retrying {
		t.Errorf("with defaults: %+v", r.Differences)
	}
}

func TestRun(t *testing.T) {
	m := shop()
	ask := func(p, ns string) Outcome {
		r := Request{Host: cart, Port: 80}
		r.At.Set(match.Protocol, "", "http").Set(match.Path, "", p).Set(match.Method, "", "GET").Set(match.ClientNamespace, "", ns).Set(match.ClientAccount, "", "a")
		return Run(m, r)
	}
	if o := ask("/other", "web"); o.Status != 404 {
		t.Errorf("unmatched: %v", o)
	}
	o := ask("/foo", "web")
	if len(o.Legs) != 2 || o.Legs[0].Weight != 90 || o.Legs[0].Admission.Allowed {
		t.Errorf("split: %+v", o)
	}
	m.Routing[0].Rules[0].Steps = []intent.Step{intent.Rewrite{Path: &intent.PathRewrite{Kind: intent.FullPath, Replace: "/cart/1"}}}
	if o := ask("/foo", "web"); !o.Legs[0].Admission.Allowed || o.Legs[0].Path != "/cart/1" {
		t.Errorf("access is judged after rewriting: %+v", o)
	}
	if o := ask("/foo", "ops"); o.Legs[0].Admission.Allowed || o.Legs[0].Admission.Status != 403 {
		t.Errorf("a stranger: %+v", o)
	}
}

func TestRewritePath(t *testing.T) {
	for _, c := range []struct {
		kind                       intent.PathRewriteKind
		match, replace, path, want string
	}{
		{intent.PrefixPath, "/foo/", "/", "/foo/x", "/x"},
		{intent.PrefixPath, "/foo", "/", "/foo/x", "//x"},
		{intent.SegmentPrefix, "/foo", "/", "/foo/x", "/x"},
		{intent.SegmentPrefix, "/foo", "/bar", "/foo", "/bar"},
		{intent.SegmentPrefix, "/foo", "/bar", "/foo/", "/bar/"},
		{intent.SegmentPrefix, "/foo/", "/bar/", "/foo/", "/bar/"},
		{intent.SegmentPrefix, "/foo", "", "/foo", "/"},
		{intent.SegmentPrefix, "/foo", "/", "/foo/", "/"},
		{intent.FullPath, "", "/z", "/foo", "/z"},
		{intent.RegexPath, "/a/([^/]+)", `/b/\1`, "/a/1/c", "/b/1/c"},
	} {
		if got := RewritePath(intent.PathRewrite{Kind: c.kind, Match: c.match, Replace: c.replace}, c.path); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
