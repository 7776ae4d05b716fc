package consul

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// What legalization makes of tables and of how endpoints are treated is written
// and reads back with the same meaning.
func TestLegalTablesReadBack(t *testing.T) {
	const rounds = 300
	r := rand.New(rand.NewPCG(7, 8))
	tables, fitted := 0, 0
	for i := range rounds {
		m := randomTables(r)
		tables += len(m.Routing)
		out := translated(t, m, versionCommunity)
		fitted += len(out.fit.Routing)
		if r := decide.Compare(out.fit, out.back, decide.Options{Defaults: true}); r.Verdict != decide.Same {
			t.Fatalf("round %d is %s: %+v\n--- legal\n%s\n--- written\n%s\n--- read\n%s", i, r.Verdict, r.Differences, intent.Print(out.fit), yamlOf(t, out.objs), intent.Print(out.back))
		}
		for _, c := range out.changes {
			if c.Before != nil && c.After != nil {
				checkDeclared(t, c)
			}
		}
	}
	t.Logf("%d of %d tables are written", fitted, tables)
	if fitted*4 < tables {
		t.Errorf("only %d of %d tables are written", fitted, tables)
	}
}

func host(name string) intent.Host {
	return intent.Host{Service: intent.Name{Namespace: "shop", Name: name}}
}

func randomTables(r *rand.Rand) *intent.Model {
	m := randomMesh(r)
	m.Default = []*intent.Default{{Effect: intent.Allow}}
	m.Transport = []*intent.Transport{{Mode: intent.Strict}, {Side: intent.Dialled, Mode: intent.Auto}}
	for _, name := range []string{"cart", "web"} {
		t := &intent.Routing{Host: host(name), Protocol: intent.Protocol(r.IntN(6) / 5), Else: intent.Passthrough{}}
		for range r.IntN(4) {
			t.Rules = append(t.Rules, randomRule(r))
		}
		if r.IntN(2) == 0 {
			last := randomRule(r)
			last.When, last.Steps = match.True, nil
			t.Rules = append(t.Rules, last)
			t.Else = intent.Respond{Status: 404}
		}
		m.Routing = append(m.Routing, t)
		if r.IntN(3) == 0 {
			m.Upstream = append(m.Upstream, randomUpstream(r, name))
		}
	}
	return m
}

func randomUpstream(r *rand.Rand, name string) *intent.Upstream {
	u, connect := &intent.Upstream{Host: host(name)}, 3*time.Second
	if r.IntN(2) == 0 {
		u.Limits = &intent.Limits{ConnectTimeout: &connect}
	}
	ttl := time.Duration(r.IntN(2)) * time.Minute
	u.Balance = []*intent.Balance{
		nil, {Policy: intent.LeastRequest}, {Policy: intent.Random},
		{Policy: intent.Consistent, Hash: &intent.Hash{Header: "x-user"}},
		{Policy: intent.Consistent, Hash: &intent.Hash{SourceIP: true, Table: "ring:1024"}},
		{Policy: intent.Consistent, Hash: &intent.Hash{Cookie: &intent.HashCookie{Name: "c", Path: "/", TTL: &ttl}, Table: "maglev:65537"}},
	}[r.IntN(6)]
	return u
}

func randomRule(r *rand.Rand) intent.Rule {
	second, unlimited := time.Second, time.Duration(0)
	rule := intent.Rule{When: randomMatch(r), Then: intent.Forward{To: randomBackends(r)}}
	if r.IntN(8) == 0 {
		rule.Then = intent.Passthrough{}
	}
	switch r.IntN(6) {
	case 0:
		rule.Timeout = &intent.Timeout{Request: &second}
	case 1:
		rule.Timeout = &intent.Timeout{Request: &unlimited, Idle: &second}
	}
	switch r.IntN(6) {
	case 0:
		rule.Retry = &intent.Retry{Attempts: 2, On: []intent.RetryOn{"502-504", intent.On5xx, "grpc:unavailable"}}
	case 1:
		rule.Retry = &intent.Retry{}
	}
	switch r.IntN(6) {
	case 0:
		rule.Steps = []intent.Step{intent.Rewrite{Path: &intent.PathRewrite{Kind: intent.PrefixPath, Match: "/a", Replace: "/b"}}}
	case 1:
		rule.Steps = []intent.Step{intent.Headers{Name: "x", Op: intent.AddHeader, Value: "1"}, intent.Headers{Name: "y", Op: intent.RemoveHeader, On: intent.OnResponse}}
	case 2:
		rule.Steps = []intent.Step{intent.Rewrite{Path: &intent.PathRewrite{Kind: intent.SegmentPrefix, Match: "/a", Replace: "/"}}}
	}
	return rule
}

func randomMatch(r *rand.Rand) match.Expr {
	path := []match.Expr{
		is(match.Path, "/a"), match.Atom{Field: match.Path, Op: match.Prefix, Value: "/a"}, match.Atom{Field: match.Path, Op: match.Segments, Value: "/a"},
		match.Atom{Field: match.Path, Op: match.Regex, Value: "/a/[0-9]+"}, match.Atom{Field: match.Path, Op: match.Exact, Value: "/A", Fold: true}, match.True,
	}[r.IntN(6)]
	more := []match.Expr{
		match.True, match.True, is(match.Method, "GET"), match.Atom{Field: match.Header, Key: "x", Op: match.Suffix, Value: "z"},
		match.Not{X: match.Atom{Field: match.Header, Key: "x", Op: match.Present}}, match.Atom{Field: match.Query, Key: "q", Op: match.Prefix, Value: "1"},
		match.Or{is(match.Method, "PUT"), is(match.Method, "POST")}, is(match.Host, "shop.example"),
	}[r.IntN(8)]
	return match.Conj(path, more)
}

func randomBackends(r *rand.Rand) []intent.Backend {
	one := func() intent.Backend {
		b := intent.Backend{Host: host([]string{"cart", "web"}[r.IntN(2)]), Weight: 1 + r.IntN(5)}
		if v := []string{"", "v1", "v2"}[r.IntN(3)]; v != "" {
			b.SubsetName, b.Subset = v, match.Atom{Field: match.Label, Key: "version", Value: v}
		}
		if r.IntN(4) == 0 {
			b.Steps = []intent.Step{intent.Headers{Name: "b", Op: intent.SetHeader, Value: "1"}}
		}
		return b
	}
	to := []intent.Backend{one()}
	for len(to) < 3 && r.IntN(3) == 0 {
		to = append(to, one())
	}
	return to
}
