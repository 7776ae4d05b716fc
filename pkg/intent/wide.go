package intent

import "strings"

// Wide reports whether a host stands for more than one name.
func (h Host) Wide() bool { return h.Service.IsZero() && (h.DNS == "" || h.DNS[0] == '*') }

// Covers reports whether a host stands for another one: for itself, every host for all,
// and a wildcard for the names, and wildcards, that end like it.
func (e *Environment) Covers(wide, h Host) bool {
	return wide == h || wide.Wide() && h != (Host{}) && CoversName(wide.DNS, e.DNS(h))
}

// CoversName reports whether a wildcard stands for a name, or for a wildcard within it;
// "" and "*" stand for all.
func CoversName(pattern, dns string) bool {
	return pattern == "" || pattern == "*" || len(dns) > len(pattern)-1 && strings.HasSuffix(dns, pattern[1:])
}

// AllServices is the wildcard for the Services of the cluster, and for nothing else.
func (e *Environment) AllServices() Host { return Host{DNS: "*.svc." + e.ClusterDomain} }
