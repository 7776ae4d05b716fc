package istio

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/source"
)

// validDestinationRule rejects what Istio's webhook rejects, so that nothing of
// the object is translated: pkg/config/validation ValidateDestinationRule.
func validDestinationRule(o *source.Object) {
	spec := o.Root.Get("spec")
	switch h := spec.Get("host"); {
	case h == nil:
		spec.Reject("has no host")
	case !isWildDomain(h.Str()):
		h.Reject("is no host name")
	}
	validPolicy(spec.Get("trafficPolicy"), o.Namespace)
	seen := map[string]bool{}
	for _, s := range spec.Get("subsets").Items() {
		validSubset(s, o.Namespace)
		if name := s.Get("name"); seen[name.Str()] {
			name.Reject("is defined twice")
		}
		seen[s.Get("name").Str()] = true
	}
	selector := spec.Get("workloadSelector")
	validExports(spec.Get("exportTo"), o.Namespace, selector != nil)
	checkSelector(selector.Get("matchLabels"))
}

func validSubset(s *source.Node, namespace string) {
	switch name := s.Get("name"); {
	case name == nil:
		s.Reject("has no name")
	case !isLabel(name.Str()):
		name.Reject("is no name of a subset")
	}
	validLabels(s.Get("labels"))
	validPolicy(s.Get("trafficPolicy"), namespace)
}

// policyBlocks are what a traffic policy may say; those of a port are the first.
var policyBlocks = []string{"connectionPool", "loadBalancer", "outlierDetection", "tls", "portLevelSettings", "tunnel", "proxyProtocol", "retryBudget"}

const portBlocks = 4

func says(n *source.Node, blocks []string) bool {
	for _, b := range blocks {
		if n.Get(b) != nil {
			return true
		}
	}
	return false
}

// validPolicy rejects traffic policies that say nothing, and their parts.
func validPolicy(n *source.Node, namespace string) {
	if n == nil {
		return
	}
	if !says(n, policyBlocks) {
		n.Reject("says nothing that Istio knows")
	}
	if n.Get("tunnel") != nil {
		n.Get("proxyProtocol").Reject("stands beside tunnel")
	}
	validBlocks(n, namespace)
	for _, p := range n.Get("portLevelSettings").Items() {
		validPortPolicy(p, namespace)
	}
	if b := n.Get("retryBudget"); b != nil {
		validPercent(b.Get("percent"))
		between(b.Get("minRetryConcurrency"), 0, maxUint32, "is negative")
	}
}

func validPortPolicy(p *source.Node, namespace string) {
	if port := p.Get("port"); port == nil {
		p.Reject("has no port")
	} else {
		validUnsigned(port.Get("number"))
	}
	if !says(p, policyBlocks[:portBlocks]) {
		p.Reject("says nothing for the port")
	}
	validBlocks(p, namespace)
}

func validBlocks(n *source.Node, namespace string) {
	validBalance(n.Get("loadBalancer"))
	validPool(n.Get("connectionPool"))
	validOutlier(n.Get("outlierDetection"))
	validClientTLS(n.Get("tls"), namespace)
}

// configMap begins the names of credentials that stand in a ConfigMap.
const configMap = "configmap://"

// validClientTLS rejects certificates that are missing, or that stand beside
// others: pkg/config/validation/agent ValidateTLS.
func validClientTLS(n *source.Node, namespace string) {
	if n == nil {
		return
	}
	mode, credential := n.Get("mode").Str(), n.Get("credentialName")
	if name, isMap := strings.CutPrefix(credential.Str(), configMap); isMap {
		if ns, rest, qualified := strings.Cut(name, "/"); name == "" || qualified && (ns != namespace || rest == "" || strings.Contains(rest, "/")) {
			credential.Reject("names no ConfigMap of the object's namespace")
		}
	}
	own := mode == "SIMPLE" || mode == "MUTUAL"
	if own && n.Get("insecureSkipVerify").Bool() {
		validUnverified(n, mode)
	}
	if own && credential.Str() != "" {
		for _, key := range []string{"clientCertificate", "privateKey", "caCertificates", "caCrl"} {
			if n.Get(key).Str() != "" {
				n.Get(key).Reject("stands beside credentialName")
			}
		}
		return
	}
	for _, key := range []string{"clientCertificate", "privateKey"} {
		if mode == "MUTUAL" && n.Get(key).Str() == "" {
			n.Reject("needs " + key + " for MUTUAL")
		}
	}
}

// validUnverified rejects what says how to verify a certificate that is not to be
// verified. For MUTUAL, the credential may be the client's alone.
func validUnverified(n *source.Node, mode string) {
	const why = "stands beside insecureSkipVerify"
	keys := []string{"caCertificates"}
	if mode == "SIMPLE" {
		keys = append(keys, "credentialName")
	}
	for _, key := range keys {
		if n.Get(key).Str() != "" {
			n.Get(key).Reject(why)
		}
	}
	if len(n.Get("subjectAltNames").Items()) > 0 {
		n.Get("subjectAltNames").Reject(why)
	}
}
