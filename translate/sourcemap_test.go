package translate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/place"
)

// follow follows each value that is carried to the output of every case: the places that
// the ledger names are there. What they hold changes with the value: see showings.
type follow struct {
	mu    sync.Mutex
	shown map[string]showing // by target
}

func (f *follow) add(t *testing.T, to string, r *Result) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shown == nil {
		f.shown = map[string]showing{}
	}
	if f.shown[to] == nil {
		f.shown[to] = showing{}
	}
	f.shown[to].add(t, to, r)
}

// check holds the shares to bounds, where not only some of the cases are run.
func (f *follow) check(t *testing.T) {
	for _, to := range targets {
		s := f.shown[to]
		t.Logf("%s: %s", to, s)
		if share := s.share("nowhere"); share > 0.04 && s.all() > 1000 {
			t.Errorf("%s: %.1f %% of the values that are carried show nowhere", to, 100*share)
		}
		if share := s.share("value"); share < 0.38 && s.all() > 1000 {
			t.Errorf("%s: no more than %.1f %% of the values that are carried are found as they are", to, 100*share)
		}
	}
}

// showing counts values that are carried by how exactly the ledger says where they show:
// as a value of the same text, as a part that says it in other words, as a manifest, or
// nowhere.
type showing map[string]int

func (s showing) add(t *testing.T, name string, r *Result) {
	t.Helper()
	at := places(r)
	for e := range r.Ledger.All() {
		if e.Fate != ledger.Carried {
			if e.Fate != ledger.Rewritten && e.Fate != ledger.Drifted && e.Output != nil {
				t.Errorf("%s: %s is %s, and shows at %s", name, e.Ref, e.Fate, e.Output[0])
			}
			continue
		}
		kind := "nowhere"
		for _, ref := range e.Output {
			n, ok := at[ref]
			switch {
			case !ok:
				t.Errorf("%s: %s shows at %s, which is not there", name, e.Ref, ref)
			case n.Text == e.Value && n.Text != "":
				kind = "value"
			case ref.Path == "":
				kind = "manifest"
			default:
				kind = "part"
			}
		}
		s[kind]++
	}
}

func (s showing) all() int {
	n := 0
	for _, of := range s {
		n += of
	}
	return n
}

func (s showing) share(kind string) float64 { return float64(s[kind]) / float64(max(s.all(), 1)) }

func (s showing) String() string {
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(s)) {
		out = append(out, fmt.Sprintf("%s %d (%.1f %%)", kind, s[kind], 100*s.share(kind)))
	}
	return strings.Join(out, ", ")
}

// places are the values of a result by where they stand.
func places(r *Result) map[place.Ref]*manifest.Node {
	out := map[place.Ref]*manifest.Node{}
	for _, o := range slices.Concat(r.Manifests, r.Patches) {
		title := o.Kind + " " + strings.TrimPrefix(o.Namespace+"/"+o.Name, "/")
		var walk func(n *manifest.Node, path string)
		walk = func(n *manifest.Node, path string) {
			out[place.Ref{Object: title, Path: path}] = n
			for i, kid := range n.Kids {
				if n.Kind == manifest.MapKind {
					walk(kid.Node, strings.TrimPrefix(path+"."+kid.Key, "."))
				} else {
					walk(kid.Node, fmt.Sprintf("%s[%d]", path, i))
				}
			}
		}
		walk(o.Root, "")
	}
	return out
}

// showings count the values of which another changes the output, and those of them for
// which nothing changes where the ledger says that they show.
type showings struct{ changed, elsewhere atomic.Int32 }

func (s *showings) add(t *testing.T, e ledger.Entry, before, after map[place.Ref]*manifest.Node) {
	if len(e.Output) == 0 {
		return
	}
	s.changed.Add(1)
	changes := func(ref place.Ref) bool { return after[ref] == nil || !manifest.Same(before[ref], after[ref]) }
	if !slices.ContainsFunc(e.Output, changes) {
		s.elsewhere.Add(1)
		t.Logf("another value of %s (%s) changes the output, but not %s", e.Ref, e.Value, e.Output)
	}
}

// check leaves room for rules that take the place of one that a mesh refuses with another
// value, and for two values of one text.
func (s *showings) check(t *testing.T) {
	changed, elsewhere := s.changed.Load(), s.elsewhere.Load()
	t.Logf("of %d values of which another changes the output %d do not where they show", changed, elsewhere)
	if 50*elsewhere > changed && changed > 1000 {
		t.Errorf("of %d values of which another changes the output %d do not where the ledger says that they show", changed, elsewhere)
	}
}
