package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// serverTLS reads how a server is secured; no mode is PASSTHROUGH.
func (r *reader) serverTLS(n *source.Node) *intent.ListenerTLS {
	mode := serverModeOf(n)
	out := &intent.ListenerTLS{Mode: mode.end, From: intent.From(n.Ref())}
	n.Get("mode").Str()
	if mode.end == intent.TLSEnds {
		serverCertificates(n, out)
		out.MinVersion, out.MaxVersion = tlsVersion(n.Get("minProtocolVersion")), tlsVersion(n.Get("maxProtocolVersion"))
		out.Ciphers = r.ciphers(n.Get("cipherSuites"))
	}
	switch {
	case mode.asked:
		out.Clients = clientCertificates(n, out, mode.optional)
	case mode.end == intent.TLSMesh:
		out.Clients = meshClients(n)
	}
	for _, e := range n.Entries() {
		if !slices.Contains(serverFields(n, mode), e.Key) && e.Key != "mode" && e.Key != "httpsRedirect" {
			r.unusedTLS(e.Value, mode)
		}
	}
	return out
}

func serverModeOf(n *source.Node) serverMode {
	mode, ok := meaning(gatewayModes, peekOr(n.GetNull("mode"), "PASSTHROUGH"))
	if !ok {
		n.Get("mode").Reject("is not " + words(gatewayModes))
	}
	return mode
}

func peekOr(n *source.Node, other string) string {
	if n == nil {
		return other
	}
	return peek(n)
}

// withSecrets reports whether certificates are in Secrets, and not in files.
func withSecrets(n *source.Node) bool {
	return said(n, "credentialName") || said(n, "credentialNames")
}

// said reports whether a field is there and not empty, which is as if it were not.
func said(n *source.Node, key string) bool {
	x := n.GetNull(key)
	return x != nil && !x.Is(source.Null) && !x.IsEmpty() && (!x.Is(source.Scalar) || peek(x) != "")
}

// serverFields are the fields that count in a mode, by what configures proxies.
// pilot/pkg/networking/core/listener.go BuildListenerTLSContext
func serverFields(n *source.Node, mode serverMode) []string {
	out := []string{"minProtocolVersion", "maxProtocolVersion", "cipherSuites"}
	switch mode.end {
	case intent.TLSPasses, intent.TLSOnward:
		return nil
	case intent.TLSMesh:
		return []string{"subjectAltNames", "caCrl", "insecureSkipVerify"}
	}
	if withSecrets(n) {
		out = append(out, "credentialName", "credentialNames")
		if mode.asked {
			out = append(out, "caCertCredentialName", "subjectAltNames", "verifyCertificateSpki", "verifyCertificateHash", "insecureSkipVerify")
		}
		return out
	}
	out = append(out, "serverCertificate", "privateKey", "tlsCertificates")
	if mode.asked {
		out = append(out, "caCertificates", "caCrl", "subjectAltNames", "insecureSkipVerify")
	}
	return out
}

// unusedTLS tells of what no proxy is configured by.
func (r *reader) unusedTLS(n *source.Node, mode serverMode) {
	const why = "has no effect in this mode, or with certificates from there"
	n.MarkRead()
	n.Inert(why)
	r.add(diag.Inert, n.Ref().Path+" "+why+" ("+word(gatewayModes, mode)+")", "remove it, or see that it is what you mean", n.Ref())
}

// serverCertificates reads what a server shows: from Secrets, or from files.
func serverCertificates(n *source.Node, out *intent.ListenerTLS) {
	if c := n.Get("credentialName"); c.Str() != "" {
		out.Certificates = []intent.Name{{Name: c.Str()}}
	}
	for _, c := range n.Get("credentialNames").Items() {
		out.Certificates = append(out.Certificates, intent.Name{Name: c.Str()})
	}
	if len(out.Certificates) > 0 {
		return
	}
	for _, f := range n.Get("tlsCertificates").Items() {
		out.Files = append(out.Files, intent.KeyFiles{Certificate: f.Get("serverCertificate").Str(), Key: f.Get("privateKey").Str()})
		if ca := f.Get("caCertificates"); ca != nil {
			ca.Str()
			ca.Inert("the authorities are those of the server")
		}
	}
	if len(out.Files) == 0 {
		out.Files = []intent.KeyFiles{{Certificate: n.Get("serverCertificate").Str(), Key: n.Get("privateKey").Str()}}
	}
}

// clientCertificates reads which clients a server takes.
func clientCertificates(n *source.Node, tls *intent.ListenerTLS, optional bool) *intent.ClientCertificates {
	out := meshClients(n)
	if out == nil {
		out = &intent.ClientCertificates{From: intent.From(n.Ref())}
	}
	out.Optional = optional
	if len(tls.Certificates) == 0 {
		out.Authorities = []intent.Authority{{Name: intent.Name{Name: n.Get("caCertificates").Str()}}}
		return out
	}
	out.Revoked = "" // is in the Secret
	out.Keys, out.Prints = stringsOf(n.Get("verifyCertificateSpki")), stringsOf(n.Get("verifyCertificateHash"))
	out.Authorities = []intent.Authority{{Kind: "Secret", Name: intent.Name{Name: strings.TrimSuffix(tls.Certificates[0].Name, caSuffix)}}}
	if ca := n.Get("caCertCredentialName"); ca.Str() != "" {
		out.Authorities[0], _ = authorityNamed(ca.Str())
	}
	return out
}

// meshClients reads what is demanded of clients besides that authorities vouch for
// them; nil is nothing.
func meshClients(n *source.Node) *intent.ClientCertificates {
	out := &intent.ClientCertificates{
		Names: stringsOf(n.Get("subjectAltNames")), Unchecked: n.Get("insecureSkipVerify").Bool(), From: intent.From(n.Ref()),
	}
	if !withSecrets(n) {
		out.Revoked = n.Get("caCrl").Str()
	}
	if len(out.Names) == 0 && !out.Unchecked && out.Revoked == "" {
		return nil
	}
	return out
}

// authorityNamed is the bundle of authorities of a name; ok is false where proxies
// would be sent a certificate with a key instead.
// pilot/pkg/xds/sds.go SecretGen.generate
func authorityNamed(name string) (a intent.Authority, ok bool) {
	if rest, isMap := strings.CutPrefix(name, configMapScheme); isMap {
		ns, object, found := strings.Cut(rest, "/")
		return intent.Authority{Kind: "ConfigMap", Name: intent.Name{Namespace: ns, Name: strings.TrimSuffix(object, caSuffix)}}, found && ns != "" && object != ""
	}
	object, ok := strings.CutSuffix(name, caSuffix)
	return intent.Authority{Kind: "Secret", Name: intent.Name{Name: object}}, ok && object != "" && !strings.Contains(object, "://")
}

// ciphers reads the suites that a server takes; what is none is passed over, and
// what stands there twice.
func (r *reader) ciphers(n *source.Node) []string {
	var out []string
	for _, c := range n.Items() {
		name := c.Str()
		switch {
		case slices.Contains(out, name):
			c.Inert("stands there already")
		case !isCipher(name):
			c.Inert("is no cipher suite of a gateway")
			r.add(diag.Inert, name+" is no cipher suite of a gateway, and passed over", "remove it", c.Ref())
		default:
			out = append(out, name)
		}
	}
	return out
}

// isCipher reports whether a suite is passed on to proxies: one of those that are
// known, or an expression of OpenSSL's language of them.
func isCipher(name string) bool {
	return name == "" || cipherSuites[name] || !isAlphanumeric(name[0])
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func tlsVersion(n *source.Node) string {
	if n == nil {
		return ""
	}
	v, ok := meaning(tlsVersions, n.Str())
	if !ok {
		n.Reject("is not " + words(tlsVersions))
	}
	return v
}
