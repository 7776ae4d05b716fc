package envoy

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/envoy/engine"
)

// TestRandomWritten has random tables written for Envoy, which does what the tables say
// that were to be written.
func TestRandomWritten(t *testing.T) {
	b := &batch{behind: engine.NewUpstream(t)}
	for n := range *randoms {
		g := generator{rand.New(rand.NewPCG(*seed, uint64(1000+n)))}
		out, legal := inCilium(t, fmt.Sprint("random table ", n), g.model())
		b.add(out, func() *intent.Model { return legal })
	}
	n := b.judge(t)
	t.Log(n)
	if n.tables*2 < *randoms {
		t.Error("hardly anything is written")
	}
}

// model is a random table of one Service.
func (g generator) model() *intent.Model {
	m := &intent.Model{Env: intent.Defaults(), Default: []*intent.Default{{Effect: intent.Allow}}}
	for _, s := range services {
		m.Inventory.Services = append(m.Inventory.Services, &intent.Service{
			Name: intent.Name{Namespace: "shop", Name: s}, Selector: []intent.Pair{{Key: "app", Value: s}}, Ports: []intent.ServicePort{{Name: "http", Port: 80}, {Name: "http-alt", Port: 8080}},
		})
	}
	t := &intent.Routing{Host: backend("a").Host, Port: []int{0, 80, 8080}[g.IntN(3)], Else: intent.Respond{Status: 404}}
	if g.often(3) {
		t.Else = intent.Passthrough{}
	}
	for range 1 + g.IntN(4) {
		t.Rules = append(t.Rules, g.rule())
	}
	t.Rules = append([]intent.Rule{beyond(t)}, t.Rules...)
	m.Routing = []*intent.Routing{t}
	return m
}

func backend(name string) intent.Backend {
	return intent.Backend{Host: intent.Host{Service: intent.Name{Namespace: "shop", Name: name}}, Port: 80, Weight: 1}
}

func (g generator) rule() intent.Rule {
	path := g.path()
	r := intent.Rule{When: match.And{path}, Steps: g.steps()}
	for range g.IntN(3) {
		r.When = match.And{r.When, g.condition()}
	}
	switch n := g.IntN(10); {
	case n < 6:
		r.Then = g.shares()
		if g.often(5) {
			r.Steps = append(r.Steps, intent.Rewrite{Path: g.newPath(path), Host: g.one("", "other.example.com")})
		}
		if g.often(5) {
			d := time.Duration(1+g.IntN(5)) * time.Second
			r.Timeout = &intent.Timeout{Request: &d}
		}
		if g.often(3) {
			r.Retry = &intent.Retry{Attempts: 1 + g.IntN(3), On: []intent.RetryOn{intent.RetryOn(g.one("5xx", "503", "500-502", "gateway-error", "retriable-4xx"))}}
		}
	case n < 8:
		r.Then = intent.Redirect{
			Status: []int{301, 302, 303, 307, 308}[g.IntN(5)], Scheme: g.one("", "https", "http"), Host: g.one("", "other.example.com"),
			Port: []int{0, 0, 8443}[g.IntN(3)], Path: g.newPath(path),
		}
	case n < 9:
		r.Then = intent.Passthrough{}
	default:
		r.Then = intent.Respond{Status: []int{200, 418, 503}[g.IntN(3)], Body: g.one("", "tea")}
	}
	return r
}

func (g generator) path() match.Atom {
	a := match.Atom{Field: match.Path, Op: []match.Op{match.Exact, match.Prefix, match.Segments, match.Regex}[g.IntN(4)], Value: g.one("/", "/a", "/a/", "/a/b", "/A", "/a.b"), Fold: g.often(2)}
	if a.Op == match.Regex {
		a.Value = g.one("/.*", "/a/[a-z]+", "/a|/b")
	}
	return a
}

func (g generator) condition() match.Expr {
	a := match.Atom{Field: match.Header, Key: g.one("x-a", "x-b"), Op: []match.Op{match.Exact, match.Prefix, match.Suffix, match.Regex, match.Present}[g.IntN(5)], Value: g.one("a", "ab", "A"), Fold: g.often(2)}
	switch g.IntN(5) {
	case 0:
		a = match.Atom{Field: match.Method, Value: g.one("GET", "POST")}
	case 1:
		a = match.Atom{Field: match.Query, Key: "q", Op: a.Op, Value: a.Value}
	case 2:
		a = match.Atom{Field: match.Host, Op: []match.Op{match.Exact, match.Suffix, match.Prefix}[g.IntN(3)], Value: g.one("a.shop", "b.example.com")}
	}
	if a.Op == match.Regex {
		a.Value = g.one("a+", "[ab]+", "A?b")
	}
	if g.often(2) {
		return match.Not{X: a}
	}
	if g.often(2) {
		return match.Or{a, g.condition()}
	}
	return a
}

func (g generator) steps() []intent.Step {
	var out []intent.Step
	for range g.IntN(4) {
		out = append(out, intent.Headers{On: intent.Message(g.IntN(2)), Op: intent.HeaderOp(g.IntN(3)), Name: g.one("x-a", "x-b", "x-c"), Value: g.one("1", "2", "50%")})
	}
	return out
}

func (g generator) shares() intent.Forward {
	var to []intent.Backend
	for _, s := range services[:1+g.IntN(3)] {
		b := backend(s)
		b.Weight = 1 + g.IntN(5)
		if g.often(5) {
			b.Steps = g.steps()
		}
		to = append(to, b)
	}
	return intent.Forward{To: to}
}

// newPath replaces what a path was matched by, or something else; nil is nothing.
func (g generator) newPath(on match.Atom) *intent.PathRewrite {
	to := &intent.PathRewrite{Kind: intent.PathRewriteKind(g.IntN(4)), Match: on.Value, Replace: g.one("/", "/x", "/x/")}
	switch {
	case g.often(3) || to.Kind == intent.SegmentPrefix && (on.Op != match.Segments || on.Fold) || to.Kind == intent.PrefixPath && on.Op != match.Prefix:
		return nil
	case to.Kind == intent.FullPath:
		to.Match = ""
	case to.Kind == intent.RegexPath:
		to.Match, to.Replace = "^/([a-z]+)", `/\1x`
	}
	return to
}
