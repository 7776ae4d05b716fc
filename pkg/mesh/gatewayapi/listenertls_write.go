package gatewayapi

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

func writeListenerTLS(t *intent.ListenerTLS, in *writing) *manifest.Node {
	mode := t.Mode
	if mode == intent.TLSMesh {
		mode = intent.TLSEnds
	}
	n := manifest.Map().Because(t.From...).Set("mode", manifest.Str(string(mode)))
	refs := manifest.List()
	for _, c := range t.Certificates {
		ref := manifest.Map().Set("name", manifest.Str(c.Name))
		if c.Namespace != "" && c.Namespace != in.namespace {
			ref.Set("namespace", manifest.Str(c.Namespace))
		}
		refs.Append(ref)
	}
	n.Set("certificateRefs", filled(refs))
	switch {
	case in.version == versionIstio:
		n.Set("options", writeIstioOptions(t))
	case len(t.Options) > 0:
		writePairs(n, "options", t.Options)
	}
	return n
}

// writeFrontend prints which clients the listeners of a Gateway take by their
// certificates: by default where all that end TLS agree, otherwise port by port. nil
// is that none asks for any.
func writeFrontend(e *intent.Entry) *manifest.Node {
	var ports []int
	of := map[int]*intent.ClientCertificates{}
	for _, l := range e.Listeners {
		if l.TLS != nil && l.TLS.Mode == intent.TLSEnds && !slices.Contains(ports, l.Port) {
			ports = append(ports, l.Port)
			of[l.Port] = l.TLS.Clients
		}
	}
	slices.Sort(ports)
	asking := slices.DeleteFunc(slices.Clone(ports), func(p int) bool { return of[p] == nil })
	if len(asking) == 0 {
		return nil
	}
	first := of[asking[0]]
	alike := func(p int) bool { return of[p] != nil && sameValidation(of[p], first) }
	if !slices.ContainsFunc(ports, func(p int) bool { return !alike(p) }) {
		return manifest.Map().Set("default", writeValidation(first, e.Name.Namespace))
	}
	list := manifest.List()
	for _, p := range asking {
		list.Append(manifest.Map().Set("port", manifest.Int(p)).Set("tls", writeValidation(of[p], e.Name.Namespace)).Because(of[p].From...))
	}
	return manifest.Map().Set("default", manifest.Map()).Set("perPort", list)
}

// sameValidation reports whether two listeners are validated alike, but for what an
// option adds.
func sameValidation(a, b *intent.ClientCertificates) bool {
	return insecureFallback(a) == insecureFallback(b) && slices.Equal(a.Authorities, b.Authorities)
}

// insecureFallback reports whether clients are let in whatever they show.
func insecureFallback(c *intent.ClientCertificates) bool { return c.Optional && c.Unchecked }

func writeValidation(c *intent.ClientCertificates, namespace string) *manifest.Node {
	refs := manifest.List()
	for _, a := range c.Authorities {
		refs.Append(writeAuthority(a, namespace))
	}
	n := manifest.Map().Because(c.From...).Set("caCertificateRefs", refs)
	if insecureFallback(c) {
		n.Set("mode", manifest.Str("AllowInsecureFallback"))
	}
	return manifest.Map().Set("validation", n)
}

func writeAuthority(a intent.Authority, namespace string) *manifest.Node {
	kind, group, _ := strings.Cut(a.Kind, ".")
	n := manifest.Map().Set("group", manifest.Str(group)).Set("kind", manifest.Str(kind)).Set("name", manifest.Str(a.Name.Name))
	if a.Name.Namespace != "" && a.Name.Namespace != namespace {
		n.Set("namespace", manifest.Str(a.Name.Namespace))
	}
	return n
}
