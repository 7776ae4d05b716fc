package engine

import (
	"maps"
	"slices"

	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/policy/api"
)

// looked adds the labels that an address has once a name was looked up for it, of the
// selectors in force that the name matches.
// cilium pkg/fqdn/namemanager
func (c *Cluster) looked(to labels.Labels, host string) {
	for _, s := range c.names {
		if host != "" && matches(s, host) {
			l := s.IdentityLabel()
			to[l.Key] = l
		}
	}
}

// matches reports whether a selector holds for a name.
func matches(s api.FQDNSelector, name string) bool {
	re, err := s.ToRegex()
	return err == nil && re.MatchString(name+".")
}

// serves reports whether a rule lets a connection of TLS pass by the name that it asks
// for: agents hand patterns of names on to the proxy with the meaning that they have for
// lookups. cilium pkg/envoy/utils.go sanitizeServerNamePattern
func serves(p *policy.PerSelectorPolicy, sni string) bool {
	return sni != "" && slices.ContainsFunc(slices.Collect(maps.Keys(p.ServerNames)), func(name string) bool {
		return matches(api.FQDNSelector{MatchPattern: name}, sni)
	})
}
