package istio

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// checkServerTLS rejects what Istio's validation does of a server's TLS.
// istio.io/istio pkg/config/validation validateTLSOptions
func checkServerTLS(n *source.Node) {
	mode := serverModeOf(n)
	if mode.end == intent.TLSMesh {
		for _, key := range []string{"serverCertificate", "privateKey", "caCertificates", "tlsCertificates", "credentialName", "credentialNames"} {
			if said(n, key) {
				n.Get(key).Reject("stands beside ISTIO_MUTUAL, which takes the mesh's own certificates")
			}
		}
		return
	}
	if len(certificateSources(n)) > 1 {
		n.Reject("takes its certificate from " + strings.Join(certificateSources(n), " and "))
	}
	if mode.end == intent.TLSEnds && !withSecrets(n) {
		checkServerFiles(n, mode)
	}
	if crl := n.Get("caCrl"); crl != nil && mode.end != intent.TLSEnds && said(n, "credentialName") {
		crl.Reject("stands beside credentialName")
	}
}

// certificateSources are the ways in which a server is told its certificate.
func certificateSources(n *source.Node) (out []string) {
	if said(n, "serverCertificate") && said(n, "privateKey") {
		out = append(out, "serverCertificate")
	}
	for _, key := range []string{"credentialName", "credentialNames", "tlsCertificates"} {
		if said(n, key) {
			out = append(out, key)
		}
	}
	return out
}

// checkServerFiles rejects settings without the files that they take.
func checkServerFiles(n *source.Node, mode serverMode) {
	if mode.asked && !said(n, "caCertificates") {
		n.Reject("has no caCertificates")
	}
	if crl := n.Get("caCrl"); crl != nil && !mode.asked {
		crl.Reject("stands beside mode SIMPLE")
	}
	pairs := n.Get("tlsCertificates").Items()
	if len(pairs) == 0 {
		pairs = []*source.Node{n}
	}
	for _, p := range pairs {
		if !said(p, "serverCertificate") || !said(p, "privateKey") {
			p.Reject("has no serverCertificate and privateKey, and no credentialName")
		}
	}
}

// checkServer rejects a server whose protocol and TLS do not go together.
// istio.io/istio pkg/config/validation validateServer
func checkServer(n *source.Node, protocol string) {
	tls := n.Get("tls")
	if tls != nil {
		checkServerTLS(tls)
	}
	secured := protocol == "HTTPS" || protocol == "TLS"
	switch {
	case secured && tls == nil:
		n.Reject("has no tls, which its protocol takes")
	case secured || tls == nil || protocol == "":
	case protocol != "HTTP":
		tls.Reject("stands on a server that is not for HTTPS or TLS")
	case beyondRedirect(tls):
		tls.Reject("stands on a server for plain HTTP, which redirects at most")
	}
}

// beyondRedirect reports whether the TLS of a server for plain HTTP is more than a
// redirect.
func beyondRedirect(n *source.Node) bool {
	end := serverModeOf(n).end
	passes := end == intent.TLSPasses || end == intent.TLSOnward
	return !passes || said(n, "caCertificates") || said(n, "privateKey") || said(n, "serverCertificate")
}
