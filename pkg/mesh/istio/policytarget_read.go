package istio

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// targetKinds are what policies may be attached to, by kind.
var targetKinds = map[string]string{
	"Service": "", "ServiceEntry": "networking.istio.io", "Gateway": "gateway.networking.k8s.io", "GatewayClass": "gateway.networking.k8s.io",
}

// checkTargets rejects references that Istio's webhook rejects:
// pkg/config/validation validatePolicyTargetReference.
func checkTargets(spec *source.Node) {
	one, many := spec.Get("targetRef"), spec.Get("targetRefs")
	targets := many.Items()
	if one != nil {
		targets = append([]*source.Node{one}, targets...)
		if len(targets) > 1 {
			many.Reject("stands beside targetRef")
		}
	}
	if spec.Get("selector") != nil && len(targets) > 0 {
		targets[0].Reject("stands beside selector")
	}
	for _, t := range targets {
		checkTarget(t)
	}
}

func checkTarget(t *source.Node) {
	if t.Get("name").Str() == "" {
		t.Reject("has no name")
	}
	if ns := t.Get("namespace"); ns.Str() != "" {
		ns.Reject("names a namespace, and policies are attached within their own")
	}
	group := t.Get("group").Str()
	if group == "core" {
		group = ""
	}
	if want, ok := targetKinds[t.Get("kind").Str()]; !ok || group != want {
		t.Reject("is no Service, ServiceEntry, Gateway or GatewayClass")
	}
}

// targeted reports whether the policy is for gateways or waypoints; sidecars
// ignore it then.
func (r *reader) targeted(o *source.Object, home *intent.Home, spec *source.Node) bool {
	for _, key := range []string{"targetRefs", "targetRef"} {
		if t := spec.Get(key); t != nil {
			checkTargets(spec)
			r.m.Opaque = append(r.m.Opaque, &intent.Opaque{
				Home: home, Mesh: Name, Kind: o.Kind, At: o.Ref(), Whole: o, Security: true, From: intent.From(o.Ref()),
				Scope: intent.Scope{Subject: match.Atom{Field: match.Namespace, Value: o.Namespace}},
				Why:   "it is for gateways or waypoints, which are not modelled",
			})
			r.add(diag.NotTranslated, o.Ref().Object+" is for gateways or waypoints, which are not modelled", "configure it in the target by hand", t.Ref())
			return true
		}
	}
	return false
}

// selectsNobody reports whether the selector of a policy, or of what changes proxies, names a
// label that no workload can have, as Istio's webhook lets it. It refuses wildcards.
// istio pkg/config/validation/validation.go validateWorkloadSelector
func (r *reader) selectsNobody(o *source.Object) bool {
	labels := o.Root.Get("spec").Get("selector").Get("matchLabels")
	if o.Kind == "EnvoyFilter" {
		labels = o.Root.Get("spec").Get("workloadSelector").Get("labels")
	}
	checkSelector(labels)
	for _, e := range entries(labels) {
		if isLabelOf(e.Key, e.Value.Str()) || e.Key == "" || strings.Contains(e.Key+e.Value.Str(), "*") {
			continue
		}
		o.Root.MarkRead()
		o.Root.Inert("it selects no workload")
		r.add(diag.Inert, o.Ref().Object+" selects no workload: none can have the label "+e.Key+"="+e.Value.Str(), "correct the label", e.Value.Ref())
		return true
	}
	return false
}

// choosesNobody is selectsNobody, or that the selector is refused: what the object may guard
// is withheld then, whomever it would choose.
func (r *reader) choosesNobody(o *source.Object) bool {
	return r.selectsNobody(o) || len(o.Root.Problems()) > 0
}
