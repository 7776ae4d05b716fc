package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// knownOtherwise tells of pods that the source knows as those of one Service, where another one
// selects them too and is not told from it by what the translation knows: what the source
// says of that one is translated for these pods as well, and they may let in more.
func (j *job) knownOtherwise() {
	alone := j.o.From.Injection.Alone
	if alone == nil || j.o.From.Name == j.o.To.Name || j.inventory == nil {
		return
	}
	told := map[intent.Name]bool{}
	for _, w := range j.inventory.Workloads {
		chosen, _ := intent.Lookup(w.Annotations, alone.Chooses)
		renamed, _ := intent.Lookup(w.Annotations, alone.Renames)
		if w.Kind == intent.MachineKind || chosen == "" && renamed == "" {
			continue
		}
		for _, s := range j.inventory.ServicesIn(w.Name.Namespace) {
			v, _ := intent.Lookup(s.Labels, alone.Ignores.Key)
			if !s.Selects(w.Labels) || v == alone.Ignores.Value || told[s.Name] || !j.other(s, chosen) && !j.callsAs(s, chosen) && !j.renamedInPart(s, alone.Renames) {
				continue
			}
			told[s.Name] = true
			j.result.Findings.Tell(diag.Approximated, "what "+j.o.From.Name+" says of Service "+s.Name.String()+" is translated for pods that it knows by another name, too",
				"labels do not tell these pods from its own, and who is let in at it is let in at them", "have it select the pods only that are known as its own", slices.Concat(w.From, s.From)...)
			j.worst()
			if j.result.Verdict != decide.Wider {
				j.result.Verdict = decide.Unsure
			}
		}
	}
}

// other reports whether pods that are said to be of a chosen Service are of another one than
// s, from which the reader does not tell it: it does of those that select pods of one another
// by their labels alone.
func (j *job) other(s *intent.Service, chosen string) bool {
	if chosen == "" || chosen == s.Name.Name {
		return false
	}
	c := j.inventory.Service(intent.Name{Namespace: s.Name.Namespace, Name: chosen})
	return c == nil || !c.Selects(s.Selector) && !s.Selects(c.Selector)
}

// callsAs reports whether clients are told by the labels of s, where pods that have them too
// are said to be of another Service, and the input need not show all.
func (j *job) callsAs(s *intent.Service, chosen string) bool {
	if chosen == "" || chosen == s.Name.Name || j.env.Complete.Workloads {
		return false
	}
	return slices.ContainsFunc(j.model.Access, func(a *intent.Access) bool {
		found := false
		match.Atoms(a.When, func(x match.Atom, _ bool) {
			v, asked := intent.Lookup(s.Selector, x.Key)
			found = found || x.Field == match.ClientLabel && asked && v == x.Value
		})
		return found
	})
}

// renamedInPart reports whether some of a Service's pods bear another name than others.
func (j *job) renamedInPart(s *intent.Service, key string) bool {
	names := map[string]bool{}
	for _, w := range j.inventory.WorkloadsIn(s.Name.Namespace) {
		if s.Selects(w.Labels) && w.Kind != intent.MachineKind {
			name, _ := intent.Lookup(w.Annotations, key)
			names[name] = true
		}
	}
	return len(names) > 1
}
