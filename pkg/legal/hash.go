package legal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Hash names what the change is about: its feature, drift and aspect, and the
// region of requests and workloads that it concerns. Someone who accepted the
// change accepted just that; where the region changes, so does the hash.
func (c Change) Hash() string {
	h := sha256.New()
	fmt.Fprintln(h, c.Feature, c.Drift, c.Aspect)
	if c.Before != nil {
		intent.Walk(c.Before, func(p intent.Part) { region(h, p) })
	}
	if c.After != nil && len(c.After.Tokens) > 0 {
		fmt.Fprintln(h, "tokens") // are validated still, which is less than to drop them
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// region writes the predicates of a part and whom it is about.
func region(h hash.Hash, p intent.Part) {
	switch p := p.(type) {
	case *intent.Routing:
		fmt.Fprintln(h, "routing", p.Entry, p.Host, p.Port, p.Protocol)
	case *intent.Upstream:
		fmt.Fprintln(h, "upstream", p.Host, p.Port, p.SubsetName)
	case *intent.Transport:
		fmt.Fprintln(h, "transport", p.Side, p.Host, p.Port, p.Mode)
		if p.Accounts {
			fmt.Fprintln(h, "accounts")
		}
	case *intent.Access:
		fmt.Fprintln(h, "access", p.Effect, p.Mode, p.Provider)
	case *intent.RateLimit:
		fmt.Fprintln(h, "rate", p.Text())
	case *intent.External:
		fmt.Fprintln(h, "external", p.Title())
	case *intent.ExternalPort:
		fmt.Fprintln(h, "port", p.Port, p.Protocol)
	case *intent.Egress:
		fmt.Fprintln(h, "egress", p.Effect)
	case *intent.Default:
		fmt.Fprintln(h, "default", p.Effect)
	}
	for _, e := range intent.Predicates(p) {
		fmt.Fprintln(h, match.Key(e))
	}
}
