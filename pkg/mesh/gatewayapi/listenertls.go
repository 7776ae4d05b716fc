package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// secured holds for TLS that a Gateway of a version says, and for the listeners of a
// port that demand certificates of clients alike.
func secured(version string) func(intent.Part) string {
	return func(p intent.Part) string {
		switch p := p.(type) {
		case *intent.ListenerTLS:
			return unsaidTLS(p, version)
		case *intent.Entry:
			return portAlike(p)
		}
		return ""
	}
}

// unsaidTLS says what does not fit in how a listener is secured, or "".
func unsaidTLS(t *intent.ListenerTLS, version string) string {
	istio := version == versionIstio
	switch {
	case t == nil:
		return ""
	case len(t.Options) > 0 && version != versionSpec:
		return "implementations differ in what they make of options of TLS"
	case t.Mode == intent.TLSPasses:
		return ""
	case t.Mode == intent.TLSOnward:
		return "connections that are passed on go where a route says"
	case t.Mode == intent.TLSMesh && (!istio || t.Clients != nil || len(t.Ciphers) > 0):
		return "a listener shows a certificate in a Secret, and none of the mesh"
	case t.Mode == intent.TLSMesh:
		return ""
	case t.Mode == intent.TLSShown:
		return "a listener shows a certificate in a Secret, and none of the mesh"
	case len(t.Files) > 0 || t.Server != (intent.CertificateServer{}) || len(t.Certificates)+len(t.Options) == 0:
		return "a certificate is in a Secret"
	case slices.ContainsFunc(t.Certificates, func(c intent.Name) bool { return !formSection.fits(c.Name) }):
		return "a certificate is in a Secret, which has a name in lower case"
	case t.MinVersion+t.MaxVersion != "" || len(t.Ciphers) > 0 && !istio:
		return "versions of TLS and ciphers are left to implementations"
	case istio && len(t.Certificates) > 2:
		return "Istio takes two certificates at most"
	}
	return validated(t.Clients, version)
}

// validated says what does not fit in which clients are taken, or "".
func validated(c *intent.ClientCertificates, version string) string {
	istio := version == versionIstio
	switch {
	case c == nil:
		return ""
	case version == versionCilium:
		return ciliumDialect.NoClientCertificates
	case len(c.Names)+len(c.Keys)+len(c.Prints) > 0 || c.Revoked != "":
		return "any certificate is taken for which an authority vouches"
	case c.Optional != c.Unchecked && !(istio && c.Optional):
		return "a client shows a valid certificate, or whatever it likes"
	case istio && len(c.Authorities) > 1:
		return "Istio takes one bundle of authorities"
	case slices.ContainsFunc(c.Authorities, func(a intent.Authority) bool { return !inObject(a) }):
		return "authorities are in a ConfigMap or Secret"
	}
	return ""
}

func inObject(a intent.Authority) bool {
	return a.Kind != "" && formObject.fits(a.Name.Name)
}

// portAlike holds for listeners of one port that end TLS and validate clients alike.
func portAlike(e *intent.Entry) string {
	var first *intent.ListenerTLS
	for _, l := range e.Listeners {
		switch {
		case l.TLS == nil || l.TLS.Mode != intent.TLSEnds:
		case first == nil:
			first = l.TLS
		case (first.Clients == nil) != (l.TLS.Clients == nil) || first.Clients != nil && !sameValidation(first.Clients, l.TLS.Clients):
			return "all listeners of a port ask for the same certificates of clients"
		}
	}
	return ""
}
