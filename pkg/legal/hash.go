package legal

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Hash names what the change is about: its feature, drift and aspect, and the
// region of requests and workloads that it concerns. Someone who accepted the
// change accepted just that; where the region changes, so does the hash.
func (c Change) Hash() string { return new(Hasher).Hash(&c) }

// Hasher makes hashes of changes, one after the other, in the same memory. The zero
// value is ready.
type Hasher struct{ text regionText }

// Hash is that of the change.
func (h *Hasher) Hash(c *Change) string {
	h.text = h.text[:0]
	text := &h.text
	text.line(string(c.Feature), string(c.Drift), string(c.Aspect))
	if c.Before != nil {
		intent.Walk(c.Before, text.part)
	}
	if c.After != nil && len(c.After.Tokens) > 0 {
		text.line("tokens") // are validated still, which is less than to drop them
	}
	sum := sha256.Sum256(*text)
	return hex.EncodeToString(sum[:])[:12]
}

// regionText writes the predicates of parts and whom they are about.
type regionText []byte

// line writes words of one line.
func (t *regionText) line(words ...string) {
	for i, w := range words {
		if i > 0 {
			*t = append(*t, ' ')
		}
		*t = append(*t, w...)
	}
	*t = append(*t, '\n')
}

func (t *regionText) part(p intent.Part) {
	switch p := p.(type) {
	case *intent.Routing:
		t.line("routing", p.Entry.String(), p.Host.String(), strconv.Itoa(p.Port), p.Protocol.String())
	case *intent.Upstream:
		t.line("upstream", p.Host.String(), strconv.Itoa(p.Port), p.SubsetName)
	case *intent.Intake:
		t.line("intake", p.Host.String(), strconv.Itoa(p.Port), p.Text())
	case *intent.Transport:
		t.line("transport", strconv.Itoa(int(p.Side)), p.Host.String(), strconv.Itoa(p.Port), p.Mode.String())
		if p.Accounts {
			t.line("accounts")
		}
	case *intent.Access:
		t.line("access", p.Effect.String(), p.Mode.String(), p.Provider)
		if p.FailOpen {
			t.line("fail open")
		}
	case *intent.RateLimit:
		t.line("rate", p.Text())
	case *intent.AccessLog:
		t.line("records", p.Side.String(), intent.LogText(p.To))
	case *intent.External:
		t.line("external", p.Title())
	case *intent.ExternalPort:
		t.line("port", strconv.Itoa(p.Port), p.Protocol)
	case *intent.Visibility:
		t.line("visibility", p.Host.String())
	case *intent.HostsOf:
		t.line("hosts", p.Namespace, strconv.FormatBool(p.Own), p.Pattern)
	case *intent.Machine:
		t.line("machine", p.Name().String(), p.Text(""), p.Place())
	case *intent.Export:
		t.line("export", p.Service.String(), p.Recipients(), p.Manner())
	case *intent.Egress:
		t.line("egress", p.Effect.String())
	case *intent.Default:
		t.line("default", p.Effect.String())
	}
	intent.EachPredicate(p, func(e match.Expr) { *t = append(match.AppendKey(*t, e), '\n') })
}
