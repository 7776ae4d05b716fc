package gatewayapi

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// originates holds for TLS to a Service that a BackendTLSPolicy says, for all that
// call it; names says what names of servers callers check.
func originates(names BackendTLS) func(intent.Part) string {
	return func(p intent.Part) string {
		t, ok := p.(*intent.Transport)
		if !ok || t == nil {
			return ""
		}
		switch {
		case t.Mode != intent.Simple || t.Originate == nil:
			return "only TLS without certificates of clients is dialled"
		case t.Host.Service.IsZero():
			return "only Services are dialled so"
		case t.Subset != nil || !match.IsTrue(t.Scope.Client):
			return "all callers dial all of a Service alike"
		case t.Port != 0 && t.PortName == "":
			return "a port is meant by its name, which is not known"
		}
		return dialled(t.Originate, t.Host.Service.Namespace, names)
	}
}

// dialled says what does not fit in whom servers have to be, or "".
func dialled(o *intent.Originate, namespace string, names BackendTLS) string {
	foreign := func(a intent.Authority) bool { return a.Kind != "ConfigMap" || a.Name.Namespace != namespace }
	switch {
	case o.CACertificates+o.ClientCert+o.PrivateKey+o.Credential+o.CACRL != "":
		return "certificates are in ConfigMaps, and none of clients is shown"
	case o.SkipVerify != nil && *o.SkipVerify:
		return "the certificate of a server is always checked"
	case slices.ContainsFunc(o.Authorities, foreign) || len(o.Authorities) > 8 || names == BackendTLSListed && len(o.Authorities) > 1:
		return "authorities are in a ConfigMap beside the Service"
	case !formHost.fits(o.SNI) || strings.HasPrefix(o.SNI, "*"):
		return "a server is asked for by a name"
	case len(o.SubjectNames) == 0 && names == BackendTLSNamed:
		return "a server has the name by which it is asked for"
	case len(o.SubjectNames) > 5 || slices.ContainsFunc(o.SubjectNames, func(n string) bool { return !strings.Contains(n, ":") && !formHost.fits(n) }):
		return "a server has one of five names at most, of hosts or by URIs"
	}
	return ""
}
