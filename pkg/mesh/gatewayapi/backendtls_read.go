package gatewayapi

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// tlsPolicy is the kind that says how servers are dialled by TLS.
// https://gateway-api.sigs.k8s.io/geps/gep-1897/
const tlsPolicy = "BackendTLSPolicy"

// backendTLS lifts BackendTLSPolicies: of two for one Service and port, the older
// has effect, or the first by name.
func (a *attacher) backendTLS() []*intent.Transport {
	var policies []*source.Object
	for _, o := range a.in.Objects {
		if o.Kind == tlsPolicy && o.Group() == group {
			policies = append(policies, o)
		}
	}
	slices.SortStableFunc(policies, func(x, y *source.Object) int {
		return cmp.Or(strings.Compare(made(x), made(y)), strings.Compare(x.Namespace, y.Namespace), strings.Compare(x.Name, y.Name))
	})
	b := backendTLS{attacher: a, first: map[dialTarget]*source.Object{}}
	for _, o := range policies {
		b.policy(o)
	}
	slices.SortStableFunc(b.out, func(x, y *intent.Transport) int {
		return cmp.Or(x.Host.Service.Compare(y.Host.Service), cmp.Compare(y.Port, x.Port)) // single ports first
	})
	return b.out
}

// made is when an object was made, as written; "" is not known.
func made(o *source.Object) string {
	return o.Root.Get("metadata").Get("creationTimestamp").Text()
}

type backendTLS struct {
	*attacher
	first map[dialTarget]*source.Object
	out   []*intent.Transport
}

// dialTarget is a Service and one of its ports, or all with 0.
type dialTarget struct {
	service intent.Name
	port    int
}

func (b *backendTLS) policy(o *source.Object) {
	home := ReadHome(o, nil)
	spec := o.Need("spec")
	validation, why := b.originate(spec.Get("validation"), o.Namespace)
	refs := atMost(spec.Get("targetRefs"), 16)
	if len(refs) == 0 {
		spec.Reject("has no targetRefs")
	}
	if spec.Get("options") != nil {
		why = "the options of a BackendTLSPolicy are for one implementation"
	}
	switch {
	case len(o.Root.Problems()) > 0:
		o.Root.Inert("the API server rejects the object")
		b.diags.Add(diag.InvalidObject, tlsPolicy+" "+o.Namespace+"/"+o.Name+" is rejected by the API server and has no effect", "correct the values reported", o.Ref())
		return
	case b.d.BackendTLS == BackendTLSNone:
		o.Root.Inert("Linkerd does not read it")
		b.diags.Add(diag.Inert, tlsPolicy+" "+o.Namespace+"/"+o.Name+" has no effect: Linkerd does not read it", "remove it", o.Ref())
		return
	case b.d.BackendTLS == BackendTLSGateways:
		why = "only Gateways dial so, which is not translated"
	}
	var points []dialTarget
	for _, ref := range refs {
		at, bad := b.target(ref, o.Namespace)
		why = cmp.Or(why, bad)
		points = append(points, at)
	}
	if why != "" {
		b.keepPolicy(o, home, why)
		return
	}
	before := len(b.out)
	for i, at := range points {
		b.dial(o, home, refs[i], at, validation)
	}
	if len(b.out) == before {
		o.Root.Inert("is for nothing that another policy is not for")
	}
}

// keepPolicy keeps a policy as it is.
func (b *backendTLS) keepPolicy(o *source.Object, home *intent.Home, why string) {
	o.Root.Get("spec").MarkRead()
	b.diags.Add(diag.NotTranslated, tlsPolicy+" "+o.Namespace+"/"+o.Name+" is not translated: "+why, "configure it in the target by hand", o.Ref())
	b.opaque = append(b.opaque, &intent.Opaque{
		Home: home, Mesh: b.d.Mesh, Kind: o.Kind, At: o.Ref(), Whole: o, Why: why,
		Purpose: intent.Dialling, Instead: "say there how callers dial the Service, or let them use TLS themselves", From: intent.From(o.Ref()),
	})
}

// target reads whom a policy is about; why says what of it is not translated.
func (b *backendTLS) target(ref *source.Node, namespace string) (at dialTarget, why string) {
	kind := formName.need(ref, "kind")
	at.service = intent.Name{Namespace: namespace, Name: formObject.need(ref, "name")}
	section := formSection.read(ref.Get("sectionName"))
	switch g := ref.Get("group"); {
	case g == nil:
		ref.Reject("has no group")
	case g.Str() != "" && g.Str() != "core" || kind != "Service":
		return at, "it is about something else than a Service"
	}
	if section == "" {
		return at, ""
	}
	s := b.in.Inventory.Service(at.service)
	if s == nil {
		return at, "the Service " + at.service.String() + " is not in the input, and so the number of its port " + section + " is not known"
	}
	for _, p := range s.Ports {
		if p.Name == section {
			at.port = p.Port
			return at, ""
		}
	}
	return dialTarget{port: -1}, ""
}

// dial says how connections to one target are secured, unless an older policy does.
func (b *backendTLS) dial(o *source.Object, home *intent.Home, ref *source.Node, at dialTarget, how *intent.Originate) {
	if at.port < 0 {
		b.inert(ref, "the Service has no such port")
		return
	}
	if first := b.first[at]; first != nil {
		b.younger(ref, first, o)
		return
	}
	b.first[at] = o
	b.out = append(b.out, &intent.Transport{
		Home: home, Side: intent.Dialled, Host: intent.Host{Service: at.service}, Port: at.port, PortName: ref.Get("sectionName").Str(),
		Mode: intent.Simple, Originate: how, From: intent.From(ref.Ref(), o.Root.Get("spec").Get("validation").Ref()),
	})
}

// younger says that a target of a policy is that of an older one.
func (a *attacher) younger(ref *source.Node, first, o *source.Object) {
	a.inert(ref, o.Ref().Object+" has no effect here: the older "+first.Ref().Object+" is for it")
	if made(first) == "" || made(o) == "" {
		a.diags.Add(diag.OrderUnknown, "which of "+first.Kind+" "+first.Name+" and "+o.Name+" in "+o.Namespace+" is older is not known", "keep one of them", first.Ref(), o.Ref())
	}
}

// originate reads whom servers have to be; why says what of it is not translated.
func (b *backendTLS) originate(n *source.Node, namespace string) (o *intent.Originate, why string) {
	o = &intent.Originate{SNI: formHost.need(n, "hostname"), From: intent.From(n.Ref())}
	for _, s := range atMost(n.Get("subjectAltNames"), 5) {
		key := map[string]string{"Hostname": "hostname", "URI": "uri"}[enum(s.Get("type"), "Hostname", "URI")]
		name := s.Get(key).Str()
		if name == "" {
			s.Reject("has no " + cmp.Or(key, "type"))
		}
		o.SubjectNames = append(o.SubjectNames, name)
	}
	if len(o.SubjectNames) == 0 && b.d.BackendTLS == BackendTLSNamed {
		o.SubjectNames = []string{o.SNI}
	}
	known := n.Get("wellKnownCACertificates").Str()
	for _, ref := range atMost(n.Get("caCertificateRefs"), 8) {
		o.Authorities = append(o.Authorities, readAuthority(ref, namespace))
	}
	switch {
	case (known == "") == (len(o.Authorities) == 0):
		n.Reject("has not one of caCertificateRefs and wellKnownCACertificates")
	case known != "" && known != "System":
		why = "the certificates " + known + " are known to one implementation"
	case slices.ContainsFunc(o.Authorities, func(a intent.Authority) bool { return a.Kind != "ConfigMap" }):
		why = "authorities are in a ConfigMap"
	}
	return o, why
}
