package legal

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
)

// manyRemarks bounds what is added to one comment.
const manyRemarks = 3

// remarks says below the comments of rules what of these is not written, or not as it
// was: a comment tells of the source, and stands above less.
func remarks(r *run) {
	at := commented(r.m)
	if len(at) == 0 {
		return
	}
	for _, c := range r.changes {
		if c.Fate != FateDropped && c.Fate != FateDrifted {
			continue
		}
		for _, ref := range c.From {
			for _, x := range at[ref.Object] {
				if x.holds(ref) && len(x.lost) < manyRemarks && !slices.Contains(x.lost, c.Summary) {
					x.lost = append(x.lost, c.Summary)
				}
			}
		}
	}
	for _, all := range at {
		for _, x := range all {
			for _, lost := range x.lost {
				*x.comment += "\n# transmesh: " + lost
			}
		}
	}
}

// remark is a rule with a comment, and what of it is lost.
type remark struct {
	path    string
	comment *string
	lost    []string
}

// holds reports whether an input value is within the rule.
func (x *remark) holds(ref place.Ref) bool {
	rest, within := strings.CutPrefix(ref.Path, x.path)
	return within && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// commented lists the rules that have comments of the source, by their object. Those
// that legalization makes have no # before them.
func commented(m *intent.Model) map[string][]*remark {
	var out map[string][]*remark
	add := func(from intent.Origin, comment *string) {
		if !strings.HasPrefix(*comment, "#") || len(from) == 0 || from[0].Path == "" {
			return
		}
		if out == nil {
			out = map[string][]*remark{}
		}
		out[from[0].Object] = append(out[from[0].Object], &remark{path: from[0].Path, comment: comment})
	}
	for _, t := range m.Routing {
		for i := range t.Rules {
			add(t.Rules[i].From, &t.Rules[i].Comment)
		}
	}
	for _, a := range m.Access {
		add(a.From, &a.Comment)
	}
	return out
}
