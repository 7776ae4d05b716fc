package legal

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// bounded gives a route to Services without one that the target bounds all the
// same, since something else that is said makes it know their requests: the route
// says what the source does by itself. Where nothing bounds requests there is no need
// of one.
func bounded(r *run) {
	timeout, retry := r.statedTimeout(), r.statedRetry()
	if r.t.Bounds == nil || !timeout.differs {
		return
	}
	before, said := r.m.Routing, []*intent.Routing{}
	for _, h := range r.t.Bounds(r.m) {
		t := &intent.Routing{Host: h, Rules: []intent.Rule{{Then: intent.Passthrough{}, From: timeout.from}}, Else: intent.Respond{Status: 404}, From: timeout.from}
		if !timeout.put(&t.Rules[0], t.Protocol) {
			continue
		}
		if retry.differs {
			retry.put(&t.Rules[0], t.Protocol)
		}
		said = append(said, t)
	}
	r.m.Routing = slices.Concat(before, said)
	if whole := r.t.Route.Table; whole != nil {
		says := whole(r.m)
		said = slices.DeleteFunc(said, func(t *intent.Routing) bool { return says(t) != "" })
		r.m.Routing = slices.Concat(before, said)
	}
	if len(said) > 0 {
		r.record(r.boundedChange(timeout, said))
	}
}

// boundedChange is the account of routes that say nothing but defaults.
func (r *run) boundedChange(d stated, said []*intent.Routing) Change {
	bare := copies(said)
	for _, t := range bare {
		t.Rules[0].Timeout = nil
	}
	b := r.tables(bare...)
	d.restore(&b.Baseline)
	return Change{
		Pass: "bounded", Feature: d.feature, Code: diag.DefaultStated, Drift: intent.Same, Aspect: d.aspect, Fate: FateRewritten, From: slices.Clone(d.from),
		Summary: "Services without routes have one that says what the source does by default: the timeout is " + d.value,
		Detail:  "the target bounds requests of HTTP to " + hostsText(said) + " by itself, and knows them by what is said besides",
		Fix:     "remove it from the output where the target's own is as good", Before: b, After: r.tables(copies(said)...),
	}
}

// manyHosts are not told one by one.
const manyHosts = 5

func hostsText(ts []*intent.Routing) string {
	var names []string
	for i, t := range ts {
		if i == manyHosts {
			names = append(names, strconv.Itoa(len(ts)-i)+" more")
			break
		}
		names = append(names, t.Host.String())
	}
	return strings.Join(names, ", ")
}
