package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// rates drops limits of rates that the target cannot say. None is said in a way
// that lets pass more, or less.
func rates(r *run) {
	kept := Kept(r.m, r.t.Mesh)
	var out []*intent.RateLimit
	for _, l := range r.m.Rates {
		if kept.all(l.From) {
			out = append(out, l)
			continue
		}
		l = r.shared(l)
		f, why := r.noRate(l)
		if why == "" && r.t.Access.Combine != Partition {
			f, why = RateWorkload, r.t.Rate.together(along(out, l), l)
		}
		if why != "" {
			r.dropRate(f, l, why)
			continue
		}
		out = append(out, l)
	}
	r.m.Rates = out
}

// along are limits for the workloads of another.
func along(all []*intent.RateLimit, l *intent.RateLimit) []*intent.RateLimit {
	var out []*intent.RateLimit
	for _, x := range all {
		if meet(x.Scope.Subject, l.Scope.Subject) {
			out = append(out, x)
		}
	}
	return out
}

func (f RateForm) together(with []*intent.RateLimit, l *intent.RateLimit) string {
	if f.Together == nil {
		return ""
	}
	return f.Together(with, l)
}

// noRate says why a limit cannot be said, and what of it: of several reasons the
// first.
func (r *run) noRate(l *intent.RateLimit) (of Feature, why string) {
	for _, f := range rateNeeds(l) {
		if no := r.t.Caps.Says(f, l); no != "" && why == "" {
			of, why = f, no
		}
	}
	if why != "" {
		return of, why
	}
	if r.t.Rate.Whole == nil {
		return "", ""
	}
	return RateWorkload, r.t.Rate.Whole(r.m, l)
}

var sharing = [...]Feature{intent.PerWorkload: RateWorkload, intent.PerSecurity: RateSecurity, intent.PerClient: RateClient}

// rateNeeds lists the features that a limit asks for.
func rateNeeds(l *intent.RateLimit) []Feature {
	out := []Feature{sharing[l.Per]}
	clients := false
	match.Atoms(l.When, func(a match.Atom, _ bool) { clients = clients || a.Field.Client() })
	for _, n := range []struct {
		asked bool
		f     Feature
	}{
		{clients, RateClients}, {true, RateWindow}, {l.Denied, RateDenied}, {true, RateAnswer},
	} {
		if n.asked {
			out = append(out, n.f)
		}
	}
	return out
}

func (r *run) dropRate(f Feature, l *intent.RateLimit, why string) {
	after := r.fragment()
	r.record(Change{
		Pass: "rates", Feature: f, Code: diag.Dropped, Drift: intent.Other, Aspect: intent.Rating, Fate: FateDropped, From: wholeRate(l),
		Summary: objectOf(l.From) + " is not written: the rate of " + l.Text() + ": " + why, Detail: "workloads take as many requests as come",
		Fix: "limit the rate in the workload or before it, or accept that it is not limited", Before: r.metered(l), After: after,
	})
}

// wholeRate is where all that a limit says is said.
func wholeRate(l *intent.RateLimit) intent.Origin {
	out := merge(l.From, atomRefs(l.When))
	for _, h := range l.Headers {
		out = merge(out, h.From)
	}
	return out
}

// metered is a fragment of limits alone.
func (r *run) metered(ls ...*intent.RateLimit) *intent.Model {
	f := r.fragment()
	f.Rates = ls
	return f
}

// shared says whom the buckets are for in another way that comes to the same,
// where the target cannot say it as it is: where all that is let in comes by mutual
// TLS, or none of it does, it is as well apart.
func (r *run) shared(l *intent.RateLimit) *intent.RateLimit {
	other := map[intent.RatePer]intent.RatePer{intent.PerWorkload: intent.PerSecurity, intent.PerSecurity: intent.PerWorkload}
	per, ok := other[l.Per]
	if !ok || r.t.Caps.Says(sharing[l.Per], l) == "" || !r.oneSecurity(l.Scope.Subject) {
		return l
	}
	said := *l
	said.Per = per
	if _, why := r.noRate(&said); why != "" {
		return l
	}
	before, after := r.among(l), r.among(&said)
	r.record(Change{
		Pass: "rates", Feature: sharing[l.Per], Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Rating, Fate: FateRewritten, From: l.From,
		Summary: objectOf(l.From) + " says in other words whom its rate is for: what is let in comes by mutual TLS, or none of it does", Fix: "nothing", Before: before, After: after,
	})
	return &said
}

// among is a fragment of a limit among all that says who is let in.
func (r *run) among(l *intent.RateLimit) *intent.Model {
	f := r.metered(l)
	f.Access, f.Default, f.Transport = enforced(r.m.Access), r.m.Default, served(r.m.Transport)
	return f
}

// oneSecurity reports whether all requests that are let in at some workloads are
// known to come by mutual TLS, or none.
func (r *run) oneSecurity(subject match.Expr) bool {
	for _, t := range served(r.m.Transport) {
		if !meet(t.Scope.Subject, subject) {
			continue
		}
		if t.Mode != intent.Permissive && implied(subject, t.Scope.Subject) {
			return true
		}
		if t.Mode == intent.Permissive {
			break
		}
	}
	return r.onlyIdentified(subject)
}

// onlyIdentified reports whether only clients with an identity are let in.
func (r *run) onlyIdentified(subject match.Expr) bool {
	for _, a := range r.m.Access {
		if a.Side == intent.Served && a.Mode == intent.Enforced && a.Effect == intent.Allow && meet(a.Scope.Subject, subject) && !implied(a.When, match.Or{anyIdentity, identified}) {
			return false
		}
	}
	for _, d := range r.m.Default {
		switch {
		case d.Side != intent.Served || !meet(d.Scope.Subject, subject):
		case d.Effect == intent.Allow:
			return false
		case implied(subject, d.Scope.Subject):
			return true
		}
	}
	return false
}

// verifyRates finds limits that the target cannot say.
func verifyRates(m *intent.Model, t Target, fail failure) {
	if len(m.Rates) == 0 {
		return
	}
	r := &run{m: m, t: t}
	kept := Kept(m, t.Mesh)
	at := map[string]bool{}
	if t.Access.Combine == Partition {
		for _, s := range Servers(m, t).Servers {
			at[match.Key(s.Subject)] = true
		}
	}
	for i, l := range m.Rates {
		if kept.all(l.From) {
			continue
		}
		f, why := r.noRate(l)
		fail(string(f), l.From, why)
		fail("rates together", l.From, t.Rate.together(along(m.Rates[:i], l), l))
		if t.Access.Combine == Partition && !at[match.Key(l.Scope.Subject)] {
			fail("a rate", l.From, "it is of no server")
		}
	}
}
