package legal

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// refuse notes that a table is not written, because of a part of it; why is a
// clause. The caller takes the table out.
func (r *run) refuse(pass string, f Feature, t *intent.Routing, at intent.Origin, why string) {
	from := append(intent.Origin{}, at...)
	from = append(from, tableOrigin(t)...)
	c := r.refusal(pass, f, intent.Routed, from, "the routes of "+t.Host.String()+" are not written: "+why)
	if !t.Entry.IsZero() {
		c.Detail = "requests that come in by " + t.Entry.String() + " are not answered by them"
		c.Fix = "route them by hand at the gateway that takes its place"
	}
	c.Before, c.After = r.tables(t), r.tables()
	r.record(c)
}

func (r *run) refusal(pass string, f Feature, a intent.Aspect, from intent.Origin, summary string) Change {
	c := Change{
		Pass: pass, Feature: f, Code: diag.Refused, Drift: intent.Other, Aspect: a, Fate: FateDropped, From: from, Summary: summary,
		Detail: "requests go where the target sends them without a route",
		Fix:    "change the source so that the target can say it, or write the route by hand",
	}
	if a == intent.Entering {
		c.Detail = "nothing from outside comes in by it"
		c.Fix = "run a gateway that goes with the target in its place, such as one of the Gateway API, and configure it by hand"
	}
	return c
}

// tableOrigin is where all that a table says is said, its rules first.
func tableOrigin(t *intent.Routing) intent.Origin {
	var out intent.Origin
	for i := range t.Rules {
		out = append(out, t.Rules[i].From...)
	}
	out = append(out, t.From...)
	intent.Walk(&intent.Model{Routing: []*intent.Routing{t}}, func(p intent.Part) {
		switch p.(type) {
		case *intent.Home, *intent.Pair: // of the object, which may say more
		default:
			out = append(out, p.Origin()...)
			out = append(out, atomRefs(intent.Predicates(p)...)...)
		}
	})
	return merge(nil, out)
}

// dropped notes that a part of a rule is not said; before and after are the
// table as it was and is.
func (r *run) dropped(pass string, f Feature, a intent.Aspect, at intent.Origin, what, why string, before, after *intent.Model) {
	c := Change{
		Pass: pass, Feature: f, Code: diag.Dropped, Drift: intent.Other, Aspect: a, Fate: FateDropped, From: at,
		Summary: what + " is not written: " + why, Detail: "requests are treated as if nothing was said",
		Fix: "accept the finding if you can do without", Before: before, After: after,
	}
	if strings.Contains(why, noService) {
		c.Fix = "add the Service to the input"
	}
	r.record(c)
}

// noService is what is said of a Service of which something is to be made.
const noService = " is not in the input"
