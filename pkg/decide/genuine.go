package decide

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// New paths that are said in different ways can be the same for some requests: "/a"
// set to "/" and the prefix "/a" replaced by "/" are, where the path is "/a".

// maxPaths bounds the paths that are tried. All that the forms of settled leave
// different differs on all paths but one; patterns can agree on more.
const maxPaths = 4

// genuine is a request on which two answers that are written differently in an
// aspect really do something else; nil if there is none.
func (r routes) genuine(q *match.Request, lists []match.Table, pair [2]int, x, y *answer, aspect int) *match.Request {
	if aspect != routed && aspect != rewritten || !newPaths(x.rule) && !newPaths(y.rule) {
		return q
	}
	first := q
	var tried match.Or
	for range maxPaths {
		if x.concrete(q, aspect) != y.concrete(q, aspect) {
			return q
		}
		p, _ := q.Lookup(match.Path, "")
		tried = append(tried, match.Atom{Field: match.Path, Value: orSlash(p)})
		var next *match.Request
		others := match.Table{Lines: []match.Line{{When: tried, Answer: 1}}}
		answer := r.space.Outcomes(append(lists[:len(lists):len(lists)], others), match.DefaultBudget, func(o match.Outcome) bool {
			if !o.Doubt && o.Answers[0] == pair[0] && o.Answers[1] == pair[1] && o.Answers[2] == 0 {
				next = o.Request()
			}
			return next == nil
		})
		switch {
		case next != nil:
			q = next
		case answer == match.Unsure:
			return first
		default:
			return nil
		}
	}
	return first
}

// concrete writes an aspect of what is done to one request: new paths as they
// become.
func (a *answer) concrete(q *match.Request, aspect int) string {
	sent, _ := q.Lookup(match.Path, "")
	sent = orSlash(sent)
	rule := *a.rule
	steps, arrives := settledAt(rule.Steps, sent)
	rule.Steps = steps
	switch then := rule.Then.(type) {
	case intent.Redirect:
		if then.Path != nil {
			then.Path = &intent.PathRewrite{Kind: intent.FullPath, Replace: RewritePath(*then.Path, sent)}
			rule.Then = then
		}
	case intent.Forward:
		to := make([]intent.Backend, len(then.To))
		for i, b := range then.To {
			b.Steps, _ = settledAt(b.Steps, arrives)
			to[i] = b
		}
		rule.Then = intent.Forward{To: to}
	}
	made := a.by.answer(&rule, a.at)
	return made.parts[aspect].text
}

// settledAt are steps on a request with this path: of new paths the last, as a
// whole, unless it is the old one.
func settledAt(steps []intent.Step, path string) (out []intent.Step, after string) {
	after = path
	for _, s := range steps {
		rw, ok := s.(intent.Rewrite)
		if !ok || rw.Path == nil {
			out = append(out, s)
			continue
		}
		after = RewritePath(*rw.Path, after)
		rw.Path = nil
		if rw.Host != "" {
			out = append(out, rw)
		}
	}
	if after != path {
		out = append(out, intent.Rewrite{Path: &intent.PathRewrite{Kind: intent.FullPath, Replace: after}})
	}
	return out, after
}
