package translate

import (
	"iter"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// claimed reports what the source mesh and one of Options.Beside both configure: the
// requests of a Service, or who reaches a workload. Which of the two counts depends on
// whose proxies the pods have, and no manifest tells.
func (j *job) claimed() {
	var ours map[string]place.Ref
	told := map[[2]string]bool{}
	for _, m := range j.o.Beside {
		theirs := j.readBeside(m)
		if theirs == nil {
			continue
		}
		if ours == nil {
			ours = map[string]place.Ref{}
			for what, at := range claims(j.model, j.inventory) {
				ours[what] = at
			}
		}
		for what, at := range claims(theirs, j.inventory) {
			own, both := ours[what]
			if pair := [2]string{own.Object, at.Object}; both && own.Object != at.Object && !told[pair] {
				told[pair] = true
				j.claimedTwice(m, what, own, at)
			}
		}
	}
}

func (j *job) claimedTwice(m mesh.Mesh, what string, own, other place.Ref) {
	from := j.o.From.Title
	j.result.Findings.Tell(diag.MeshesCollide, own.Object+" of "+from+" and "+other.Object+" of "+m.Title+" both configure "+what,
		"the pods obey the mesh whose proxies they have; only what "+from+" says is translated",
		"take the documents of the other mesh out of the input, and translate them by themselves if they count", own, other)
}

// readBeside reads the documents that are of another mesh and not of the source; nil if
// there are none.
func (j *job) readBeside(m mesh.Mesh) *intent.Model {
	theirs := slices.DeleteFunc(slices.Clone(j.others), func(o *source.Object) bool { return kindOf(m, o) == nil || nameless(o) })
	if m.Name == j.o.From.Name || len(theirs) == 0 {
		return nil
	}
	model, _ := m.Read(mesh.Input{Objects: theirs, Inventory: new(*j.inventory), Env: j.env, Version: m.Versions[0]})
	return model
}

// claims are the Services of the mesh whose requests manifests configure, and the workloads
// of the inventory of which they say who reaches them, each with the first place that does
// so.
func claims(m *intent.Model, inv *intent.Inventory) iter.Seq2[string, place.Ref] {
	return func(yield func(string, place.Ref) bool) {
		seen := map[string]bool{}
		claim := func(what string, from intent.Origin) bool {
			at := slices.IndexFunc(from, func(r place.Ref) bool { return !r.IsDefault() })
			if at < 0 || seen[what] {
				return true
			}
			seen[what] = true
			return yield(what, from[at])
		}
		for _, t := range m.Routing {
			if t.Entry.IsZero() && !t.Host.Service.IsZero() && !claim("the requests of "+t.Host.String(), t.From) {
				return
			}
		}
		for _, u := range m.Upstream {
			if !u.Host.Service.IsZero() && !claim("the requests of "+u.Host.String(), u.From) {
				return
			}
		}
		policies := m.Policies()
		for _, w := range inv.Workloads {
			for _, from := range policies(w) {
				if !claim("who reaches "+w.Kind+" "+w.Name.String(), from) {
					return
				}
			}
		}
	}
}
