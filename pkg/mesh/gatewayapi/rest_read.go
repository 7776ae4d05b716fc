package gatewayapi

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// byItself is what to do about what each implementation brings.
const byItself = "nothing: the target brings its own"

// notTranslated says of kinds that are kept verbatim what they are, what they are for,
// and what to do elsewhere, "" where the purpose tells.
var notTranslated = map[string]struct {
	why     string
	purpose intent.Purpose
	fix     string
}{
	"GatewayClass": {"a GatewayClass belongs to the implementation", "", byItself},
	"XListenerSet": {"an XListenerSet is of Gateway API 1.3 to 1.5, and no implementation that is known here reads it", "", "make a ListenerSet of it: its fields are the same"},
	"XBackend":     {"an XBackend is a host outside the cluster that routes send requests to, which no implementation that is known here does", intent.FarHosts, ""},
	"XMesh":        {"an XMesh belongs to the implementation", "", byItself},
}

// rest keeps objects verbatim that no fact stands for.
func (a *attacher) rest(o *source.Object) {
	if o.Kind == udpRoute && !a.d.ignores(udpRoute) {
		a.datagrams(o)
		return
	}
	what, known := notTranslated[o.Kind]
	switch {
	case o.Kind == udpRoute:
		known = true
	case o.Kind == "ReferenceGrant" && !a.usesGrant(o):
		what.why, what.fix, known = "nothing in the input needs this ReferenceGrant", "remove it, or add what it is for to the input", true
	case o.Kind == "XBackend" && !a.sentTo(o):
		what.why, what.purpose, what.fix = "nothing in the input sends requests to this XBackend", "", "remove it, or add the routes that name it to the input"
	}
	if !known {
		return
	}
	if a.d.ignores(o.Kind) {
		a.noPolicy(o, diag.Inert, "the implementation does not read it")
		return
	}
	op := a.keep(o, ReadHome(o, nil), what.why, what.fix)
	op.Purpose, op.Running = what.purpose, o.Kind == "GatewayClass" && o.Root.Get("spec").GetNull("parametersRef") == nil
}

// keep keeps a whole object as it is.
func (a *attacher) keep(o *source.Object, home *intent.Home, why, fix string) *intent.Opaque {
	o.Root.Get("spec").MarkRead()
	a.diags.Add(diag.NotTranslated, why, cmp.Or(fix, byHand), o.Ref())
	op := &intent.Opaque{Home: home, Mesh: a.d.Mesh, Kind: o.Kind, At: o.Ref(), Whole: o, Why: why, Instead: fix, From: intent.From(o.Ref())}
	a.opaque = append(a.opaque, op)
	return op
}

// byHand is what to do about what the model has no word for.
const byHand = "configure it in the target by hand"

// sentTo reports whether a route of the input names an XBackend as a backend.
func (a *attacher) sentTo(o *source.Object) bool {
	return slices.ContainsFunc(a.in.Objects, func(r *source.Object) bool {
		if !IsRoute(r) || r.Namespace != o.Namespace {
			return false
		}
		return slices.ContainsFunc(r.Root.Get("spec").Get("rules").Items(), func(rule *source.Node) bool {
			return slices.ContainsFunc(rule.Get("backendRefs").Items(), func(b *source.Node) bool {
				return b.Get("kind").Text() == o.Kind && b.Get("name").Text() == o.Name
			})
		})
	})
}

// usesGrant reports whether a route or a Gateway needed the grant, whose metadata it then
// reads.
func (a *attacher) usesGrant(o *source.Object) bool {
	for ref := range a.used {
		if ref.Within(o.Ref()) {
			ReadHome(o, nil)
			return true
		}
	}
	return false
}
