package cilium

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// fitted legalizes a model and verifies the result.
func fitted(t testing.TB, m *intent.Model, from string) (*intent.Model, legal.Target, []legal.Change) {
	t.Helper()
	tgt, ok := target("")
	if !ok {
		t.Fatal("no target")
	}
	fit, changes := legal.Legalize(m, tgt, legal.Options{From: from})
	if err := legal.Verify(fit, tgt); err != nil {
		t.Fatalf("%v\n--- asked\n%s\n--- legal\n%s", err, intent.Print(m), intent.Print(fit))
	}
	return fit, tgt, changes
}

func writtenText(t testing.TB, objs []*manifest.Object) string {
	t.Helper()
	var b bytes.Buffer
	if err := manifest.WriteYAML(&b, objs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// readBack reads what was written beside an inventory.
func readBack(t testing.TB, objs []*manifest.Object, m *intent.Model) *intent.Model {
	t.Helper()
	in := mesh.Input{Version: version, Env: m.Env, Inventory: &m.Inventory}
	var leaves []*source.Object
	for _, o := range objs {
		read := source.FromYAML("out.yaml", o.Root.YAML(), source.Options{})
		ours := slices.ContainsFunc(kinds, func(k mesh.Kind) bool { return k.Kind == read.Kind && k.Group == read.Group() })
		if ours {
			in.Objects = append(in.Objects, read)
		} else {
			leaves = append(leaves, read)
		}
	}
	slices.SortFunc(in.Objects, source.Compare)
	back, _ := read(in)
	for _, o := range in.Objects {
		if p := o.Root.Problems(); len(p) > 0 {
			t.Errorf("what is written is not valid: %v\n%s", p, writtenText(t, objs))
		}
	}
	back.Leaves, back.Inventory = inventory.Read(leaves).Services, m.Inventory
	return back
}

// checkReadBack holds what is written to what was to be written, and to what was
// asked for: nobody more is let in.
func checkReadBack(t *testing.T, m *intent.Model) []legal.Change {
	t.Helper()
	fit, tgt, changes := fitted(t, m.Clone(), "")
	for _, c := range changes {
		checkDrift(t, c)
	}
	objs := write(fit, tgt)
	back := readBack(t, objs, fit)
	if r := decide.Compare(fit, back, decide.Options{Defaults: true}); r.Verdict != decide.Same {
		t.Errorf("it is %s: %+v\n--- legal\n%s\n--- written\n%s\n--- read\n%s", r.Verdict, r.Differences, intent.Print(fit), writtenText(t, objs), intent.Print(back))
	}
	for _, d := range decide.Compare(m, back, decide.Options{}).Differences {
		if d.Aspect == intent.Admission && d.Verdict != decide.Narrower {
			t.Errorf("it lets in what was kept out: %+v\n--- asked\n%s\n--- written\n%s", d, intent.Print(m), writtenText(t, objs))
		}
	}
	return changes
}

// checkDrift holds a change to the drift that it declares.
func checkDrift(t *testing.T, c legal.Change) {
	t.Helper()
	if c.Before == nil || c.After == nil {
		return
	}
	drifts := map[decide.Verdict]intent.Drift{decide.Narrower: intent.Narrower, decide.Wider: intent.Wider, decide.Different: intent.Other}
	for _, d := range decide.Compare(c.Before, c.After, decide.Options{Defaults: true}).Differences {
		gone := c.Aspect == intent.Routed && c.Fate == legal.FateDropped // and all that its rules say
		if d.Aspect != c.Aspect && !gone || drifts[d.Verdict] != c.Drift {
			t.Errorf("%s %q declares %s, but shows %s: %s, %s, by %s\n--- before\n%s\n--- after\n%s", c.Pass, c.Summary, c.Drift, d.Verdict, d.A, d.B, d.Witness, intent.Print(c.Before), intent.Print(c.After))
		}
	}
}

// random makes models.
type random struct{ *rand.Rand }

func oneOf[T any](r random, xs ...T) T { return xs[r.IntN(len(xs))] }

func (r random) chance(n int) bool { return r.IntN(n) == 0 }

func (r random) subject() match.Expr {
	and := match.And{is(match.Namespace, oneOf(r, "a", "b"))}
	switch r.IntN(5) {
	case 0:
		return and[0]
	case 1:
		return match.True
	}
	return append(and, match.Atom{Field: match.Label, Key: "app", Value: oneOf(r, "x", "y", "z")})
}

func (r random) client() match.Expr {
	ns, account := is(match.ClientNamespace, oneOf(r, "a", "b", "c")), is(match.ClientAccount, oneOf(r, "p", "q"))
	switch r.IntN(8) {
	case 0:
		return match.True
	case 1:
		return ns
	case 2:
		return match.Conj(ns, account)
	case 3:
		return match.Atom{Field: match.ClientAccount, Op: match.Present}
	case 4:
		return match.Negate(ns)
	case 5:
		return match.Atom{Field: match.ClientIP, Op: match.CIDR, Value: oneOf(r, "192.0.2.0/24", "198.51.100.0/24")}
	case 6:
		return match.Or{match.Conj(ns, account, local), match.Conj(is(match.ClientNamespace, "d"), local)}
	}
	return match.Conj(ns, account, local)
}

func (r random) request(e intent.Effect) match.Expr {
	path := match.Atom{Field: match.Path, Op: oneOf(r, match.Exact, match.Prefix, match.Suffix, match.Segments), Value: oneOf(r, "/a", "/a/b", "/c.d")}
	method := is(match.Method, oneOf(r, "GET", "PUT"))
	var http match.Expr
	switch r.IntN(6) {
	case 0:
		return match.True
	case 1:
		return is(match.Port, strconv.Itoa(oneOf(r, 80, 9090)))
	case 2:
		http = match.Conj(onHTTP, method)
	case 3:
		http = match.Conj(onHTTP, match.Negate(path), method)
	case 4:
		http = match.Conj(onHTTP, path, match.Atom{Field: match.Header, Key: "x-h", Value: "v"})
	case 5:
		http = match.Conj(onHTTP, path)
	}
	if e == intent.Deny {
		return match.Disj(http, is(match.Protocol, "tcp"))
	}
	return http
}

// model asks for random policies of a mesh that proves identities.
func (r random) model() *intent.Model {
	m := &intent.Model{Env: intent.Defaults(), Baseline: intent.Baseline{Paths: intent.PathDots}}
	for i := range 1 + r.IntN(4) {
		home := &intent.Home{Namespace: "a", Name: fmt.Sprintf("p%d", i)}
		a := &intent.Access{Home: home, Scope: intent.Scope{Subject: r.subject()}}
		if r.chance(3) {
			a.Effect = intent.Deny
		}
		a.When = match.Conj(match.Simplify(r.client()), match.Simplify(r.request(a.Effect)))
		m.Access = append(m.Access, a)
		if a.Effect == intent.Allow && !r.chance(4) {
			m.Default = append(m.Default, &intent.Default{Home: home, Scope: a.Scope, Effect: intent.Deny})
		}
	}
	m.Default = append(m.Default, &intent.Default{Effect: intent.Allow})
	for _, ns := range []string{"a", "b"} {
		for _, app := range []string{"x", "y", "z"} {
			m.Inventory.Workloads = append(m.Inventory.Workloads, &intent.Workload{
				Name: intent.Name{Namespace: ns, Name: app}, Kind: "Deployment", Account: "p", Labels: []intent.Pair{{Key: "app", Value: app}},
				Ports: []intent.WorkloadPort{{Port: 80}, {Port: 9090}},
			})
		}
	}
	return m
}

// Whatever policies a mesh has, what is written for Cilium reads back as what was
// to be written, and lets nobody in who was kept out.
func TestRandomPolicies(t *testing.T) {
	exact := 0
	for seed := range uint64(250) {
		r := random{rand.New(rand.NewPCG(7, seed))}
		changes := checkReadBack(t, r.model())
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
		if !slices.ContainsFunc(changes, func(c legal.Change) bool { return c.Drift != intent.Same && c.Aspect == intent.Admission }) {
			exact++
		}
	}
	if exact < 40 {
		t.Errorf("only %d models were said as they are", exact)
	}
}
