package smi

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// reader lifts the objects of one input.
type reader struct {
	in    mesh.Input
	m     *intent.Model
	diags diag.List
	specs map[specKey]*spec
}

// read lifts all objects of SMI.
func read(in mesh.Input) (*intent.Model, diag.List) {
	if in.Inventory == nil {
		in.Inventory = &intent.Inventory{}
	}
	r := &reader{in: in, m: &intent.Model{Env: in.Env, Inventory: *in.Inventory, Baseline: intent.Baseline{RetryOpen: true}}, specs: map[specKey]*spec{}}
	for _, o := range in.Objects {
		if o.Group() == groupSpecs {
			r.spec(o)
		}
	}
	for _, o := range r.of("TrafficTarget") {
		r.target(o)
	}
	r.splits()
	r.unused()
	r.defaults()
	return r.m, r.diags
}

// defaults lifts what holds where nothing is said: everything is denied where
// access control is used. How connections are secured is left to implementations.
func (r *reader) defaults() {
	uses := func(o *source.Object) bool { return o.Group() == groupAccess }
	effect := intent.Allow
	if slices.ContainsFunc(r.in.Objects, uses) {
		effect = intent.Deny
	}
	from := func(key string) intent.Origin { return intent.Origin{place.Default(Name, key)} }
	r.m.Default = append(r.m.Default, &intent.Default{Effect: effect, From: from("access")})
	r.m.Transport = append(r.m.Transport,
		&intent.Transport{Side: intent.Served, Mode: intent.Permissive, From: from("transport")},
		&intent.Transport{Side: intent.Dialled, Mode: intent.Auto, From: from("transport")})
}

func (r *reader) of(kind string) []*source.Object {
	return slices.DeleteFunc(slices.Clone(r.in.Objects), func(o *source.Object) bool { return o.Kind != kind })
}

// home reads metadata. The labels and annotations of the failover extension ask
// it to change weights.
func (r *reader) home(o *source.Object) *intent.Home {
	controlled := func(key string) bool { return strings.HasPrefix(key, "failover.linkerd.io/") }
	meta := o.Root.Get("metadata")
	for _, e := range slices.Concat(meta.Get("annotations").Entries(), meta.Get("labels").Entries()) {
		if controlled(e.Key) && e.Key != "failover.linkerd.io/controlled-by" {
			e.Value.Skip("for the failover extension, which sets the weights")
		}
		if e.Key == "failover.linkerd.io/controlled-by" {
			r.diags.Tell(diag.NotTranslated, o.Ref().Object+" is controlled by the failover extension",
				"it shifts weights when endpoints fail; the weights of now are translated, and nobody shifts them afterwards",
				"configure the target's own failover", e.Value.Ref())
		}
	}
	return gatewayapi.ReadHome(o, controlled)
}

// inert marks a value as without effect and says so.
func (r *reader) inert(n *source.Node, why, fix string) {
	n.Inert(why)
	r.diags.Add(diag.Inert, why, fix, n.Ref())
}

// keep leaves a part of an object as it is: what it asks for is not in the model.
func (r *reader) keep(o *source.Object, home *intent.Home, n *source.Node, why string) {
	n.MarkRead()
	r.m.Opaque = append(r.m.Opaque, &intent.Opaque{Home: home, Mesh: Name, Kind: o.Kind, At: n.Ref(), Whole: o, Why: why, From: intent.From(n.Ref())})
}

// body is what holds the fields of an object: spec, or the object itself in the
// versions before specs.
func body(o *source.Object) *source.Node {
	old := o.Version() == "v1alpha1" || o.Kind == "HTTPRouteGroup" && o.Version() == "v1alpha2"
	if o.Group() != groupSplit && old && o.Root.Get("spec") == nil {
		return o.Root
	}
	return o.Root.Get("spec")
}
