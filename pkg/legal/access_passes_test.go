package legal_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

var (
	cart     = match.Conj(atom(match.Namespace, match.Exact, "shop"), label("a"))
	fromShop = atom(match.ClientNamespace, match.Exact, "shop")
	overHTTP = atom(match.Protocol, match.Exact, "http")
)

func path(p string) match.Expr {
	return match.Conj(overHTTP, atom(match.Path, match.Segments, p))
}

// origin is the input that a fact of a test stems from.
func origin(object string) intent.Origin {
	return intent.From(place.Ref{Object: object, Path: "spec", Pos: place.Pos{File: "in.yaml", Line: 1, Col: 1}})
}

// base is a permissive mesh with the inventory of the tests.
func base(add func(*intent.Model)) *intent.Model {
	m := &intent.Model{Env: intent.Defaults(), Inventory: inventory()}
	add(m)
	standard := intent.From(place.Default("source", "default"))
	m.Default = append(m.Default, &intent.Default{Effect: intent.Allow, From: standard})
	m.Transport = append(m.Transport, &intent.Transport{Side: intent.Served, Mode: intent.Permissive, From: standard})
	return m
}

func access(e intent.Effect, subject, when match.Expr) *intent.Access {
	a := &intent.Access{Home: &intent.Home{Namespace: "shop", Name: e.String()}, Effect: e, Scope: intent.Scope{Subject: subject}, When: when, From: origin("Policy shop/" + e.String())}
	if e == intent.Ask {
		a.Provider = "oracle"
	}
	return a
}

func closed(subject match.Expr) *intent.Default {
	return &intent.Default{Home: &intent.Home{Namespace: "shop", Name: "closed"}, Scope: intent.Scope{Subject: subject}, Effect: intent.Deny, From: origin("Policy shop/closed")}
}

// passCase is what one pass does with one model.
type passCase struct {
	name   string
	target legal.Target
	model  *intent.Model
	accept bool
	// finding is the change to be seen: code, drift, and words of its summary.
	code    diag.Code
	drift   intent.Drift
	summary string
	// want are lines of the result; not is one that must not be there.
	want []string
	not  string
}

func (c passCase) run(t *testing.T) {
	o := legal.Options{}
	if c.accept {
		o.Accept = func(legal.Change) bool { return true }
	}
	got, changes := legal.Legalize(c.model, c.target, o)
	if err := legal.Verify(got, c.target); err != nil {
		t.Error(err)
	}
	found := slices.ContainsFunc(changes, func(x legal.Change) bool {
		return x.Code == c.code && x.Drift == c.drift && strings.Contains(x.Summary, c.summary) && len(x.From) > 0
	})
	if c.code != "" && !found {
		t.Errorf("no %s, %s, about %q in %s", c.code, c.drift, c.summary, summaries(changes))
	}
	lines := strings.Split(strings.TrimSpace(intent.Print(got)), "\n")
	for _, want := range c.want {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %q in\n%s", want, strings.Join(lines, "\n"))
		}
	}
	if c.not != "" && slices.Contains(lines, c.not) {
		t.Errorf("line %q in\n%s", c.not, strings.Join(lines, "\n"))
	}
}

func summaries(changes []legal.Change) string {
	var b strings.Builder
	for _, c := range changes {
		b.WriteString("\n  " + string(c.Code) + " " + string(c.Drift) + ": " + c.Summary)
	}
	return b.String()
}

func TestAdmissionPasses(t *testing.T) {
	for _, c := range slices.Concat(withholdingCases(), conditionCases(), partitionCases(), scopeCases(), noAccessCases()) {
		t.Run(c.name, c.run)
	}
}

func withholdingCases() []passCase {
	asks := func(m *intent.Model) { m.Access = append(m.Access, access(intent.Ask, cart, path("/x"))) }
	audits := func(m *intent.Model) {
		a := access(intent.Deny, cart, fromShop)
		a.Mode = intent.Audit
		m.Access = append(m.Access, a)
	}
	tokens := func(m *intent.Model) {
		m.Tokens = append(m.Tokens, &intent.Tokens{Scope: intent.Scope{Subject: cart}, Rules: []intent.TokenRule{{Issuer: "me"}}, From: origin("Tokens shop/me")})
	}
	filter := func(m *intent.Model) {
		m.Opaque = append(m.Opaque, &intent.Opaque{Mesh: "source", Kind: "Filter", Security: true, Scope: intent.Scope{Subject: cart}, At: origin("Filter shop/f")[0], From: origin("Filter shop/f")})
	}
	strict := func(m *intent.Model) {
		m.Transport = append(m.Transport, &intent.Transport{Side: intent.Served, Scope: intent.Scope{Subject: cart}, Mode: intent.Strict, From: origin("Strict shop/a")})
	}
	unread := func(m *intent.Model) {
		d := closed(cart)
		d.Withheld, d.Why = true, "it could not be read"
		m.Default = append(m.Default, d)
		m.Access = append(m.Access, access(intent.Allow, cart, fromShop))
	}
	silent := denying()
	silent.Access.Can = func(_ intent.Effect, l match.Literal) string {
		if l.Atom.Field.Identity() {
			return "it knows no identities"
		}
		return ""
	}
	closedCart := "deny at namespace shop and label app a"
	return []passCase{
		{name: "ask kept", target: denying(), model: base(asks), want: []string{"ask oracle at namespace shop and label app a when protocol http and path /x/..."}},
		{name: "ask denied", target: plain(), model: base(asks), code: diag.Withheld, drift: intent.Narrower, summary: "cannot ask oracle", want: []string{"deny at namespace shop and label app a when protocol http and path /x/..."}},
		{name: "ask dropped", target: plain(), model: base(asks), accept: true, code: diag.Widened, drift: intent.Wider, summary: "asks nobody", not: "deny at namespace shop and label app a when protocol http and path /x/..."},
		{name: "audit dropped", target: denying(), model: base(audits), code: diag.Dropped, drift: intent.Other, summary: "is not written", not: "deny (audit) at namespace shop and label app a when client namespace shop"},
		{name: "audit kept", target: plain(), model: base(audits), want: []string{"deny (audit) at namespace shop and label app a when client namespace shop"}},
		{name: "tokens withheld", target: denying(), model: base(tokens), code: diag.Withheld, drift: intent.Narrower, summary: "Tokens shop/me", want: []string{closedCart}},
		{name: "tokens dropped", target: denying(), model: base(tokens), accept: true, code: diag.Widened, drift: intent.Wider, summary: "Tokens shop/me", not: closedCart},
		{name: "filter withheld", target: denying(), model: base(filter), code: diag.Withheld, drift: intent.Narrower, summary: "Filter shop/f", want: []string{closedCart}},
		{name: "filter dropped", target: denying(), model: base(filter), accept: true, code: diag.Widened, drift: intent.Wider, summary: "Filter shop/f", not: closedCart},
		{name: "unread policy", target: denying(), model: base(unread), code: diag.Withheld, drift: intent.Narrower, summary: "it could not be read", want: []string{closedCart}},
		{name: "strict as denial", target: denying(), model: base(strict), code: diag.Approximated, drift: intent.Same, summary: "written as admission", want: []string{"deny at namespace shop and label app a when not with any identity"}},
		{name: "strict withheld", target: silent, model: base(strict), code: diag.Withheld, drift: intent.Narrower, summary: "Strict shop/a", want: []string{closedCart}},
		{name: "strict dropped", target: silent, model: base(strict), accept: true, code: diag.Widened, drift: intent.Wider, summary: "Strict shop/a", not: closedCart},
		{name: "strict partitioned", target: partitioning(), model: base(strict), code: diag.Approximated, drift: intent.Same, summary: "port by port",
			want: []string{
				"default deny at namespace shop", "default allow at namespace shop and label app b", "allow at namespace shop and not label app a and port 80",
				"allow at namespace shop and not ((not label app a and port 80) or (not label app a and port 90) or label app b) when with any identity",
			}},
	}
}

func conditionCases() []passCase {
	header := match.Atom{Field: match.Header, Key: "x-env", Op: match.Exact, Value: "test"}
	with := func(effect intent.Effect, when match.Expr) *intent.Model {
		return base(func(m *intent.Model) {
			m.Access = append(m.Access, access(effect, cart, when))
			m.Default = append(m.Default, closed(cart))
		})
	}
	either := match.Disj(fromShop, atom(match.ClientIP, match.CIDR, "10.0.0.0/8"))
	return []passCase{
		{name: "allow said", target: denying(), model: with(intent.Allow, path("/x")), want: []string{"allow at namespace shop and label app a when protocol http and path /x/..."}},
		{name: "allow strengthened", target: denying(), model: with(intent.Allow, match.Disj(path("/x"), match.Conj(overHTTP, header))), code: diag.Narrowed, drift: intent.Narrower, summary: "lets in less",
			want: []string{"allow at namespace shop and label app a when protocol http and path /x/..."}},
		{name: "allow lost", target: denying(), model: with(intent.Allow, match.Conj(overHTTP, header)), code: diag.AllowLost, drift: intent.Narrower, summary: "lets nobody in", want: []string{"default deny at namespace shop and label app a"}},
		{name: "deny weakened", target: denying(), model: with(intent.Deny, match.Conj(path("/x"), header)), code: diag.Narrowed, drift: intent.Narrower, summary: "keeps out more",
			want: []string{"deny at namespace shop and label app a when protocol http and path /x/..."}},
		{name: "deny withheld", target: denying(), model: with(intent.Deny, header), code: diag.Withheld, drift: intent.Narrower, summary: "denies all", want: []string{"deny at namespace shop and label app a"}},
		{name: "deny dropped", target: denying(), model: with(intent.Deny, header), accept: true, code: diag.Widened, drift: intent.Wider, summary: "is dropped", not: "deny at namespace shop and label app a"},
		{name: "alternatives split", target: plain(), model: with(intent.Allow, either), code: diag.Approximated, drift: intent.Same, summary: "in other words",
			want: []string{"allow at namespace shop and label app a when client namespace shop", "allow at namespace shop and label app a when address in 10.0.0.0/8"}},
	}
}

func partitionCases() []passCase {
	with := func(facts ...*intent.Access) *intent.Model {
		return base(func(m *intent.Model) {
			m.Access = facts
			m.Default = append(m.Default, closed(cart))
		})
	}
	normalising := with(access(intent.Allow, cart, match.Conj(path("/x"), match.Not{X: atom(match.Path, match.Segments, "/x/y")}, fromShop)))
	normalising.Baseline.Paths = intent.PathDots
	raw := partitioning()
	raw.Baseline = func(intent.Environment) intent.Baseline { return intent.Baseline{Paths: intent.PathRaw} }
	unknown := with(access(intent.Allow, cart, fromShop))
	unknown.Inventory = intent.Inventory{}
	server := "allow at namespace shop and label app a and port 80 when "
	return []passCase{
		{name: "grant of a server", target: partitioning(), model: with(access(intent.Allow, cart, fromShop)), want: []string{"default deny at namespace shop and label app a and port 80", server + "client namespace shop"}},
		{name: "grant of a region", target: partitioning(), model: with(access(intent.Allow, cart, match.Conj(path("/x"), fromShop))), want: []string{server + "protocol http and path /x/... and client namespace shop"}},
		{name: "union in a region", target: partitioning(), model: with(access(intent.Allow, cart, match.Conj(path("/x"), fromShop)), access(intent.Allow, cart, match.Conj(path("/x/y"), identified))),
			want: []string{server + "protocol http and path /x/y/... and client namespace shop", server + "protocol http and path /x/y/... and with identity"}},
		{name: "exception", target: partitioning(), model: with(access(intent.Allow, cart, match.Conj(path("/x"), match.Not{X: atom(match.Path, match.Segments, "/x/y")}, fromShop))),
			want: []string{server + "protocol http and path /x/... and not path /x/y/... and client namespace shop"}},
		{name: "exception evaded", target: raw, model: normalising, code: diag.AllowLost, drift: intent.Narrower, summary: "evaded"},
		{name: "deny taken off", target: partitioning(), model: with(access(intent.Allow, cart, fromShop), access(intent.Deny, cart, path("/z"))),
			code: diag.Narrowed, drift: intent.Narrower, summary: "not HTTP", want: []string{server + "protocol http and not path /z/... and client namespace shop"}},
		{name: "deny by identity implied", target: partitioning(), model: with(access(intent.Allow, cart, fromShop), access(intent.Deny, cart, atom(match.ClientNamespace, match.Exact, "depot"))),
			want: []string{server + "client namespace shop"}},
		{name: "deny by identity withheld", target: partitioning(), model: with(access(intent.Allow, cart, identified), access(intent.Deny, cart, atom(match.ClientNamespace, match.Exact, "depot"))),
			code: diag.Withheld, drift: intent.Narrower, summary: "it cannot negate", not: server + "with identity"},
		{name: "deny by identity dropped", target: partitioning(), model: with(access(intent.Allow, cart, identified), access(intent.Deny, cart, atom(match.ClientNamespace, match.Exact, "depot"))),
			accept: true, code: diag.Widened, drift: intent.Wider, summary: "is dropped", not: "default deny at namespace shop and label app a and port 80"},
		{name: "nothing known", target: partitioning(), model: unknown, code: diag.NeedsInventory, drift: intent.Narrower, summary: "no port that is known", want: []string{"default deny at namespace shop"}},
	}
}

func scopeCases() []passCase {
	port := match.Conj(cart, atom(match.Port, match.Exact, "80"))
	but := match.Conj(atom(match.Namespace, match.Exact, "shop"), match.Not{X: label("b")})
	with := func(effect intent.Effect, subject match.Expr) *intent.Model {
		return base(func(m *intent.Model) {
			m.Access = append(m.Access, access(effect, subject, fromShop))
			m.Default = append(m.Default, closed(subject))
		})
	}
	return []passCase{
		{name: "port into condition", target: denying(), model: with(intent.Allow, port), code: diag.Approximated, drift: intent.Same, summary: "where it holds",
			want: []string{"allow at namespace shop and label app a when port 80 and client namespace shop", "default deny at namespace shop and label app a", "allow at namespace shop and label app a when not port 80"}},
		{name: "allow shrinks", target: denying(), model: with(intent.Allow, but), code: diag.Narrowed, drift: intent.Narrower, summary: "at fewer workloads",
			want: []string{"allow at namespace shop and label app a when client namespace shop"}},
		{name: "deny grows", target: denying(), model: with(intent.Deny, but), code: diag.Narrowed, drift: intent.Narrower, summary: "at more workloads",
			want: []string{"deny at namespace shop when client namespace shop"}},
	}
}

func noAccessCases() []passCase {
	none := legal.Target{Mesh: "none", Caps: caps(), Default: open, Transport: permissive, Access: legal.AccessForm{Combine: legal.NoAccess}}
	with := func() *intent.Model {
		return base(func(m *intent.Model) {
			m.Access = append(m.Access, access(intent.Allow, cart, fromShop))
			m.Default = append(m.Default, closed(cart))
			for _, ns := range []string{"shop", "depot"} {
				m.Routing = append(m.Routing, &intent.Routing{Home: &intent.Home{Namespace: ns}, Host: intent.Host{Service: intent.Name{Namespace: ns, Name: "a"}}, Else: intent.Passthrough{}, From: origin("Route " + ns + "/a")})
			}
		})
	}
	return []passCase{
		{name: "output withheld", target: none, model: with(), code: diag.Withheld, drift: intent.Wider, summary: "no authorization", not: "http shop/a"},
		{name: "routing withheld", target: none, model: with(), code: diag.Withheld, drift: intent.Other, summary: "the routes of shop/a are not written"},
		{name: "admission dropped", target: none, model: with(), accept: true, code: diag.Widened, drift: intent.Wider, summary: "no authorization"},
	}
}
