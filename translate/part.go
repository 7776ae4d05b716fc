package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// keepPart leaves of the result what concerns the objects that are to be
// converted. The rest of the input has done its part as context.
func (j *job) keepPart() {
	if j.o.Part == nil {
		return
	}
	p, r := j.part(), j.result
	r.Manifests, r.Patches = slices.DeleteFunc(r.Manifests, p.omits), slices.DeleteFunc(r.Patches, p.omits)
	r.Findings = slices.DeleteFunc(r.Findings, func(d diag.Diagnostic) bool { return !p.concerns(d.At) })
	for i := range r.Findings {
		r.Findings[i].At = p.first(r.Findings[i].At)
	}
	r.Ledger = r.Ledger.Of(func(object string) bool { return p.chosen[object] })
	differs := func(d decide.Difference) bool { return !p.differs(d, r.Manifests) }
	r.Differences, j.withDefaults = slices.DeleteFunc(r.Differences, differs), slices.DeleteFunc(j.withDefaults, differs)
	j.sum()
	r.Documents = 0
	for _, o := range slices.Concat(j.ours, j.rejected, j.repeated, j.saying) {
		if p.chosen[o.Ref().Object] {
			r.Documents++
		}
	}
}

// part is what is converted of an input.
type part struct {
	// chosen tells of each object of the input whether it is converted.
	chosen map[string]bool
	// whole are the namespaces of which all is converted.
	whole map[string]bool
	// some are the namespaces of which something is converted.
	some map[string]bool
	// global are the objects that hold for the whole mesh.
	global map[string]bool
	// any is false where nothing is converted.
	any bool
}

func (j *job) part() part {
	p := part{chosen: map[string]bool{}, whole: map[string]bool{}, some: map[string]bool{}, global: map[string]bool{}}
	left := map[string]bool{}
	for _, o := range slices.Concat(j.ours, j.rejected, j.repeated, j.others) {
		name, in := o.Ref().Object, j.o.Part(o)
		p.chosen[name], p.any = in, p.any || in
		p.global[name] = j.o.From.Root != nil && o.Namespace == j.o.From.Root(j.env)
		left[o.Namespace], p.some[o.Namespace] = left[o.Namespace] || !in, p.some[o.Namespace] || in
	}
	for ns, some := range left {
		p.whole[ns] = !some
	}
	return p
}

// omits reports whether a manifest is not of the part: it is in a namespace of
// which only some is converted, or none, and stems from other objects alone. What
// a whole namespace needs is of the part even where a policy of the mesh asks for
// it: without it the part would let in more.
func (p part) omits(m *manifest.Object) bool {
	ns := m.Namespace
	if m.Kind == "Namespace" {
		ns = m.Name
	}
	if p.whole[ns] || !p.any {
		return !p.any
	}
	refs := origins(slices.Clone(m.From), m.Root)
	return len(refs) > 0 && !slices.ContainsFunc(refs, func(r place.Ref) bool {
		in, known := p.chosen[r.Object]
		return in || !known && !r.IsDefault()
	})
}

// origins adds to refs the input values that justify a value or what is below it.
func origins(refs []place.Ref, n *manifest.Node) []place.Ref {
	refs = append(refs, n.From()...)
	for _, kid := range n.Kids {
		refs = origins(refs, kid.Node)
	}
	return refs
}

// concerns reports whether something that stems from these places is about the
// part: about a chosen object, a policy of the whole mesh, a document that cannot
// be read, or nothing in particular. Where nothing is chosen, that leaves the
// documents that cannot be read.
func (p part) concerns(refs []place.Ref) bool {
	if !p.any {
		return slices.ContainsFunc(refs, func(r place.Ref) bool { _, known := p.chosen[r.Object]; return !known && !r.IsDefault() })
	}
	return len(refs) == 0 || slices.ContainsFunc(refs, func(r place.Ref) bool {
		in, known := p.chosen[r.Object]
		return in || !known || p.global[r.Object]
	})
}

// first is a list of places with those of the part before others.
func (p part) first(refs []place.Ref) []place.Ref {
	out := slices.Clone(refs)
	slices.SortStableFunc(out, func(a, b place.Ref) int {
		switch in, other := p.concerns([]place.Ref{a}), p.concerns([]place.Ref{b}); {
		case in == other:
			return 0
		case in:
			return -1
		}
		return 1
	})
	return out
}

// elsewhere reports whether a change that stems from defaults alone is about
// namespaces of which nothing is converted.
func (p part) elsewhere(c legal.Change) bool {
	stated := func(r place.Ref) bool { return !r.IsDefault() }
	if c.Before == nil || len(c.From) == 0 || slices.ContainsFunc(c.From, stated) {
		return false
	}
	found, here := false, false
	intent.Walk(c.Before, func(f intent.Part) {
		var subject match.Expr
		switch f := f.(type) {
		case *intent.Access:
			subject = f.Scope.Subject
		case *intent.Default:
			if len(f.From) == 0 { // what is around the fragment
				return
			}
			subject = f.Scope.Subject
		default:
			return
		}
		ns := namespaceIn(subject)
		found, here = true, here || ns == "" || p.some[ns]
	})
	return found && !here
}

// namespaceIn is the namespace that a predicate demands; "" where it demands none.
func namespaceIn(e match.Expr) string {
	switch e := e.(type) {
	case match.And:
		for _, x := range e {
			if ns := namespaceIn(x); ns != "" {
				return ns
			}
		}
	case match.Atom:
		if e.Field == match.Namespace && e.Op == match.Exact {
			return e.Value
		}
	}
	return ""
}

// differs reports whether a difference is about the part: by what of the input stands
// behind it, else by the objects written for the part.
func (p part) differs(d decide.Difference, written []*manifest.Object) bool {
	if from := slices.DeleteFunc(slices.Clone(d.FromA), place.Ref.IsDefault); len(from) > 0 {
		return p.concerns(from)
	}
	from := slices.DeleteFunc(slices.Clone(d.FromB), place.Ref.IsDefault)
	return p.any && (len(from) == 0 || slices.ContainsFunc(from, func(r place.Ref) bool {
		return slices.ContainsFunc(written, func(m *manifest.Object) bool { return r.Object == m.Kind+" "+m.Namespace+"/"+m.Name })
	}))
}

// admission is what the part of a model says of who is let in.
func (p part) admission(m *intent.Model) *intent.Model {
	said := func(o intent.Origin) bool {
		o = slices.DeleteFunc(slices.Clone(o), place.Ref.IsDefault)
		return len(o) > 0 && p.concerns(o)
	}
	out := &intent.Model{}
	for _, a := range m.Access {
		if said(a.From) {
			out.Access = append(out.Access, a)
		}
	}
	for _, d := range m.Default {
		if said(d.From) {
			out.Default = append(out.Default, d)
		}
	}
	return out
}

// Within chooses the objects of a namespace, for Options.Part.
func Within(namespace string) func(*source.Object) bool {
	return func(o *source.Object) bool { return o.Namespace == namespace }
}
