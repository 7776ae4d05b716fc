package smi

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// matches reads which requests are split: those of the groups, or all.
func (r *reader) matches(s *split, at *source.Node) {
	items := at.Get("matches").Items()
	if len(items) == 0 {
		s.when = match.True
		return
	}
	var any match.Or
	for _, n := range items {
		n.Get("apiGroup").Skip("only identifies")
		if n.Get("kind").Str() != "HTTPRouteGroup" {
			n.Reject("is no HTTPRouteGroup")
		}
		key := specKey{"HTTPRouteGroup", intent.Name{Namespace: s.object.Namespace, Name: name(n)}}
		g := r.specs[key]
		if g == nil {
			why := "HTTPRouteGroup " + key.name.String() + " is not in the input: the requests that it names are not split"
			s.lacks = true
			r.keep(s.object, s.home, n, why)
			r.diags.Add(diag.UnknownReference, why, "add it to the input, or remove the reference", n.Ref())
			continue
		}
		s.groups = append(s.groups, g)
		when, _ := g.named(nil)
		any = append(any, when)
	}
	s.when = match.Simplify(any)
}

// contested reports splits of one root that take the same requests: the
// specification does not say which counts, and neither is lifted.
func (r *reader) contested(root intent.Host, all []*split) bool {
	for i, a := range all {
		for _, b := range all[i+1:] {
			if _, answer := match.Overlap(a.when, b.when); answer == match.No {
				continue
			}
			why := "two TrafficSplits split the same requests to " + root.String()
			for _, s := range all {
				s.object.Root.Withhold(why)
				for _, g := range s.groups {
					g.withheld = why
				}
			}
			r.diags.Tell(diag.OrderUnknown, why, "the specification does not say which of them counts; none is translated for this service", "remove one", a.object.Ref(), b.object.Ref())
			return true
		}
	}
	return false
}
