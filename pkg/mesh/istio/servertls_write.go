package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// writeServerTLS prints how a server is secured.
func writeServerTLS(t *intent.ListenerTLS) *manifest.Node {
	n := manifest.Map().Because(t.From...)
	n.Set("mode", manifest.Str(word(gatewayModes, modeOf(t))))
	writeServerCertificates(n, t)
	if t.Clients != nil {
		writeClients(n, t)
	}
	if t.MinVersion != "" {
		n.Set("minProtocolVersion", manifest.Str(word(tlsVersions, t.MinVersion)))
	}
	if t.MaxVersion != "" {
		n.Set("maxProtocolVersion", manifest.Str(word(tlsVersions, t.MaxVersion)))
	}
	if len(t.Ciphers) > 0 {
		n.Set("cipherSuites", manifest.Strs(t.Ciphers...))
	}
	return n
}

// writeServerCertificates prints what a server shows: one, or several for several
// kinds of keys.
func writeServerCertificates(n *manifest.Node, t *intent.ListenerTLS) {
	switch len(t.Certificates) {
	case 0:
	case 1:
		n.Set("credentialName", manifest.Str(t.Certificates[0].Name))
	default:
		names := manifest.List()
		for _, c := range t.Certificates {
			names.Append(manifest.Str(c.Name))
		}
		n.Set("credentialNames", names)
	}
	if len(t.Files) == 1 {
		writeFiles(n, t.Files[0])
	} else if len(t.Files) > 1 {
		list := manifest.List()
		for _, f := range t.Files {
			list.Append(writeFiles(manifest.Map(), f))
		}
		n.Set("tlsCertificates", list)
	}
}

func writeFiles(n *manifest.Node, f intent.KeyFiles) *manifest.Node {
	return n.Set("serverCertificate", manifest.Str(f.Certificate)).Set("privateKey", manifest.Str(f.Key))
}

// writeClients prints which clients a server takes.
func writeClients(n *manifest.Node, t *intent.ListenerTLS) {
	c := t.Clients
	for _, a := range c.Authorities {
		if key, name := writeAuthority(a, t); key != "" {
			n.Set(key, manifest.Str(name))
		}
	}
	if c.Revoked != "" {
		n.Set("caCrl", manifest.Str(c.Revoked))
	}
	for _, list := range []struct {
		key string
		of  []string
	}{{"subjectAltNames", c.Names}, {"verifyCertificateSpki", c.Keys}, {"verifyCertificateHash", c.Prints}} {
		if len(list.of) > 0 {
			n.Set(list.key, manifest.Strs(list.of...))
		}
	}
	if c.Unchecked {
		n.Set("insecureSkipVerify", manifest.Bool(true))
	}
}

// writeAuthority prints where a bundle of authorities is; key is "" where it is
// looked for there anyway.
func writeAuthority(a intent.Authority, t *intent.ListenerTLS) (key, name string) {
	switch a.Kind {
	case "":
		return "caCertificates", a.Name.Name
	case "ConfigMap":
		return "caCertCredentialName", configMapScheme + a.Name.Namespace + "/" + a.Name.Name + caSuffix
	}
	if besideCertificate(a, t) {
		return "", ""
	}
	return "caCertCredentialName", a.Name.Name + caSuffix
}

// besideCertificate reports whether authorities are in the Secret of a server's
// first certificate, or in that with the suffix.
func besideCertificate(a intent.Authority, t *intent.ListenerTLS) bool {
	return slices.IndexFunc(t.Certificates, func(c intent.Name) bool { return strings.TrimSuffix(c.Name, caSuffix) == a.Name.Name }) == 0
}
