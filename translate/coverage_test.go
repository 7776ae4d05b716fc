package translate

import (
	"cmp"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"golang.org/x/tools/txtar"
)

// asked remembers which features some case asks of a target, and what it
// answered.
type asked struct {
	mu      sync.Mutex
	yes, no map[legal.Feature]bool
	// canYes and canNo are the answers that some table gives.
	canYes, canNo map[legal.Feature]bool
}

func newAsked() *asked {
	return &asked{yes: map[legal.Feature]bool{}, no: map[legal.Feature]bool{}, canYes: map[legal.Feature]bool{}, canNo: map[legal.Feature]bool{}}
}

func (a *asked) possible(f legal.Feature, s legal.Support) {
	a.canYes[f] = a.canYes[f] || s.Level != legal.No
	a.canNo[f] = a.canNo[f] || s.Level == legal.No
}

// watched is a target whose answers are noted.
func (a *asked) watched(t legal.Target) legal.Target {
	caps, table := legal.Caps{}, t.Caps
	for f, s := range table {
		only := func(p intent.Part) string {
			why := table.Says(f, p)
			a.mu.Lock()
			defer a.mu.Unlock()
			if why == "" {
				a.yes[f] = true
			} else {
				a.no[f] = true
			}
			return why
		}
		caps[f] = legal.Support{Level: legal.When, Why: s.Why, Link: s.Link, Only: only}
	}
	t.Caps = caps
	return t
}

// byShape are features that no pass asks a table for: forms of routes and of
// admission answer them by functions of their own; targets that combine by
// Partition or have no admission say mutual TLS as admission, or not at all; and
// where a mesh's own policies stay in force, only it asks for upstreams.
func byShape(t legal.Target, f legal.Feature) bool {
	name := string(f)
	return strings.HasPrefix(name, "match.") || strings.HasPrefix(name, "access.") || f == legal.RouteOrder ||
		t.Access.Combine != legal.DenyOverrides && (strings.HasPrefix(name, "mtls.") || f == legal.TokenRules || f == legal.OpaqueConfig) ||
		t.Caps != nil && t.Caps[legal.EntryListener].Level == legal.No && (f == legal.EntryTLS || f == legal.EntryShared) ||
		t.Route.RetriesOn != nil && f == legal.RetryConditions ||
		f == legal.RouteFailover || // only Consul is read with it, and no case of Consul can be written as it was
		f == legal.StepRewriteBackend || // asked with the rewrite itself, which may be refused before
		t.Caps != nil && t.Caps[legal.RouteHTTP].Only != nil && f == legal.StepHeadersBackend ||
		t.Caps != nil && t.Caps[legal.Machine].Level == legal.No && (f == legal.MachinePlace || f == legal.MachineBare) || // of machines that are refused
		t.Caps != nil && t.Caps[legal.Logs].Level == legal.No && strings.HasPrefix(name, "logs.") || // of access logs that are lost
		t.Keeps != nil && (f == legal.Visibility || f == legal.Intake || strings.HasPrefix(name, "machine.") || strings.HasPrefix(name, "balance.") || strings.HasPrefix(name, "limit.") || strings.HasPrefix(name, "outlier.") || strings.HasPrefix(name, "upstream.") || strings.HasPrefix(name, "rate.") ||
			strings.HasPrefix(name, "external.") || strings.HasPrefix(name, "egress.") || f == legal.RetryBudgets)
}

// TestEveryFeatureIsCased wants a case that asks every target for every feature,
// and over all targets a case for each answer that some table gives.
func TestEveryFeatureIsCased(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	all := newAsked()
	for _, to := range targets {
		a := newAsked()
		m, version := findMesh(t, to)
		version = cmp.Or(version, m.Versions[0])
		plain, ok := m.Target(version)
		if !ok {
			t.Fatal("no target", to)
		}
		m.Target = func(string) (legal.Target, bool) { return all.watched(a.watched(plain)), true }
		for _, f := range files {
			archive, err := txtar.ParseFile(f)
			if err != nil {
				t.Fatal(err)
			}
			c := newCase(t, archive)
			Run(c.parse(), Options{From: c.from, To: m, ToVersion: version, Env: c.env})
		}
		for _, f := range legal.Features {
			if !a.yes[f.Feature] && !a.no[f.Feature] && !byShape(plain, f.Feature) {
				t.Errorf("%s: no case asks for %s", to, f.Feature)
			}
			if !byShape(plain, f.Feature) {
				all.possible(f.Feature, plain.Caps[f.Feature])
			}
		}
	}
	for _, f := range legal.Features {
		if all.canYes[f.Feature] && !all.yes[f.Feature] || all.canNo[f.Feature] && !all.no[f.Feature] {
			if !byShape(legal.Target{}, f.Feature) {
				t.Errorf("no case for each answer about %s", f.Feature)
			}
		}
	}
}
