package consul

import "github.com/transmesh/transmesh/pkg/source"

// readTLS keeps which TLS proxies speak, and refuses what Consul's servers do.
// agent/structs/config_entry_mesh.go validateMeshDirectionalTLSConfig
func (r *reader) readTLS(o *source.Object, v value) {
	for _, side := range []string{"incoming", "outgoing"} {
		n := v.get(side)
		oldest, newest := tlsVersion(n.get("tlsMinVersion")), tlsVersion(n.get("tlsMaxVersion"))
		if newest != "" && newest < oldest {
			n.get("tlsMaxVersion").Node.Reject("is older than tlsMinVersion")
		}
		suites := n.get("cipherSuites")
		for _, c := range suites.items() {
			if ciphers[c.text()] == "" {
				c.Node.Reject("is no cipher suite that proxies can be told")
			}
		}
		if len(suites.items()) > 0 && oldest == tlsVersions["TLSv1_3"] {
			suites.Node.Reject("is for TLS 1.2 and older, which tlsMinVersion leaves out")
		}
	}
	r.field(o, v, "which versions and ciphers of TLS proxies accept")
}
