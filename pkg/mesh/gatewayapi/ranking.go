package gatewayapi

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// ranking turns lines that rank by themselves into rules of which the first
// match wins.
type ranking struct {
	d        Dialect
	protocol intent.Protocol
	host     intent.Host // for messages
	diags    diag.List
	lines    []ranked
	overlaps map[[2]int]bool
}

// ranked is a line with its place in the order by age, name and rule, which
// decides where ranks are level.
type ranked struct {
	Line
	at int
	// when is the condition as written; Rule.When may have lost a part of it to
	// a line that wins there.
	when match.Expr
}

// rules orders lines so that the first match is the one that wins: sorted by
// rank, with what a later line wins taken from the earlier ones, then back into
// the order of the files where that means the same, and with the matches of one
// rule together again.
func (r *ranking) rules(lines []Line) []intent.Rule {
	for i, l := range lines {
		r.insert(ranked{Line: l, at: i, when: l.Rule.When})
	}
	r.overlaps = map[[2]int]bool{}
	r.subtract()
	r.undecided()
	return merge(r.restore())
}

func (r *ranking) prefers(a, b match.Expr) match.Expr { return r.d.ranks(r.protocol)(a, b) }

// beats is the region in which x wins over y, of those that both match.
func (r *ranking) beats(x, y ranked) match.Expr {
	if x.at < y.at {
		return match.Negate(r.prefers(x.when, y.when))
	}
	return r.prefers(y.when, x.when)
}

// insert puts a line before the first that it beats, wherever it beats it but
// for single paths.
func (r *ranking) insert(l ranked) {
	i := slices.IndexFunc(r.lines, func(x ranked) bool { return mostly(r.beats(l, x)) })
	if i < 0 {
		i = len(r.lines)
	}
	r.lines = slices.Insert(r.lines, i, l)
}

// mostly reports whether a region is everywhere, or everywhere but on one path:
// it holds for a path that no rule spells.
func mostly(region match.Expr) bool {
	if match.IsTrue(region) || match.IsFalse(region) {
		return match.IsTrue(region)
	}
	return match.Eval(region, new(match.Request).Set(match.Path, "", "/\x00"))
}

// subtract takes from each line what a line behind it wins. Where each line
// has one rank, none wins anything.
func (r *ranking) subtract() {
	for i := range r.lines {
		for j := i + 1; j < len(r.lines); j++ {
			x, y := &r.lines[i], r.lines[j]
			region := r.beats(y, *x)
			if match.IsFalse(region) || !r.overlap(*x, y) {
				continue
			}
			x.Rule.When = match.Conj(x.Rule.When, match.Negate(match.Conj(region, y.when)))
		}
	}
}

// overlap reports whether some request matches both lines, as written; a
// question past the budget is a yes.
func (r *ranking) overlap(x, y ranked) bool {
	key := [2]int{min(x.at, y.at), max(x.at, y.at)}
	yes, known := r.overlaps[key]
	if !known {
		_, answer := match.Overlap(x.when, y.when)
		yes = answer != match.No
		r.overlaps[key] = yes
	}
	return yes
}

// restore puts lines back into the order of their objects as far as the order
// of overlapping lines with different answers stays: the first line in the
// files that waits for none comes first.
func (r *ranking) restore() []ranked {
	left := slices.Clone(r.lines)
	out := make([]ranked, 0, len(left))
	for len(left) > 0 {
		best := -1
		for i, l := range left {
			if (best < 0 || l.at < left[best].at) && !r.waits(l, left[:i]) {
				best = i
			}
		}
		out = append(out, left[best])
		left = slices.Delete(left, best, best+1)
	}
	return out
}

// waits reports whether a line must stay behind one of those before it.
func (r *ranking) waits(l ranked, before []ranked) bool {
	return slices.ContainsFunc(before, func(b ranked) bool { return !intent.SameAnswer(&b.Rule, &l.Rule) && r.overlap(b, l) })
}

// merge joins neighbours that are matches of one rule.
func merge(lines []ranked) []intent.Rule {
	var out []intent.Rule
	for i, l := range lines {
		if i > 0 && lines[i-1].route == l.route && lines[i-1].Index == l.Index {
			last := &out[len(out)-1]
			last.When = match.Disj(last.When, l.Rule.When)
			continue
		}
		out = append(out, l.Rule)
	}
	return out
}

// undecided reports pairs of lines with different answers of which nothing in
// the input tells which one wins: they rank alike and the age of their routes is
// not known, or implementations differ.
func (r *ranking) undecided() {
	for i, x := range r.lines {
		for _, y := range r.lines[i+1:] {
			if x.route == y.route && r.d.Disagree == nil || intent.SameAnswer(&x.Rule, &y.Rule) {
				continue
			}
			if x.route != y.route && !aged(x.route, y.route) && r.tie(x, y) {
				r.report(x, y, "rank alike", "the older of the two wins, and the input tells no creationTimestamp; they are taken in the order of their names",
					"merge the two into one object, or export both with metadata.creationTimestamp")
			} else if r.d.Disagree != nil && r.differs(x, y) {
				r.report(x, y, "are ranked differently by different implementations", "which one counts depends on what obeys them", "name the implementation, as in gatewayapi@istio")
			}
		}
	}
}

// aged reports whether age tells which of two routes comes first.
func aged(a, b *Route) bool { return a.Created != "" && b.Created != "" }

// tie reports whether two lines rank alike somewhere.
func (r *ranking) tie(x, y ranked) bool {
	level := match.Conj(match.Negate(r.prefers(x.when, y.when)), match.Negate(r.prefers(y.when, x.when)))
	return r.meet(x, y, level)
}

// differs reports whether implementations choose differently between two lines
// of which the specification does not decide.
func (r *ranking) differs(x, y ranked) bool {
	if x.at > y.at {
		x, y = y, x
	}
	return r.meet(x, y, r.d.Disagree(r.protocol, x.when, y.when))
}

func (r *ranking) meet(x, y ranked, region match.Expr) bool {
	if match.IsFalse(region) || !r.overlap(x, y) {
		return false
	}
	if match.IsTrue(region) {
		return true
	}
	_, answer := match.Overlap(match.Conj(x.when, y.when), region)
	return answer != match.No
}

func (r *ranking) report(x, y ranked, rank, detail, fix string) {
	at := append(slices.Clone(x.Rule.From), y.Rule.From...)
	slices.SortFunc(at, func(a, b place.Ref) int { return cmp.Or(compareRef(a, b), cmp.Compare(a.Object, b.Object)) })
	var of []string
	for _, ref := range at {
		if !slices.Contains(of, ref.Object) {
			of = append(of, ref.Object)
		}
	}
	slices.Sort(of) // the order of documents tells nothing
	r.diags.Tell(diag.OrderUnknown, "two rules of "+strings.Join(of, " and ")+" for "+r.host.String()+" match the same requests and "+rank, detail, fix, at...)
}
