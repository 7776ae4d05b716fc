package legal

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// runners name the pods of entries that the source runs each by itself, with an address of
// its own, where there are several: pods that run two of them open the routes of both to
// whoever reaches one. Entries that add to another are run with that. nil is that no two
// are run apart, or that the target runs each by itself too.
func (r *run) runners(kept map[*intent.Home]bool) map[intent.Name]string {
	if r.t.Entry == nil || r.o.From == r.t.Mesh {
		return nil
	}
	parents, own := map[intent.Name]intent.Name{}, map[intent.Name]string{}
	var roots []intent.Name
	for _, e := range r.m.Entries {
		if _, pods := r.t.Entry(e); kept[e.Home] || len(e.Selector) > 0 || len(pods) == 0 || len(e.From) == 0 {
			continue
		}
		root := e.Name
		if !e.Parent.IsZero() {
			root = e.Parent
		}
		if parents[e.Name] = root; !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
	}
	if len(roots) < 2 {
		return nil
	}
	slices.SortFunc(roots, intent.Name.Compare)
	called := map[intent.Name]string{}
	taken := map[string]bool{}
	for _, root := range roots {
		called[root] = freeLabel(root.Name, taken)
	}
	for name, root := range parents {
		own[name] = called[root]
	}
	return own
}

// freeLabel is a value of a label for a name that no other name has, and takes it.
func freeLabel(name string, taken map[string]bool) string {
	const longest = 60 // of 63, with room for a number
	short := strings.TrimRight(name[:min(len(name), longest)], "-.")
	value := short
	for n := 2; taken[value]; n++ {
		value = short + "-" + strconv.Itoa(n)
	}
	taken[value] = true
	return value
}

// ownPods has an entry run by pods of its own.
func (r *run) ownPods(e *intent.Entry, own string) {
	if own == "" || len(e.Selector) == 0 {
		return
	}
	shared := e.Selector[0]
	e.Selector = []intent.Pair{{Key: shared.Key, Value: own}}
	r.record(Change{
		Pass: "entries", Feature: EntryListener, Code: diag.Prerequisite, Drift: intent.Same, Aspect: intent.Entering, Fate: FateRewritten, From: e.From,
		Summary: "the entry " + e.Name.String() + " is run by pods with the label " + shared.Key + ": " + own,
		Detail:  "the source gives it an address of its own; pods with " + shared.Key + ": " + shared.Value + " would open what comes in there to all who reach another entry",
		Fix:     "run a gateway with this label, or name one label in several entries if they may be reached by one address",
	})
}
