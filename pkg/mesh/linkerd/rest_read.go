package linkerd

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// untranslated says of kinds that are kept verbatim what they are.
var untranslated = map[[2]string]struct {
	why     string
	purpose intent.Purpose
}{
	{groupPolicy, "EgressNetwork"}: {"", ""},
}

// rest keeps verbatim the objects that no fact stands for, and authentications
// that no policy of the input demands.
func (r *reader) rest() {
	for _, o := range r.in.Objects {
		what, known := untranslated[[2]string{o.Group(), o.Kind}]
		if !known || r.egressRead[o] {
			continue
		}
		if o.Kind == "EgressNetwork" {
			what.why = networkKept(o)
		}
		op := r.asItIs(o, what.why)
		op.Purpose = what.purpose
		if client, is := leaving(o); is {
			op.Scope.Client, op.Leaving = r.undecided(client), r.holdsBack(o)
		}
		r.notTranslated(o.Kind+" "+o.Namespace+"/"+o.Name+": "+op.Why, op.From[0])
	}
	r.restOfLimits()
	for _, p := range r.policies {
		for _, a := range p.uses {
			a.used, a.probes = a.used || !p.inert && !p.probes, a.probes || p.probes
		}
	}
	for _, o := range r.in.Objects {
		switch a := r.authenticator(o); {
		case a == nil, a.used:
		case a.probes:
			o.Root.Skip(forProbes)
		default:
			why := "no policy that has an effect demands it"
			r.verbatim(o, a.home, why)
			r.notTranslated(o.Kind+" "+o.Namespace+"/"+o.Name+": "+why, o.Ref())
		}
	}
}

// networkKept says why no fact stands for an EgressNetwork.
func networkKept(o *source.Object) string {
	if o.Root.Get("spec").GetNull("networks") != nil {
		return "it is for some of the addresses outside the cluster only, which is not translated"
	}
	return "of several EgressNetworks of a namespace, which one a connection meets is not translated"
}

// asItIs keeps an object verbatim. Annotations of an EgressNetwork that say how what
// leaves is treated are a part of it, and all that is left where a fact says the rest.
func (r *reader) asItIs(o *source.Object, why string) *intent.Opaque {
	if o.Kind != "EgressNetwork" || !treats(o) {
		return r.verbatim(o, r.home(o), why)
	}
	op := r.verbatim(o, gatewayapi.ReadHome(o, nil), why)
	op.At = o.Root.Get("spec").Ref()
	if _, read := r.networksOut[intent.Name{Namespace: o.Namespace, Name: o.Name}]; read {
		op.At, op.From, op.Why = o.Root.Get("metadata").Get("annotations").Ref(), nil, "how what clients send outside the cluster is treated is not translated"
	}
	for _, e := range treatments(o) {
		op.From = append(op.From, e.Value.Ref())
	}
	return op
}

// authenticator finds an authentication by its object.
func (r *reader) authenticator(o *source.Object) *authenticator {
	name := intent.Name{Namespace: o.Namespace, Name: o.Name}
	for _, a := range []*authenticator{r.mutual[name], r.networks[name]} {
		if a != nil && a.object == o {
			return a
		}
	}
	return nil
}
