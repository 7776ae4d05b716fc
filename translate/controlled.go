package translate

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
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
	routes := map[string]bool{}
	for _, t := range j.model.Routing {
		for _, r := range t.From {
			routes[r.Object] = true
		}
		for i := range t.Rules {
			for _, r := range t.Rules[i].From {
				routes[r.Object] = true
			}
		}
	}
	releases := slices.Clone(j.others)
	releases = slices.DeleteFunc(releases, func(c *source.Object) bool { return rollouts[c.Group()] == "" || rollouts[c.Group()] != c.Kind })
	told := map[string]bool{}
	for _, o := range j.ours {
		if !routes[o.Ref().Object] {
			continue
		}
		if controller, at := controllerOf(o, releases); controller != "" {
			told[controller] = true
			j.result.Findings.Tell(diag.Controlled, controller+" sets the weights of "+o.Ref().Object,
				"the weights of now are written, and nobody changes them afterwards", "finish or end the release first, and let the controller write the target's own routes", at...)
		}
	}
	j.writtenElsewhere(releases, told)
}

// controllerOf names what sets the weights of an object, with where that is said:
// its owner, or one of the releases of the input that names it. "" is nobody.
func controllerOf(o *source.Object, releases []*source.Object) (string, []place.Ref) {
	if kind, name := owner(o); kind != "" {
		return kind + " " + o.Namespace + "/" + name, []place.Ref{o.Ref()}
	}
	for _, c := range releases {
		if c.Namespace == o.Namespace && names(c, o.Name) {
			return c.Ref().Object, []place.Ref{o.Ref(), c.Ref()}
		}
	}
	return "", nil
}

// owner is the Canary or Rollout among the owners of an object.
func owner(o *source.Object) (kind, name string) {
	if o.Root.Get("metadata").Get("ownerReferences") == nil {
		return "", ""
	}
	fields := map[string]map[string]string{}
	o.Root.Leaves(func(l source.Leaf) {
		const below = "metadata.ownerReferences["
		if i, field, ok := strings.Cut(strings.TrimPrefix(l.Ref().Path, below), "]."); ok && strings.HasPrefix(l.Ref().Path, below) {
			if fields[i] == nil {
				fields[i] = map[string]string{}
			}
			fields[i][field] = l.Value()
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
		said[l.Ref().Path] = l.Value()
		listed = listed || l.Value() == name && strings.HasPrefix(l.Ref().Path, "spec.strategy.canary.trafficRouting.")
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
