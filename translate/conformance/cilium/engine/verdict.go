package engine

import (
	"cmp"
	"fmt"

	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/policy/types"
	"github.com/cilium/cilium/pkg/u8proto"
)

// Request is one request of one endpoint to another.
type Request struct {
	From, To Endpoint
	Port     int
	// HTTP is nil for a connection that is not HTTP.
	HTTP *HTTP
	// SNI is the server that a connection of TLS asks for; "" is none.
	SNI string
	// Over is what carries it: UDP, SCTP or ICMP, whose type stands as the port; the
	// zero value is TCP.
	Over u8proto.U8proto
}

// carried is the protocol of a request.
func (r Request) carried() u8proto.U8proto { return cmp.Or(r.Over, u8proto.TCP) }

// Verdict is what both ends say.
type Verdict struct {
	Egress, Ingress bool
	// Refused says that a proxy takes the connection for HTTP, which it is not:
	// no rule decides about it.
	Refused bool
}

// Allowed reports whether both ends let the request pass.
func (v Verdict) Allowed() bool { return v.Egress && v.Ingress }

// Judge decides about a request.
func (c *Cluster) Judge(r Request) (Verdict, error) {
	from, to := c.identity(r.From), c.identity(r.To)
	c.ids.Add(from)
	c.ids.Add(to)
	defer c.ids.Remove(from)
	defer c.ids.Remove(to)
	out := Verdict{Egress: true, Ingress: true}
	var err error
	if !r.From.IsWorld() {
		if out.Egress, err = c.passes(from, to, policy.EgressKey(), r, &out.Refused); err != nil {
			return Verdict{}, err
		}
	}
	if !r.To.IsWorld() {
		if out.Ingress, err = c.passes(to, from, policy.IngressKey(), r, &out.Refused); err != nil {
			return Verdict{}, err
		}
	}
	return out, nil
}

// passes decides at one end, which has a policy, about the other.
func (c *Cluster) passes(own, peer *identity.Identity, key policy.Key, r Request, refused *bool) (bool, error) {
	p, err := c.distilled(own)
	if err != nil {
		return false, err
	}
	entry, _, found := p.Lookup(key.WithIdentity(peer.ID).WithPortProto(r.carried(), uint16(r.Port)))
	switch {
	case !found || entry.IsDeny(), entry.AuthRequirement.AuthType() == types.AuthTypeAlwaysFail:
		return false, nil
	case !entry.IsRedirectEntry():
		return true, nil
	}
	passes := false
	direction := &p.SelectorPolicy.L4Policy.Egress
	if key.IsIngress() {
		direction = &p.SelectorPolicy.L4Policy.Ingress
	}
	for _, f := range filters(direction, uint16(r.Port)) {
		for selector, own := range f.PerSelectorPolicies {
			if !selector.IsWildcard() && !selector.Selects(peer.ID) {
				continue
			}
			switch {
			case own != nil && len(own.ServerNames) > 0:
				passes = passes || own.Verdict == types.Allow && serves(own, r.SNI)
			case own != nil && own.L7Parser == policy.ParserTypeHTTP && r.HTTP == nil:
				*refused = true
				return false, nil
			case own != nil && own.EnvoyHTTPRules() != nil && own.EnvoyHTTPRules().ValidateAll() != nil:
				return false, fmt.Errorf("what Envoy refuses: %w", own.EnvoyHTTPRules().ValidateAll())
			default:
				passes = passes || r.HTTP.passes(own)
			}
		}
	}
	return passes, nil
}

// Seen reports whether what an endpoint asks another by UDP at a port passes through the
// agent, which learns names so.
func (c *Cluster) Seen(from, to Endpoint, port int) (bool, error) {
	own, peer := c.identity(from), c.identity(to)
	c.ids.Add(own)
	defer c.ids.Remove(own)
	p, err := c.distilled(own)
	if err != nil {
		return false, err
	}
	entry, _, found := p.Lookup(policy.EgressKey().WithIdentity(peer.ID).WithPortProto(u8proto.UDP, uint16(port)))
	return found && entry.IsRedirectEntry(), nil
}
