package consul

import "github.com/transmesh/transmesh/pkg/source"

// readTLS keeps which TLS proxies speak, and refuses what Consul's servers do.
func (r *reader) readTLS(o *source.Object, v value) {
	for _, side := range []string{"incoming", "outgoing"} {
		boundTLS(v.get(side))
	}
	r.field(o, v, whyCiphers)
}

// boundTLS reads which versions of TLS are spoken, and which ciphers by OpenSSL's names,
// and refuses what Consul's servers do; "" and nil are the proxy's own.
// agent/structs/config_entry_mesh.go validateTLSConfig
func boundTLS(n value) (oldest, newest string, names []string) {
	oldest, newest = tlsVersion(n.get("tlsMinVersion")), tlsVersion(n.get("tlsMaxVersion"))
	if newest != "" && newest < oldest {
		n.get("tlsMaxVersion").Node.Reject("is older than tlsMinVersion")
	}
	suites := n.get("cipherSuites")
	for _, c := range suites.items() {
		name := ciphers[c.text()]
		if name == "" {
			c.Node.Reject("is no cipher suite that proxies can be told")
		}
		names = append(names, name)
	}
	if len(names) > 0 && oldest == tlsVersions["TLSv1_3"] {
		suites.Node.Reject("is for TLS 1.2 and older, which tlsMinVersion leaves out")
	}
	return oldest, newest, names
}
