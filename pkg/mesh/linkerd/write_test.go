package linkerd

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
	"golang.org/x/tools/txtar"
)

// What is written for a model as Linkerd itself reads it: testdata/write has,
// for each case, manifests and what a person at home in Linkerd would write for
// what they mean.
func TestWrite(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "write", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range a.Files[1:] {
				in := input(t, string(a.Files[0].Data))
				m, _ := read(in)
				got := writtenText(t, withoutInventory(checkReadBack(t, m, Name, f.Name).objs))
				if strings.TrimSpace(got) != strings.TrimSpace(string(f.Data)) {
					t.Errorf("%s: got\n%s\nwant\n%s", f.Name, got, f.Data)
				}
			}
		})
	}
}

// withoutInventory leaves out what is no configuration of Linkerd, but patches.
func withoutInventory(objs []*manifest.Object) []*manifest.Object {
	return slices.DeleteFunc(slices.Clone(objs), func(o *manifest.Object) bool { return o.Kind == "Deployment" && !o.Patch })
}

// Annotations of what is the user's are patches: of Services for circuit breaking,
// of namespaces and workloads for ports without a Server.
func TestPatches(t *testing.T) {
	m := randomMesh(rand.New(rand.NewPCG(1, 2)))
	from := intent.From(place.Ref{Object: "Policy shop/p", Pos: place.Pos{File: "in.yaml", Line: 1}})
	in := func(ns string, and ...match.Expr) intent.Scope {
		return intent.Scope{Subject: match.Conj(append([]match.Expr{is(match.Namespace, ns)}, and...)...)}
	}
	web := match.Atom{Field: match.Label, Key: "app", Value: "web"}
	m.Default = []*intent.Default{
		{Scope: in("depot", web), Effect: intent.Deny, From: from}, {Scope: in("shop"), Effect: intent.Deny, Withheld: true, Why: "it cannot be read", From: from},
		{Effect: intent.Allow},
	}
	m.Upstream = []*intent.Upstream{{Host: host("cart"), Outlier: &intent.Outlier{Consecutive5xx: pointer(5), BaseEjection: pointer(30 * time.Second)}}}
	var got []string
	for _, o := range checkReadBack(t, m, "istio", versionRoutes).objs {
		if o.Patch {
			got = append(got, writtenText(t, []*manifest.Object{o}))
		}
	}
	want, err := os.ReadFile(filepath.Join("testdata", "patches.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(got, "---\n"); text != string(want) {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

// Conditions of profiles are written as they are read.
func TestConditions(t *testing.T) {
	path := func(re string) match.Expr { return match.Atom{Field: match.Path, Op: match.Regex, Value: re} }
	get := is(match.Method, "GET")
	for _, e := range []match.Expr{
		match.True, get, path("/a"), path("a|b"), path(`/a\$`), path("^$"), match.Conj(get, path("/a")), match.Conj(path("/a.*"), path(".*b")),
		match.Not{X: path("/a")}, match.Disj(get, match.Conj(match.Not{X: get}, path("/b"))), match.Conj(get, match.Not{X: path("/a")}),
		match.Atom{Field: match.Path, Op: match.Search, Value: "^/a|/b$"},
	} {
		text := writtenText(t, []*manifest.Object{{Root: manifest.Map().Set("spec", manifest.Map().Set("c", writeCondition(e, true)))}})
		objs, _ := source.Parse("in.yaml", []byte("apiVersion: v1\nkind: X\n"+text), source.Options{})
		n := objs[0].Root.Get("spec").Get("c")
		got, _ := (&reader{}).condition(n, true)
		if differs := differ(got, e); differs || len(n.Problems()) > 0 {
			t.Errorf("%s reads back as %s: %v\n%s", match.String(e), match.String(got), n.Problems(), text)
		}
	}
}

// differ reports whether one of two predicates holds for an HTTP request for which
// the other does not.
func differ(a, b match.Expr) bool {
	_, ab := match.Implies(match.Conj(overHTTP, a), b)
	_, ba := match.Implies(match.Conj(overHTTP, b), a)
	return ab != match.Yes || ba != match.Yes
}

// Names that are taken are numbered, and those made of other texts are names of
// Kubernetes.
func TestNames(t *testing.T) {
	n := taking([]*manifest.Object{{Kind: "Server", Namespace: "shop", Name: "cart"}})
	for _, tt := range []struct{ want, candidates string }{
		{"cart-2", "cart"}, {"web", "web"}, {"web-admin", "web web-admin"}, {"web-admin-2", "web web-admin"}, {"web-admin-3", "web-admin"},
	} {
		if got := n.name("Server", "shop", strings.Fields(tt.candidates)...); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.candidates, got, tt.want)
		}
	}
	if got := n.name("Server", "depot", "cart"); got != "cart" {
		t.Errorf("another namespace: %s", got)
	}
	for in, want := range map[string]string{"/a/{id}/B_c": "a-id-b-c", "10.0.0.0/8": "10-0-0-0-8", "//": "", strings.Repeat("ab-", 40): strings.Repeat("ab-", 16) + "ab"} {
		if got := slug(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// Durations of fields and annotations have one unit, since Linkerd reads no
// others.
func TestDurationsHaveOneUnit(t *testing.T) {
	for in, want := range map[string]string{"0": "0s", "1500ms": "1500ms", "90s": "90s", "60m": "1h", "100500ms": "101s", "25h": "25h", "100001s": "1667m"} {
		d, ok := parseDuration(in)
		if !ok {
			t.Fatal(in)
		}
		if got := formatDuration(roundTimeout(d)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// A table that a profile can say is one whose requests are treated alike but for
// timeouts and retries.
func TestAsProfile(t *testing.T) {
	to := func(names ...string) intent.Action {
		var f intent.Forward
		for _, n := range names {
			f.To = append(f.To, intent.Backend{Host: host(n), Weight: 1})
		}
		return f
	}
	pass := intent.Passthrough{}
	notFound := intent.Respond{Status: 404}
	api := below("/api")
	tests := []struct {
		name string
		t    intent.Routing
		can  bool
	}{
		{"nothing but passing on", intent.Routing{Else: pass}, true},
		{"the Service itself", intent.Routing{Rules: []intent.Rule{{When: api, Then: to("cart")}, {Then: pass}}, Else: notFound}, true},
		{"all split alike", intent.Routing{Rules: []intent.Rule{{When: api, Then: to("a", "b")}, {Then: to("a", "b")}}, Else: notFound}, true},
		{"some split", intent.Routing{Rules: []intent.Rule{{When: api, Then: to("a", "b")}}, Else: pass}, false},
		{"some not found", intent.Routing{Rules: []intent.Rule{{When: api, Then: pass}}, Else: notFound}, false},
		{"two backends", intent.Routing{Rules: []intent.Rule{{When: api, Then: to("a")}, {Then: to("b")}}, Else: notFound}, false},
		{"nowhere", intent.Routing{Rules: []intent.Rule{{Then: to()}}, Else: notFound}, false},
	}
	for _, tt := range tests {
		tt.t.Host = host("cart")
		if why := asProfile(&tt.t); (why == "") != tt.can {
			t.Errorf("%s: %q", tt.name, why)
		}
	}
}

// The shop as written for Istio and for the Gateway API is translated by the
// command's way elsewhere; here its Linkerd form round trips.
func TestShopReadsBack(t *testing.T) {
	var all []string
	for _, f := range []string{"routing", "security", "services"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "..", "examples", "shop", Name, f+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(data))
	}
	in := input(t, strings.Join(all, "\n---\n"))
	m, _ := read(in)
	checkReadBack(t, m, Name, versionRoutes)
}
