package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
)

// rerouted adds to the verdict the requests that workloads let in as they were
// sent, where the input has a route change them first to what is kept out. It is
// asked where changes of requests are lost only, since it takes long, and
// of targets that have, or keep, policies for what is written.
func (j *job) rerouted() {
	if j.withholdsOutput() || !j.losesRoutes() || !slices.ContainsFunc(j.model.Routing, changesRequests) {
		return
	}
	told := decide.Compare(j.model, j.result.again, decide.Options{Aspects: []intent.Aspect{intent.Admission}, Arrivals: true})
	for _, d := range told.Differences {
		if d.Verdict != decide.Wider || d.Request == nil || d.Request.Subject != nil {
			continue
		}
		j.result.Differences, j.withDefaults = append(j.result.Differences, d), append(j.withDefaults, d)
		j.arrives(d)
	}
	decide.Sort(j.result.Differences)
	decide.Sort(j.withDefaults)
}

// withholdsOutput reports whether namespaces are withheld for want of policies, which
// the verdict counts already.
func (j *job) withholdsOutput() bool {
	return j.target.Access.Combine == legal.NoAccess && slices.ContainsFunc(j.result.Changes, func(c legal.Change) bool {
		return c.Aspect == intent.Admission && c.Fate == legal.FateWithheld
	})
}

// losesRoutes reports whether some change takes away from routes, or alters what
// they do. Routes that are withheld are of namespaces for which nothing is written.
func (j *job) losesRoutes() bool {
	return slices.ContainsFunc(j.result.Changes, func(c legal.Change) bool {
		return (c.Aspect == intent.Routed || c.Aspect == intent.Rewritten) && c.Drift != intent.Same && c.Fate != legal.FateWithheld
	})
}

// changesRequests reports whether a table does anything to requests on their way.
func changesRequests(t *intent.Routing) bool {
	return slices.ContainsFunc(t.Rules, func(r intent.Rule) bool {
		then, _ := r.Then.(intent.Forward)
		return len(r.Steps) > 0 || slices.ContainsFunc(then.To, func(b intent.Backend) bool { return len(b.Steps) > 0 })
	})
}

// arrives reports a request that is let in as it was sent. It stands if it is
// accepted, as what is lost of a policy may.
func (j *job) arrives(d decide.Difference) {
	c := legal.Change{
		Pass: "rerouted", Feature: legal.StepRewritePath, Code: diag.Widened, Drift: intent.Wider, Aspect: intent.Admission, From: d.FromA,
		Summary: "what the routes of " + d.Request.Host.String() + " change of requests is not written, and requests are let in as they were sent",
		Detail:  "before: " + d.A + "; after: " + d.B,
		Fix:     "write the route by hand, or keep such requests out by a policy",
		Before:  &intent.Model{},
	}
	for _, t := range j.model.Routing {
		if t.Host == d.Request.Host {
			c.Before.Routing = append(c.Before.Routing, t)
		}
	}
	found := legal.Diagnose(c, j.target)
	found.Hash, found.Witness = c.Hash(), d.Witness
	j.add(diag.List{found})
}
