package gatewayapi

import (
	"time"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// routeReader reads one route object.
type routeReader struct {
	d      Dialect
	route  *Route
	diags  diag.List
	opaque []*intent.Opaque
	// check tells what is known of a backend; see backendCheck.
	check backendCheck
	// inventory shows the pods of Services; nil shows none.
	inventory *intent.Inventory
}

// ReadRoute reads one object, without attaching it to its parents. Where the
// object is one that has no effect, the Route says why, and has no lines.
func ReadRoute(o *source.Object, d Dialect) (*Route, []*intent.Opaque, diag.List) {
	return readRoute(o, d, routeReader{check: func(*intent.Backend, *source.Node) diag.List { return nil }})
}

// readRoute reads one object with a reader that knows the cluster.
func readRoute(o *source.Object, d Dialect, r routeReader) (*Route, []*intent.Opaque, diag.List) {
	protocol := routeKinds[o.Kind]
	if layer4(protocol) {
		d.Meant, d.Policy = nil, nil // no implementation extends these by annotations
	}
	r.d, r.route = d, &Route{Object: o, Home: ReadHome(o, d.Meant), Created: created(o), Protocol: protocol}
	spec := o.Root.Get("spec")
	r.route.Parents = ReadParents(o)
	r.defaultGateways(spec.Get("useDefaultGateways"))
	if layer4(protocol) {
		r.l4(spec)
	} else {
		r.route.Hostnames = ReadHostnames(spec.Get("hostnames"))
		r.rules(spec.Get("rules"))
	}
	r.policy()
	r.admit()
	return r.route, r.opaque, r.diags
}

// defaultGateways reads whether the route attaches to Gateways that are marked as
// default (GEP-3793), by objects that nobody names.
func (r *routeReader) defaultGateways(n *source.Node) {
	switch {
	case enum(n, "All", "None") != "All":
	case r.d.ignores("useDefaultGateways"):
		r.inert(n, "useDefaultGateways has no effect")
	default:
		r.keepWhole(n, "useDefaultGateways attaches the route to Gateways that are marked as default, which is not translated")
		r.route.byDefault = true
	}
}

// created is metadata.creationTimestamp, as written for comparison.
func created(o *source.Object) string {
	at, err := time.Parse(time.RFC3339, o.Root.Get("metadata").Get("creationTimestamp").Text())
	if err != nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// policy applies the implementation's annotations.
func (r *routeReader) policy() {
	if r.d.Policy == nil {
		return
	}
	apply, inert := r.d.Policy(r.route.Object)
	if inert != "" {
		r.kill(r.route.Object.Root, inert)
	}
	if apply == nil {
		return
	}
	for i := range r.route.Lines {
		apply(&r.route.Lines[i].Rule)
	}
}

// admit asks what the API server would: an object with a problem does not
// exist in the cluster.
func (r *routeReader) admit() {
	o := r.route.Object
	if len(o.Root.Problems()) > 0 {
		r.route.Inert = "the API server rejects the object"
		r.diags.Add(diag.InvalidObject, o.Kind+" "+o.Namespace+"/"+o.Name+" is rejected by the API server and has no effect",
			"correct the values reported", o.Ref())
	}
	if r.route.Inert != "" {
		o.Root.Inert(r.route.Inert)
		r.route.Lines, r.opaque = nil, nil
	}
}

// kill makes the route inert and says so.
func (r *routeReader) kill(n *source.Node, why string) {
	if r.route.Inert == "" {
		r.route.Inert = why
	}
	o := r.route.Object
	r.diags.Add(diag.Inert, o.Kind+" "+o.Namespace+"/"+o.Name+" has no effect: "+why, "remove the cause, or the route", n.Ref())
}

// inert marks a value as without effect and says so.
func (r *routeReader) inert(n *source.Node, why string) {
	n.Inert(why)
	r.diags.Add(diag.Inert, why, "remove it", n.Ref())
}

// keepFailing is keepWhole for what a share of requests goes to, which is treated as failing.
func (r *routeReader) keepFailing(n *source.Node, why string) *intent.Opaque {
	op := r.keepWhole(n, why+"; its share is treated as failing")
	op.Failing = true
	return op
}

// keepWhole keeps the route object verbatim for the same mesh's writer, because
// of a part that the model does not say.
func (r *routeReader) keepWhole(n *source.Node, why string) *intent.Opaque {
	n.Kind()
	r.diags.Add(diag.NotTranslated, why, "configure it in the target by hand", n.Ref())
	op := &intent.Opaque{
		Home: r.route.Home, Mesh: r.d.Mesh, Kind: r.route.Object.Kind, At: n.Ref(), Whole: r.route.Object, Why: why, From: intent.From(n.Ref()),
	}
	r.opaque = append(r.opaque, op)
	n.MarkRead()
	return op
}
