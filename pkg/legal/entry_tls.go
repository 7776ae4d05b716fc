package legal

import (
	"fmt"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// unsecurable says why a listener cannot be secured as it is, by itself or beside
// the others of its port, or "".
func (r *run) unsecurable(e *intent.Entry, l *intent.Listener) string {
	if why := r.t.Caps.Says(EntryTLS, l.TLS); why != "" {
		return why
	}
	port := intent.Entry{Home: e.Home, Name: e.Name, From: e.From}
	for _, other := range r.m.Entries {
		if other.Name != e.Name && (other.Parent.IsZero() || other.Parent != e.Name && other.Parent != e.Parent) && (e.Parent.IsZero() || other.Name != e.Parent) {
			continue
		}
		for _, at := range other.Listeners {
			if at.Port == l.Port {
				port.Listeners = append(port.Listeners, at)
			}
		}
	}
	return r.t.Caps.Says(EntryTLS, &port)
}

// validates notes that whoever runs the target has to look at certificates of
// clients, where some that run it do not.
func (r *run) validates(e *intent.Entry, l *intent.Listener) {
	if r.t.Validates == "" || l.TLS == nil || l.TLS.Clients == nil {
		return
	}
	r.record(Change{
		Pass: "entries", Feature: EntryTLS, Code: diag.Assumption, Drift: intent.Same, Aspect: intent.Entering, Fate: FateRewritten, From: l.TLS.Clients.From,
		Summary: fmt.Sprintf("port %d of the entry %s asks clients for certificates: %s", l.Port, e.Name, r.t.Validates),
		Detail:  "where nobody looks at them, all clients are let in", Fix: "see that the implementation does, or name it as the target's version",
	})
}

// certificates says where the Secrets of listeners are for the target: beside the
// gateway's pods, or beside the entry.
func (r *run) certificates(e *intent.Entry) {
	for i := range e.Listeners {
		l := &e.Listeners[i]
		if l.TLS == nil {
			continue
		}
		tls := *l.TLS
		tls.Certificates = slices.Clone(tls.Certificates)
		for j := range tls.Certificates {
			r.movedSecret(&tls.Certificates[j], e, tls.From)
		}
		if tls.Clients != nil {
			tls.Clients = r.authorities(e, tls.Clients)
		}
		l.TLS = &tls
	}
}

// authorities says likewise where the Secrets of authorities are.
func (r *run) authorities(e *intent.Entry, c *intent.ClientCertificates) *intent.ClientCertificates {
	out := *c
	out.Authorities = slices.Clone(c.Authorities)
	for i := range out.Authorities {
		if a := &out.Authorities[i]; a.Kind == "Secret" {
			r.movedSecret(&a.Name, e, c.From)
		}
	}
	return &out
}

// movedSecret moves a Secret, and tells of it.
func (r *run) movedSecret(c *intent.Name, e *intent.Entry, from intent.Origin) {
	was := *c
	if !r.moveSecret(c, e) {
		return
	}
	r.record(Change{
		Pass: "entries", Feature: EntryTLS, Code: diag.Prerequisite, Drift: intent.Same, Aspect: intent.Entering, Fate: FateRewritten, From: from,
		Summary: "the Secret " + was.Name + " of the entry " + e.Name.String() + " is looked for " + whereLooked(*c),
		Detail:  "the source looks for it " + whereLooked(was), Fix: "create the Secret there before the entry",
	})
}

// whereLooked says where a Secret is: without a namespace beside the gateway's pods.
func whereLooked(secret intent.Name) string {
	if secret.Namespace == "" {
		return "beside the pods of the gateway"
	}
	return "in namespace " + secret.Namespace
}

// moveSecret changes where a Secret is looked for, and reports whether it did.
func (r *run) moveSecret(c *intent.Name, e *intent.Entry) bool {
	switch {
	case r.t.SecretsWithPods && c.Namespace != "":
		c.Namespace = ""
	case !r.t.SecretsWithPods && c.Namespace == "":
		c.Namespace = e.Name.Namespace
	default:
		return false
	}
	return true
}
