package gatewayapi

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/transmesh/transmesh/pkg/match"
)

func path(op match.Op, value string) match.Atom {
	return match.Atom{Field: match.Path, Op: op, Value: value}
}

func header(name, value string) match.Atom {
	return match.Atom{Field: match.Header, Key: name, Op: match.Exact, Value: value}
}

func query(name, value string) match.Atom {
	return match.Atom{Field: match.Query, Key: name, Op: match.Exact, Value: value}
}

func method(name string) match.Atom {
	return match.Atom{Field: match.Method, Op: match.Exact, Value: name}
}

// Each pair a, b says whether b wins over a, which is listed first, for the
// specification, Istio, Cilium and Linkerd: always, never, or but for one path.
func TestPrecedence(t *testing.T) {
	exact, prefix := path(match.Exact, "/foo"), path(match.Segments, "/foo")
	slash, regex := path(match.Segments, "/"), path(match.Regex, "/fo+.*")
	x := header("x", "1")
	const yes, no = "always", "never"
	tests := []struct {
		name                         string
		a, b                         match.Expr
		spec, istio, cilium, linkerd string
	}{
		{"exact over prefix", prefix, exact, yes, yes, yes, no},
		{"exact over longer-looking prefix", path(match.Segments, "/foo/"), exact, yes, yes, yes, no},
		{"exact against prefix with header", match.And{prefix, x}, exact, yes, yes, yes, no},
		{"prefix with header against exact", exact, match.And{prefix, x}, no, no, no, yes},
		{"longer prefix", slash, prefix, yes, yes, yes, yes},
		{"no path is the prefix /", match.And{x}, prefix, yes, yes, yes, yes},
		{"method over headers", match.And{prefix, x}, match.And{prefix, method("GET")}, yes, yes, yes, no},
		{"headers over method", match.And{prefix, method("GET")}, match.And{prefix, x}, no, no, no, yes},
		{"more headers", match.And{prefix, x}, match.And{prefix, x, header("y", "1")}, yes, yes, yes, yes},
		{"headers over queries", match.And{prefix, query("q", "1"), query("r", "1")}, match.And{prefix, x}, yes, yes, yes, yes},
		{"more queries", prefix, match.And{prefix, query("q", "1")}, yes, yes, yes, yes},
		{"a tie goes to the first", match.And{prefix, x}, match.And{prefix, header("y", "1")}, no, no, no, no},
		{"prefix over regex", regex, slash, yes, yes, no, no},
		{"regex over prefix", slash, regex, no, no, yes, `not path /`},
		{"regex over prefix but on its own path", prefix, regex, no, no, yes, `not path /foo`},
		{"regex with header", prefix, match.And{regex, x}, no, no, yes, yes},
		{"regex against prefix with header", match.And{prefix, x}, regex, no, no, yes, `not path /foo`},
		{"prefix with header wins its own path", regex, match.And{prefix, x}, yes, yes, no, `path /foo`},
		{"exact over regex", regex, exact, yes, yes, yes, no},
		{"regex with header against exact", exact, match.And{regex, x}, no, no, no, yes},
		{"longer regex", regex, path(match.Regex, "/foo[a-z]*"), yes, yes, yes, no},
	}
	for _, tt := range tests {
		for who, c := range map[string]struct {
			prefers func(a, b match.Expr) match.Expr
			want    string
		}{
			"spec": {PrefersSpec, tt.spec}, "istio": {PrefersIstio, tt.istio}, "cilium": {PrefersCilium, tt.cilium}, "linkerd": {PrefersLinkerd, tt.linkerd},
		} {
			if got := region(c.prefers(tt.a, tt.b)); got != c.want {
				t.Errorf("%s, %s: b wins %s, want %s", tt.name, who, got, c.want)
			}
		}
	}
}

func region(e match.Expr) string {
	switch {
	case match.IsTrue(e):
		return "always"
	case match.IsFalse(e):
		return "never"
	}
	return match.String(e)
}

func TestPrecedenceOfGRPC(t *testing.T) {
	call := func(service, method string) match.Expr {
		op, value := grpcExact(service, method)
		return path(op, value)
	}
	x := header("x", "1")
	const yes, no = "always", "never"
	tests := []struct {
		name                 string
		a, b                 match.Expr
		spec, istio, linkerd string
	}{
		{"method over service", call("s", ""), call("s", "M"), yes, yes, yes},
		{"service over method only", call("", "M"), call("s", ""), yes, yes, yes},
		{"exact over method only, whatever the headers", match.And{call("", "M"), x}, call("s", "M"), yes, yes, yes},
		{"anything over nothing", x, call("", "M"), yes, yes, yes},
		{"headers", call("s", "M"), match.And{call("s", "M"), x}, yes, yes, yes},
		{"a tie", match.And{call("s", "M"), x}, match.And{call("s", "M"), header("y", "1")}, no, no, no},
	}
	for _, tt := range tests {
		for who, c := range map[string]struct {
			prefers func(a, b match.Expr) match.Expr
			want    string
		}{"spec": {PrefersSpecGRPC, tt.spec}, "istio": {PrefersIstioGRPC, tt.istio}, "linkerd": {PrefersLinkerdGRPC, tt.linkerd}} {
			if got := region(c.prefers(tt.a, tt.b)); got != c.want {
				t.Errorf("%s, %s: b wins %s, want %s", tt.name, who, got, c.want)
			}
		}
	}
}

// Linkerd's hostnames rank before all else.
func TestPrecedenceOfHosts(t *testing.T) {
	host := func(op match.Op, v string) match.Atom { return match.Atom{Field: match.Host, Op: op, Value: v} }
	suffix, exact := host(match.Suffix, ".example.com"), host(match.Exact, "a.example.com")
	long := path(match.Segments, "/very/long")
	for _, tt := range []struct {
		name string
		a, b match.Expr
		want string
	}{
		{"exact over wildcard", match.And{suffix, long}, exact, "always"},
		{"wildcard over none", long, suffix, "always"},
		{"longer wildcard", match.And{suffix, long}, host(match.Suffix, ".a.example.com"), "always"},
		{"none", exact, long, "never"},
	} {
		if got := region(PrefersLinkerd(tt.a, tt.b)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// randomLine is one match of small alphabets, so that ties and overlaps occur.
func randomLine(r *rand.Rand) match.Expr {
	paths := []match.Expr{
		match.True, path(match.Exact, "/a"), path(match.Exact, "/a/b"), path(match.Segments, "/"), path(match.Segments, "/a"),
		path(match.Segments, "/a/b"), path(match.Segments, "/a/"), path(match.Regex, "/a.*"), path(match.Regex, "/[ab]"), path(match.Regex, "/a/.+"),
	}
	all := []match.Expr{paths[r.IntN(len(paths))]}
	for _, e := range []match.Expr{header("x", "1"), header("y", "1"), query("q", "1"), method("GET")} {
		if r.IntN(3) == 0 {
			all = append(all, e)
		}
	}
	return match.Conj(all...)
}

func randomRequest(r *rand.Rand) *match.Request {
	paths := []string{"/", "/a", "/a/", "/a/b", "/b", "/a/b/c", "/ab"}
	q := new(match.Request).Set(match.Path, "", paths[r.IntN(len(paths))]).Set(match.Method, "", []string{"GET", "POST"}[r.IntN(2)])
	for _, key := range []string{"x", "y"} {
		if r.IntN(2) == 0 {
			q.Set(match.Header, key, "1")
		}
	}
	if r.IntN(2) == 0 {
		q.Set(match.Query, "q", "1")
	}
	return q
}

// The first rule of a table that matches is the one that the implementation
// would choose: the line that no other beats, and the first of those.
func TestTablesAgreeWithRanks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	dialects := map[string]Dialect{"spec": specDialect, "istio": istioDialect, "cilium": ciliumDialect, "linkerd": linkerdDialect}
	for round := range 400 {
		lines := make([]Line, 2+r.IntN(6))
		for i := range lines {
			lines[i].Index, lines[i].route = i, &Route{}
			lines[i].Rule.When = randomLine(r)
			lines[i].Rule.Name = fmt.Sprint(i)
			lines[i].Rule.Then = forwardTo(fmt.Sprint(i))
			if r.IntN(3) == 0 && i > 0 {
				lines[i].Rule.Then = lines[i-1].Rule.Then
			}
		}
		for name, d := range dialects {
			d.Disagree = nil
			ranking := ranking{d: d}
			rules := ranking.rules(lines)
			for range 60 {
				q := randomRequest(r)
				want, got := "none", "none"
				if w := chosen(lines, q, d.Prefers); w >= 0 {
					want = lines[w].Rule.Answer()
				}
				for i := range rules {
					if match.Eval(rules[i].When, q) {
						got = rules[i].Answer()
						break
					}
				}
				if got != want {
					t.Fatalf("round %d, %s: %s chooses %s, want %s", round, name, q, got, want)
				}
			}
		}
	}
}

// chosen folds the lines that match as linkerd2-proxy does: the first stays
// unless a later one is better.
func chosen(lines []Line, q *match.Request, prefers func(a, b match.Expr) match.Expr) int {
	best := -1
	for i, l := range lines {
		if match.Eval(l.Rule.When, q) && (best < 0 || match.Eval(prefers(lines[best].Rule.When, l.Rule.When), q)) {
			best = i
		}
	}
	return best
}
