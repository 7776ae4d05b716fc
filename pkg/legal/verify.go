package legal

import (
	"errors"
	"fmt"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Verify finds what the target cannot say; after Legalize there is none, and an
// error is our fault.
func Verify(m *intent.Model, t Target) error {
	t = t.within(m.Env)
	var errs []error
	fail := func(what string, at intent.Origin, why string) {
		if why != "" {
			errs = append(errs, fmt.Errorf("%s cannot say %s (%v): %s", t.Mesh, what, at, why))
		}
	}
	kept := Kept(m, t.Mesh)
	for _, table := range m.Routing {
		if !kept.Table(table) {
			verifyTable(table, t, fail)
		}
	}
	for _, u := range m.Upstream {
		if !kept.Upstream(u) {
			verifyUpstream(u, t, fail)
		}
	}
	verifyAccess(m, t, fail)
	verifyRates(m, t, fail)
	verifyLogs(m, t, fail)
	verifyIntake(m, t, fail)
	verifyOutside(m, t, fail)
	verifyMachines(m, t, fail)
	verifyExports(m, t, fail)
	verifyImports(m, t, fail)
	for _, o := range m.Opaque {
		if o.Mesh != t.Mesh {
			fail("an opaque "+o.Kind, o.From, "it is of "+o.Mesh)
		}
	}
	return errors.Join(errs...)
}

type failure func(what string, at intent.Origin, why string)

func verifyTable(table *intent.Routing, t Target, fail failure) {
	for _, n := range tableNeeds(table) {
		fail(string(n.feature), n.part.Origin(), t.Caps.Says(n.feature, n.part))
	}
	if !table.Entry.IsZero() {
		fail(string(RouteEntry), table.From, t.Caps.Says(RouteEntry, table))
	}
	for i := range table.Rules {
		rule := &table.Rules[i]
		for _, s := range rule.Steps {
			if n, _, _ := extraNeed(s); n.part != nil {
				fail(string(n.feature), n.part.Origin(), t.extra(rule.Then, n))
			}
		}
		if rule.Retry != nil {
			fail(string(RetryAttempts), rule.Retry.From, t.Caps.Says(RetryAttempts, rule.Retry))
		}
		if rule.Timeout != nil && rule.Timeout.Request != nil {
			fail(string(TimeoutRequest), rule.Timeout.From, t.Caps.Says(TimeoutRequest, rule.Timeout))
		}
		verifyWhen(table.Protocol, rule, t, fail)
	}
}

func verifyWhen(p intent.Protocol, rule *intent.Rule, t Target, fail failure) {
	if t.Route.Can == nil {
		return
	}
	match.Atoms(rule.When, func(a match.Atom, negated bool) {
		if why := t.Route.Can(p, match.Literal{Atom: a, Not: negated}); why != "" {
			fail("the condition "+a.String(), rule.From, why)
		}
	})
}

func verifyUpstream(u *intent.Upstream, t Target, fail failure) {
	c := deepUpstream(u)
	for _, list := range []func(*intent.Upstream) []upstreamField{balanceFields, limitFields, outlierFields} {
		for _, f := range list(c) {
			if f.said {
				fail(f.what, f.part.Origin(), t.Caps.Says(f.f, f.part))
			}
		}
	}
}
