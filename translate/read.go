package translate

import (
	"cmp"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// read lifts the source. Objects with wrong values would be rejected by the API
// server: they are set aside, what a policy among them guards is withheld, and
// the rest is lifted without them.
func (j *job) read() {
	model, diags := j.lift(j.ours)
	if bad := j.setAside(); bad {
		model, diags = j.lift(j.ours)
	}
	j.model = model
	j.add(diags)
	j.unreadable()
	j.withholdRejected()
	denyWithheld(j.model)
	j.result.Source = j.model
}

func (j *job) lift(objs []*source.Object) (*intent.Model, diag.List) {
	m, diags := j.o.From.Read(mesh.Input{
		Objects: objs, Inventory: j.inventory, Env: j.env, Version: cmp.Or(j.o.FromVersion, first(j.o.From.Versions)),
	})
	m.Inventory, m.Env = *j.inventory, j.env
	return m, diags
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// setAside moves objects with wrong values out of the way.
func (j *job) setAside() bool {
	var good []*source.Object
	for _, o := range j.ours {
		problems := o.Root.Problems()
		if len(problems) == 0 {
			good = append(good, o)
			continue
		}
		j.rejected = append(j.rejected, o)
		j.wrongValues(o, problems)
	}
	bad := len(good) < len(j.ours)
	j.ours = good
	return bad
}

// wrongValues reports why an object would be rejected.
func (j *job) wrongValues(o *source.Object, problems []source.Problem) {
	for _, p := range problems {
		name := leafName(p.Ref.Path)
		if p.Value != "" && p.Kind != source.RepeatedKey {
			name += " " + p.Value
		}
		j.result.Findings.Tell(problemCodes[p.Kind], name+" of "+o.Ref().Object+" "+p.Message,
			"the API server would reject the object, so it is not translated", "correct the value", p.Ref)
	}
}

func leafName(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[i+1:]
	}
	return path
}

// withholdRejected denies what rejected policies may have guarded: their
// namespace, or everything for those of the root namespace.
func (j *job) withholdRejected() {
	for _, o := range j.rejected {
		if k := kindOf(j.o.From, o); k != nil && k.Security {
			j.withhold(o.Namespace, o.Ref(), o.Ref().Object+" cannot be read")
		}
	}
}

func (j *job) withhold(namespace string, at place.Ref, why string) {
	scope, words := intent.Scope{}, "everything"
	if namespace != "" && (j.o.From.Root == nil || namespace != j.o.From.Root(j.env)) {
		scope.Subject = match.Atom{Field: match.Namespace, Value: namespace, Ref: at}
		words = "namespace " + namespace
	}
	d := &intent.Default{Scope: scope, Effect: intent.Deny, Withheld: true, Why: why, From: intent.From(at)}
	j.model.Default = append([]*intent.Default{d}, j.model.Default...)
	var l diag.List
	l.Add(diag.Withheld, why+", so all requests to "+words+" are denied", "correct the document and translate again", at)
	j.add(l)
	j.result.Unreadable = true
}

// denyWithheld makes a withheld default decide alone: no allow of another
// object reaches into what it stands for.
func denyWithheld(m *intent.Model) {
	for _, d := range m.Default {
		if d.Withheld {
			m.Access = append(m.Access, &intent.Access{
				Home: d.Home, Scope: d.Scope, Effect: intent.Deny, When: match.True, Comment: d.Why, From: d.From,
			})
		}
	}
}
