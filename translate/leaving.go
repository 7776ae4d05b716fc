package translate

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// warnOfLeaving warns of what is assumed to become of what is sent to hosts that nothing
// makes known, if the input makes hosts known to clients for which no policy of their own says
// it: where it is let out, as is assumed, these change nothing of who reaches what.
func (j *job) warnOfLeaving() {
	const key = "istio.outboundPolicy"
	if !slices.Contains(j.o.From.Environment, key) || slices.Contains(j.env.Said, key) {
		return
	}
	settled := settledClients(j.model.Egress)
	for _, e := range j.model.External {
		if len(e.From) > 0 && !e.From.Defaulted() && j.told(e.From) && j.someBeyond(settled, e.Scope.Client) {
			j.result.Findings.Tell(diag.Assumption, "what leaves the mesh depends on "+key+", which nothing says: "+strconv.Quote(environmentValue(j.env, key))+" is assumed",
				"no manifest and no environment file says it; this is the upstream default. Under REGISTRY_ONLY hosts that nothing makes known are not reached",
				"say "+key+" in the environment file, or give the mesh's MeshConfig", e.From[0])
			return
		}
	}
}

// settledClients holds for the clients of which facts, the first that covers a client, say what
// leaves: their origin names the value, where those that have it of the mesh name the object alone.
func settledClients(es []*intent.Egress) match.Expr {
	var settled, before []match.Expr
	for _, e := range es {
		client := match.Simplify(e.Scope.Client)
		if slices.ContainsFunc(e.From, func(r place.Ref) bool { return r.Path != "" }) {
			settled = append(settled, match.Conj(append([]match.Expr{client}, before...)...))
		}
		before = append(before, match.Negate(client))
	}
	return match.Disj(settled...)
}

// someBeyond reports whether there may be clients, of those that a condition holds for, for
// whom another does not: of all workloads where these are known, or else of any.
func (j *job) someBeyond(settled, clients match.Expr) bool {
	beyond := match.Conj(match.Simplify(clients), match.Negate(settled))
	if !j.env.Complete.Workloads {
		_, answer := match.Overlap(beyond, match.True)
		return answer != match.No
	}
	return slices.ContainsFunc(j.inventory.Workloads, func(w *intent.Workload) bool {
		q := new(match.Request).Set(match.ClientNamespace, "", w.Name.Namespace)
		for _, l := range w.Labels {
			q.Set(match.ClientLabel, l.Key, l.Value)
		}
		return match.Eval(beyond, q)
	})
}
