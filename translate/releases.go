package translate

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/source"
)

// writtenElsewhere tells of releases whose controller writes routes of the source mesh in the
// cluster, of which none is in the input: they stay with that mesh until somebody points the
// release at the target. told are those that routes of the input have told of.
func (j *job) writtenElsewhere(releases []*source.Object, told map[string]bool) {
	from, to := j.o.From, j.o.To
	if from.Name == to.Name || to.Name == "" {
		return
	}
	for _, c := range releases {
		by := routedBy(c)
		ours := writes(from.Releases, by) || by == "" && c.Kind == "Canary" && len(from.Releases) > 0
		if told[c.Ref().Object] || !ours || by != "" && writes(to.Releases, by) {
			continue
		}
		whose := "for " + from.Name
		if by == "" {
			whose = "for the mesh that its installation names"
		}
		fix := "have it write those of " + to.Name + " before callers are moved"
		switch {
		case len(to.Releases) == 0:
			fix = "end the release and shift by hand: it knows no routes of " + to.Name
		case c.Kind == "Canary":
			fix = "set spec.provider to " + to.Releases[0] + " before callers are moved"
		}
		j.result.Findings.Tell(diag.Controlled, c.Ref().Object+" has its controller write routes "+whose,
			"they are made in the cluster, and where they are not in the input nothing is translated of them; callers of "+to.Name+" do not follow those of "+from.Name, fix, c.Ref())
	}
}

// writes reports whether a name that a release gives to what writes its routes is among
// those of a mesh, whatever version of the routes is behind a colon.
func writes(names []string, by string) bool {
	by, _, _ = strings.Cut(by, ":")
	return slices.ContainsFunc(names, func(n string) bool {
		n, _, _ = strings.Cut(n, ":")
		return n == by
	})
}

// routedBy is what writes the routes of a release: the provider of a Canary, or the first way
// of routing of a Rollout; "" is what is installed, or nothing.
// https://docs.flagger.app/usage/how-it-works and
// https://argo-rollouts.readthedocs.io/en/stable/features/traffic-management/
func routedBy(c *source.Object) (by string) {
	c.Root.Leaves(func(l source.Leaf) {
		routing, listed := strings.CutPrefix(l.Ref().Path, "spec.strategy.canary.trafficRouting.")
		switch {
		case by != "":
		case c.Kind == "Canary" && l.Ref().Path == "spec.provider":
			by = l.Value()
		case c.Kind == "Rollout" && listed:
			by, _, _ = strings.Cut(routing, ".")
		}
	})
	return by
}
