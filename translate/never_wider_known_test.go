package translate

import (
	"strings"
	"testing"
)

// knownFault is a fault of a pair that stands, with a set that shows it.
type knownFault struct {
	from, to string
	set      int
	// says is part of what the test says of it.
	says, seen string
}

// knownFaults are those that TestNeverWider finds: what else it finds fails, and
// so does one that is no longer found in its set.
var knownFaults = []knownFault{}

func (p *pair) isKnown(fault string) bool {
	for _, k := range knownFaults {
		if k.from == p.from && k.to == p.to && strings.Contains(fault, k.says) {
			return true
		}
	}
	return false
}

// knownFail wants each known fault of the pair to show in its set.
func (p *pair) knownFail(t *testing.T) {
	for _, k := range knownFaults {
		if k.from != p.from || k.to != p.to {
			continue
		}
		again := pair{from: p.from, to: p.to, seed: p.seed, seen: map[string]bool{}}
		again.numbered(t, k.set)
		if !strings.Contains(strings.Join(again.faults, "\n"), k.says) {
			t.Errorf("set %d no longer shows %q (%s): take it off the list", k.set, k.says, k.seen)
		}
	}
}

// saysLittle are the pairs of which the target says less than leastSaid of the
// values, with the reason.
var saysLittle = map[string]string{
	"istio to gatewayapi":                       "the target has no authorization: a namespace of which something is kept out is withheld",
	"consul to gatewayapi":                      "the target has no authorization: a namespace of which something is kept out is withheld",
	"gatewayapi to consul":                      "routes are refused: requests that no rule of a router is about go on to the service",
	"gatewayapi to consul@1.20-enterprise":      "routes are refused: requests that no rule of a router is about go on to the service",
	"gatewayapi to linkerd@2.20-serviceprofile": "routes are refused: a profile splits all requests alike, and those that none of its routes matches reach the Service",
	"cilium to consul":                          "clients reach one port of each server, permissions test the path, headers and methods alone, and a server that lets everyone in does so at all ports",
	"cilium to consul@1.20-enterprise":          "clients reach one port of each server, permissions test the path, headers and methods alone, and a server that lets everyone in does so at all ports",
	"cilium to istio":                           "rules tell clients by certificate and address, and match values exactly, by prefix or by suffix",
	"cilium to linkerd":                         "clients are let in port by port, and paths with their queries are compared in part",
	"cilium to linkerd@2.20-serviceprofile":     "clients are let in port by port, and paths with their queries are compared in part",
	"linkerd to consul":                         "clients are known by name, not by address, and a server that lets everyone in does so at all ports",
	"linkerd to consul@1.20-enterprise":         "clients are known by name, not by address, and a server that lets everyone in does so at all ports",
}
