package legal

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// exports takes out the offers of Services to other clusters of which the target has no
// word, or another one: those clusters are not told then. What Services of the input offer
// by what the target alone reads of them is told.
func exports(r *run) {
	if len(r.m.Exports) > 0 {
		said, can := []*intent.Export(nil), func(*intent.Export) (why, fix string) { return "", "" }
		if r.t.Export != nil {
			can = r.t.Export(r.m)
		}
		for _, e := range r.m.Exports {
			now, why, fix := r.exported(e, can)
			if now != nil {
				said = append(said, now)
			}
			if why != "" {
				r.offered(e, now, why, fix)
			}
		}
		r.m.Exports = said
		r.toOffer()
	}
	if r.t.Exports != nil {
		r.broughtExports()
	}
}

// exported is how the target offers what the source does; nil is not at all, and why says
// why it is not, or not in the source's manner. Why one of the target's own manners is not
// for this Service comes before that the target lacks another.
func (r *run) exported(e *intent.Export, can func(*intent.Export) (why, fix string)) (now *intent.Export, why, fix string) {
	for _, as := range []intent.ExportName{e.As, intent.ExportJoint, intent.ExportApart, intent.ExportOwn} {
		one := *e
		one.As = as
		no := r.t.Caps.Says(exportFeature(e), &one)
		if no == "" {
			if no, fix = can(&one); no == "" {
				return &one, why, ""
			}
			if as != e.As {
				why = no
			}
		}
		why = cmp.Or(why, no)
	}
	return nil, why, cmp.Or(fix, r.t.Nearest[intent.Clusters])
}

// toOffer notes what offers need in another mesh than the source's.
func (r *run) toOffer() {
	if len(r.m.Exports) == 0 || r.t.Offers == "" || r.o.From == r.t.Mesh {
		return
	}
	var from intent.Origin
	for _, e := range r.m.Exports {
		from = merge(from, e.From)
	}
	r.record(Change{
		Pass: "exports", Feature: ExportAll, Code: diag.Prerequisite, Drift: intent.Same, Aspect: intent.Admission, Fate: FateCarried, From: from,
		Summary: "Services are offered to clusters that the target joins", Detail: "without that nobody is told of them", Fix: r.t.Offers,
	})
}

// exportFeature is what an offer asks for.
func exportFeature(e *intent.Export) Feature {
	if e.To != nil {
		return ExportSome
	}
	return ExportAll
}

// offered notes what becomes of an offer.
func (r *run) offered(e, now *intent.Export, why, fix string) {
	before, after := r.fragment(), r.fragment()
	before.Exports = []*intent.Export{e}
	c := Change{
		Pass: "exports", Feature: exportFeature(e), Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDropped, From: e.From,
		Summary: "the offer of " + e.Title() + " to " + e.Recipients() + " is not written: " + why, Detail: "their clients are not told of it",
		Fix: fix, Before: before, After: after,
	}
	if now != nil {
		after.Exports = []*intent.Export{now}
		c.Code, c.Drift, c.Aspect, c.Fate = diag.Approximated, intent.Other, intent.Routed, FateDrifted
		c.Summary, c.Detail = e.Title()+" is offered "+now.Manner()+", and not "+e.Manner()+": "+why, "clients of other clusters have to call it by another name"
		c.Fix = "have them call it by the name that it has there"
	}
	r.record(c)
}

// broughtExports tells of what Services of the input offer in the target by themselves.
func (r *run) broughtExports() {
	for _, e := range r.t.Exports(&r.m.Inventory) {
		if slices.ContainsFunc(r.m.Exports, func(x *intent.Export) bool {
			return x.Alike(e) && x.Offers(e.Service, nil)
		}) {
			continue
		}
		after := r.fragment()
		after.Exports = []*intent.Export{e}
		r.m.Exports = append(r.m.Exports, e)
		r.record(Change{
			Pass: "exports", Feature: ExportAll, Code: diag.Widened, Drift: intent.Wider, Aspect: intent.Admission, Fate: FateCarried, From: e.From,
			Summary: e.Title() + " is offered to " + e.Recipients() + " by what the target reads of it, and the source does not", Detail: "where clusters are joined, their clients are told of it and may send there",
			Fix: "remove the label or annotation", Before: r.fragment(), After: after,
		})
	}
}

// verifyExports finds offers that the target cannot say.
func verifyExports(m *intent.Model, t Target, fail failure) {
	for _, e := range m.Exports {
		fail(string(exportFeature(e)), e.From, t.Caps.Says(exportFeature(e), e))
	}
}
