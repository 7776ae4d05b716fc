package translate

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// rollouts are the kinds of progressive delivery, by group, whose controllers
// change the weights of routes while a release is under way.
// https://docs.flagger.app/usage/how-it-works and
// https://argo-rollouts.readthedocs.io/en/stable/features/traffic-management/
var rollouts = map[string]string{"flagger.app": "Canary", "argoproj.io": "Rollout"}

// controlled warns of routes whose weights a controller sets: those of now would
// be written, and stay.
func (j *job) controlled() {
	told := map[string]bool{}
	for _, t := range j.model.Routing {
		for _, o := range j.ours {
			if told[o.Ref().Object] || !stemsFrom(t, o) {
				continue
			}
			owner, at := j.controllerOf(o)
			if owner == "" {
				continue
			}
			told[o.Ref().Object] = true
			j.result.Findings.Tell(diag.Controlled, owner+" sets the weights of "+o.Ref().Object,
				"the weights of now are written, and nobody changes them afterwards", "finish or end the release first, and let the controller write the target's own routes", at...)
		}
	}
}

func stemsFrom(t *intent.Routing, o *source.Object) bool {
	return slices.ContainsFunc(tableOrigins(t), func(r place.Ref) bool { return r.Object == o.Ref().Object })
}

// tableOrigins are the input values of a table and its rules.
func tableOrigins(t *intent.Routing) intent.Origin {
	out := t.From
	for i := range t.Rules {
		out = append(out[:len(out):len(out)], t.Rules[i].From...)
	}
	return out
}

// controllerOf names what sets the weights of an object, with where that is said:
// its owner, or a document of the input that names it. "" is nobody.
func (j *job) controllerOf(o *source.Object) (string, []place.Ref) {
	if kind, name := owner(o); kind != "" {
		return kind + " " + o.Namespace + "/" + name, []place.Ref{o.Ref()}
	}
	for _, c := range j.others {
		if rollouts[c.Group()] == c.Kind && c.Namespace == o.Namespace && names(c, o.Name) {
			return c.Ref().Object, []place.Ref{o.Ref(), c.Ref()}
		}
	}
	return "", nil
}

// owner is the Canary or Rollout among the owners of an object.
func owner(o *source.Object) (kind, name string) {
	fields := map[string]map[string]string{}
	o.Root.Leaves(func(l source.Leaf) {
		const below = "metadata.ownerReferences["
		if i, field, ok := strings.Cut(strings.TrimPrefix(l.Ref.Path, below), "]."); ok && strings.HasPrefix(l.Ref.Path, below) {
			if fields[i] == nil {
				fields[i] = map[string]string{}
			}
			fields[i][field] = l.Value
		}
	})
	for _, f := range fields {
		group, _, _ := strings.Cut(f["apiVersion"], "/")
		if rollouts[group] != "" && rollouts[group] == f["kind"] && (kind == "" || f["name"] < name) {
			kind, name = f["kind"], f["name"]
		}
	}
	return kind, name
}

// names reports whether a Canary or Rollout is about routes of a name: those of
// the Canary's service or else its target, or those that the Rollout's routing
// lists.
func names(c *source.Object, name string) bool {
	said := map[string]string{}
	listed := false
	c.Root.Leaves(func(l source.Leaf) {
		said[l.Ref.Path] = l.Value
		listed = listed || l.Value == name && strings.HasPrefix(l.Ref.Path, "spec.strategy.canary.trafficRouting.")
	})
	if c.Kind == "Rollout" {
		return listed
	}
	service := said["spec.service.name"]
	if service == "" {
		service = said["spec.targetRef.name"]
	}
	return service == name
}
