package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
)

// outrule finds the objects that let out clients for which what stands in the place of an
// object that cannot be read decides before. As they stand in the target's mesh, they would
// decide first again.
func (r *run) outrule() {
	r.outruled = map[*intent.Opaque]bool{}
	for i, e := range r.m.Egress {
		if e.Effect != intent.Allow || decidedBefore(r.m.Egress[:i], e) == nil {
			continue
		}
		for _, o := range r.m.Opaque {
			by := func(at place.Ref) bool { return at.Object == o.At.Object }
			r.outruled[o] = r.outruled[o] || slices.ContainsFunc(e.From, by)
		}
	}
}

// decidedBefore is the fact, of those before another, that decides in its stead and stands in
// the place of an object that cannot be read; nil is none.
func decidedBefore(all []*intent.Egress, e *intent.Egress) *intent.Egress {
	i := slices.IndexFunc(all, func(before *intent.Egress) bool {
		return before.Withheld && implied(e.Scope.Client, before.Scope.Client)
	})
	if i < 0 {
		return nil
	}
	return all[i]
}
