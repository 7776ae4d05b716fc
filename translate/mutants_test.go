package translate

import (
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"
)

var mutantShare = flag.Int("mutants", 30, "TestMutants tries every so-manieth change; 1 is all")

// TestMutants changes the inputs and the outputs of all cases, one value, entry,
// element or document at a time. The comparison sees each change, or it is proven
// to change nothing. What the cluster holds stays as it is.
func TestMutants(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	cases := map[string]*testCase{}
	m := mutator{seen: map[string][]string{}}
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		c := newCase(t, a)
		cases[strings.TrimSuffix(filepath.Base(f), ".txtar")] = c
		for _, s := range c.in {
			m.learn(t, s.Data)
		}
	}
	target, _ := findMesh(t, "istio")
	total := &mutantCount{reasons: map[reason]int{}, known: map[int]int{}, ran: map[string]bool{}}
	t.Run("cases", func(t *testing.T) {
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				total.run(name)
				t.Parallel()
				for _, s := range c.sets(t) {
					s.prepare(m, target)
					s.run(t, total)
				}
			})
		}
	})
	t.Log(total)
	for i, b := range blindSpots {
		of, _, _ := strings.Cut(b.of, " ")
		if *mutantShare == 1 && total.ran[of] && total.known[i] == 0 {
			t.Errorf("%s: %s is seen or proven by now: take it off the list", b.of, b.at)
		}
	}
	if total.mutants == 0 || total.seen < total.mutants/2 {
		t.Error("too few changes are seen")
	}
}

// learn takes note of the scalars at each key, sorted.
func (m mutator) learn(t *testing.T, data []byte) {
	edited(t, data, func(n *yaml.Node) {
		if n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i].Value, n.Content[i+1]
			for _, v := range append([]*yaml.Node{value}, value.Content...) {
				at, known := slices.BinarySearch(m.seen[key], v.Value)
				if v.Kind == yaml.ScalarNode && value.Kind != yaml.MappingNode && !known {
					m.seen[key] = slices.Insert(m.seen[key], at, v.Value)
				}
			}
		}
	})
}

// mutantCount is what changes came to.
type mutantCount struct {
	sync.Mutex
	// refused are those after which part of the input cannot be read or is not
	// trusted, and the verdict is unsure.
	mutants, seen, refused int
	reasons                map[reason]int
	known                  map[int]int // by the place in blindSpots
	ran                    map[string]bool
}

// run takes note of a case that is tried, as not all are with -run.
func (c *mutantCount) run(name string) {
	c.Lock()
	defer c.Unlock()
	c.ran[name] = true
}

// know counts a change of the blind spots.
func (c *mutantCount) know(i int) {
	c.Lock()
	defer c.Unlock()
	c.known[i]++
}

func (c *mutantCount) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d mutants, %d seen, %d refused as unreadable", c.mutants, c.seen, c.refused)
	for _, r := range slices.Sorted(maps.Keys(c.reasons)) {
		fmt.Fprintf(&b, "\n  %d proven equal: %s", c.reasons[r], r)
	}
	return b.String()
}

// run tries the changes of a set.
func (s *documentSet) run(t *testing.T, total *mutantCount) {
	tried := 0
	for doc, mutants := range s.mutants {
		for _, x := range mutants {
			if tried++; tried%*mutantShare != 0 {
				continue
			}
			changed := s.lift(x)
			switch {
			case sees(s.base, changed):
				total.count(&total.seen, unproven)
				continue
			case changed.atBest(decide.Same) != decide.Same:
				total.count(&total.refused, unproven)
				continue
			}
			why, detail := unseen{set: s, doc: doc, mutant: x, changed: changed}.prove()
			if i := known(t, s.name, s.object(doc), x.at); why == unproven && i >= 0 {
				total.know(i)
			} else if why == unproven {
				t.Errorf("%s: %s: %s at %s (%q to %q): %s", s.name, s.object(doc), x.kind, x.at, x.was, x.is, detail)
			}
			total.count(new(int), why)
		}
	}
}

// count takes note of a change: in n, or with the reason why it is not seen.
func (c *mutantCount) count(n *int, why reason) {
	c.Lock()
	defer c.Unlock()
	c.mutants++
	*n++
	if why != unproven {
		c.reasons[why]++
	}
}
