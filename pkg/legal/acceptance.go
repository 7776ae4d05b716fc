package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// acceptance files what says who is let in by the namespace that it is about.
type acceptance struct {
	access    filed[*intent.Access]
	def       filed[*intent.Default]
	transport filed[*intent.Transport]
}

// filed are facts by the one namespace that they are about, "" for those about
// several, in their order.
type filed[T any] struct {
	by  map[string][]turn[T]
	all int
}

// turn is a fact with its place in the order.
type turn[T any] struct {
	fact    T
	subject match.Expr
	place   int
}

func (f *filed[T]) add(subject match.Expr, fact T) {
	if f.by == nil {
		f.by = map[string][]turn[T]{}
	}
	subject = match.Simplify(subject)
	ns := match.Demanded(subject, match.Namespace)
	f.by[ns] = append(f.by[ns], turn[T]{fact, subject, f.all})
	f.all++
}

// at are the facts that may be about a subject.
func (f *filed[T]) at(subject match.Expr) []T {
	var near []turn[T]
	if ns := match.Demanded(subject, match.Namespace); ns != "" {
		near = slices.Concat(f.by[ns], f.by[""])
	} else {
		for _, some := range f.by {
			near = append(near, some...)
		}
	}
	slices.SortFunc(near, func(a, b turn[T]) int { return a.place - b.place })
	var out []T
	for _, x := range near {
		if !match.Apart(subject, x.subject) {
			out = append(out, x.fact)
		}
	}
	return out
}

// acceptance files the facts of the model about servers.
func (r *run) acceptance() *acceptance {
	out := &acceptance{}
	for _, a := range r.m.Access {
		out.access.add(a.Scope.Subject, a)
	}
	for _, d := range r.m.Default {
		out.def.add(d.Scope.Subject, d)
	}
	for _, t := range served(r.m.Transport) {
		out.transport.add(t.Scope.Subject, t)
	}
	return out
}

// at is a fragment of what may say who is let in at a subject.
func (a *acceptance) at(r *run, subject match.Expr) *intent.Model {
	f := r.fragment()
	f.Access, f.Default, f.Transport = a.access.at(subject), a.def.at(subject), a.transport.at(subject)
	return f
}
