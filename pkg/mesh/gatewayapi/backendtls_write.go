package gatewayapi

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// tlsPolicyObject is a BackendTLSPolicy to be written: all targets that are dialled
// alike by one object of the source.
type tlsPolicyObject struct {
	home  *intent.Home
	name  string
	how   *intent.Originate
	about []*intent.Transport
}

// writeBackendTLS prints how servers are dialled by TLS.
func writeBackendTLS(m *intent.Model, d Dialect) []*manifest.Object {
	var all []*tlsPolicyObject
	for _, t := range m.Transport {
		if t.Side != intent.Dialled || t.Originate == nil || t.From.Defaulted() {
			continue
		}
		i := slices.IndexFunc(all, func(p *tlsPolicyObject) bool { return p.takes(t) })
		if i < 0 {
			i, all = len(all), append(all, &tlsPolicyObject{home: t.Home, how: t.Originate})
		}
		all[i].about = append(all[i].about, t)
	}
	taken := map[intent.Name]bool{}
	var out []*manifest.Object
	for _, p := range all {
		p.call(taken)
		out = append(out, p.write(d))
	}
	return out
}

// takes reports whether a fact is one of the object's.
func (p *tlsPolicyObject) takes(t *intent.Transport) bool {
	return p.home == t.Home && p.about[0].Host.Service.Namespace == t.Host.Service.Namespace && len(p.about) < 16 &&
		intent.Describe(p.how) == intent.Describe(t.Originate)
}

// call finds a name for the object: its own, or that of the Service, with the port's
// behind it or a dash for as long as that is taken.
func (p *tlsPolicyObject) call(taken map[intent.Name]bool) {
	first := p.about[0]
	at := intent.Name{Namespace: first.Host.Service.Namespace, Name: first.Host.Service.Name}
	if p.home != nil && p.home.Name != "" && p.home.Namespace == at.Namespace {
		at.Name = p.home.Name
	}
	if taken[at] && first.PortName != "" {
		at.Name += "-" + first.PortName
	}
	for taken[at] {
		at.Name += "-tls"
	}
	taken[at] = true
	p.name = at.Name
}

func (p *tlsPolicyObject) write(d Dialect) *manifest.Object {
	o := manifest.New(group+"/v1", tlsPolicy, p.about[0].Host.Service.Namespace, p.name)
	if p.home != nil && p.home.Name == p.name {
		WriteHome(o, p.home, nil)
	}
	refs := manifest.List()
	for _, t := range p.about {
		ref := manifest.Map().Because(t.From...).Set("group", manifest.Str("")).Set("kind", manifest.Str("Service")).Set("name", manifest.Str(t.Host.Service.Name))
		if t.PortName != "" && t.Port != 0 {
			ref.Set("sectionName", manifest.Str(t.PortName))
		}
		refs.Append(ref)
		o.From = append(o.From, t.From...)
	}
	o.Root.Set("spec", manifest.Map().Set("targetRefs", refs).Set("validation", writeOriginate(p.how, d)))
	return o
}

func writeOriginate(o *intent.Originate, d Dialect) *manifest.Node {
	n := manifest.Map().Because(o.From...)
	refs := manifest.List()
	for _, a := range o.Authorities {
		refs.Append(manifest.Map().Set("group", manifest.Str("")).Set("kind", manifest.Str(a.Kind)).Set("name", manifest.Str(a.Name.Name)))
	}
	if n.Set("caCertificateRefs", filled(refs)); len(o.Authorities) == 0 {
		n.Set("wellKnownCACertificates", manifest.Str("System"))
	}
	n.Set("hostname", manifest.Str(o.SNI))
	if d.BackendTLS == BackendTLSNamed && slices.Equal(o.SubjectNames, []string{o.SNI}) {
		return n
	}
	names := manifest.List()
	for _, s := range o.SubjectNames {
		if strings.Contains(s, ":") {
			names.Append(manifest.Map().Set("type", manifest.Str("URI")).Set("uri", manifest.Str(s)))
		} else {
			names.Append(manifest.Map().Set("type", manifest.Str("Hostname")).Set("hostname", manifest.Str(s)))
		}
	}
	return n.Set("subjectAltNames", filled(names))
}
