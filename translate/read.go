package translate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// read lifts the source. Objects with wrong values would be rejected by the API
// server: they are set aside, what a policy among them guards is withheld, and
// the rest is lifted without them.
func (j *job) read() {
	model, diags := j.lift(j.ours)
	if bad := j.setAside(model); bad {
		for _, o := range j.ours { // what was read beside others may not be read without them
			o.Forget()
		}
		model, diags = j.lift(j.ours)
	}
	j.model = model
	j.add(diags)
	j.unmatchable(model)
	j.unreadable()
	j.withholdRejected()
	j.controlled()
	j.deprecated()
	j.claimed()
	denyWithheld(j.model)
	j.result.Source = j.model
}

func (j *job) lift(objs []*source.Object) (*intent.Model, diag.List) {
	m, diags := j.o.From.Read(mesh.Input{
		Objects: objs, Aside: j.rejected, Inventory: j.inventory, Env: j.env, Version: cmp.Or(j.o.FromVersion, first(j.o.From.Versions)),
	})
	j.inventory.Registered = m.Inventory.Registered
	j.inventory.OneService = m.Inventory.OneService || j.target.Route.OneService
	j.inventory.Imports = m.Inventory.Imports
	m.Inventory, m.Env = j.inventory.With(m.Machines), j.env
	return m, diags
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// setAside moves objects out of the way that have wrong values, policies with fields
// that do not exist, since without these they may let in more than they say, and
// configuration entries with such fields, which Consul's servers refuse.
func (j *job) setAside(m *intent.Model) bool {
	var good []*source.Object
	for _, o := range j.ours {
		problems := o.Root.Problems()
		unknown := slices.DeleteFunc(j.unknownThatCounts(o, m), func(at place.Ref) bool { return saidAgain(problems, at) })
		if len(problems)+len(unknown) == 0 {
			good = append(good, o)
			continue
		}
		j.reject(o, diag.UnknownField)
		j.wrongValues(o, problems)
		for i, at := range unknown {
			if i == mostPerObject {
				j.result.Findings.Add(diag.UnknownField, strconv.Itoa(len(unknown)-i)+" more fields of "+at.Object+" do not exist", "correct those before first", at)
				break
			}
			j.unknownField(at, unknownRejects(o), misspelt)
			j.worst()
		}
	}
	bad := len(good) < len(j.ours)
	j.ours = good
	return bad
}

// saidAgain reports whether a value is of a key that was said before, which is a problem
// of its own.
func saidAgain(problems []source.Problem, at place.Ref) bool {
	return slices.ContainsFunc(problems, func(p source.Problem) bool {
		return p.Kind == source.RepeatedKey && (p.Ref.Pos == at.Pos || p.Ref.Path == at.Path)
	})
}

// worst makes an error of the last finding: for it the whole object is not translated.
func (j *job) worst() { j.result.Findings[len(j.result.Findings)-1].Severity = diag.Error }

// unknownRejects says why an object with a field that does not exist is set aside.
func unknownRejects(o *source.Object) string {
	if o.IsEntry() {
		return "Consul's servers refuse the entry, so it is not translated"
	}
	return "the API server rejects the policy, as kubectl asks by default, or holds one that says something else"
}

// unknownField reports a value in a field that does not exist, and what becomes of the
// object.
func (j *job) unknownField(at place.Ref, then, fix string) {
	j.result.Findings.Tell(diag.UnknownField, at.Object+" has no field "+at.Path, then, fix, at)
}

// misspelt is what to do about a field that no version of a kind has.
const misspelt = "check the spelling and the place of the field"

// mostPerObject bounds the findings about single values of one object.
const mostPerObject = 50

func more(n int) string { return strconv.Itoa(n) + " more values" }

// wrongValues reports why an object would be rejected.
func (j *job) wrongValues(o *source.Object, problems []source.Problem) {
	for i, p := range problems {
		j.why[o] = problemCodes[p.Kind]
		if i == mostPerObject {
			j.result.Findings.Add(problemCodes[p.Kind], more(len(problems)-i)+" of "+o.Ref().Object+" are wrong", "correct those before first", p.Ref)
			return
		}
		if p.Kind == source.NoField || p.Kind == source.OtherVersion {
			fix := misspelt
			if p.Kind == source.OtherVersion {
				fix = "write the object in a version that has the field, or the field as its own version has it"
			}
			j.unknownField(p.Ref, p.Message, fix)
			j.worst()
			continue
		}
		fix := "correct the value"
		if p.Kind == source.RepeatedKey {
			fix = "keep one of the two"
		}
		j.result.Findings.Tell(problemCodes[p.Kind], wrongName(o, p)+" "+p.Message,
			"the API server, or the mesh, would reject the object, so it is not translated", fix, p.Ref)
	}
}

// wrongName names a value that is wrong: "timeout 4x of Kind namespace/name", or the
// object itself.
func wrongName(o *source.Object, p source.Problem) string {
	name := leafName(p.Ref.Path)
	if name == "" {
		return o.Ref().Object
	}
	if p.Value != "" && p.Kind != source.RepeatedKey {
		name += " " + p.Value
	}
	return name + " of " + o.Ref().Object
}

func leafName(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[i+1:]
	}
	return path
}

// unknownThatCounts lists the values of a policy or configuration entry that no reader
// knows.
// consul agent/structs/config_entry_ce.go validateUnusedKeys
func (j *job) unknownThatCounts(o *source.Object, m *intent.Model) []place.Ref {
	if k := kindOf(j.o.From, o); (k == nil || !k.Security) && !o.IsEntry() {
		return nil
	}
	var out []place.Ref
	o.Root.Leaves(func(l source.Leaf) {
		opaque := func(p *intent.Opaque) bool {
			return !p.Held && p.At.Object == l.Ref().Object && strings.HasPrefix(l.Ref().Path, p.At.Path)
		}
		if !l.Read && l.Skipped == "" && l.Withheld == "" && !slices.ContainsFunc(m.Opaque, opaque) {
			out = append(out, l.Named())
		}
	})
	return slices.Compact(out)
}
