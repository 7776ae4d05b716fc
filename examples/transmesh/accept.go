package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/legal"
	"go.yaml.in/yaml/v3"
)

// accepted are the findings that somebody decided to live with.
type accepted struct{ entries []acceptance }

// acceptance is one entry of the file. Without an object the code is accepted
// everywhere; without a hash, whatever region it concerns.
type acceptance struct {
	Code, Object, Hash, Reason string
}

// readAccepted reads the file; "" is none.
func readAccepted(file string) (accepted, error) {
	var a accepted
	if file == "" {
		return a, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return a, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return a, fmt.Errorf("%s: %w", file, err)
	}
	if len(doc.Content) == 0 {
		return a, nil
	}
	if doc.Content[0].Kind != yaml.SequenceNode {
		return a, fmt.Errorf("%s:%d: this is no list of accepted findings: see transmesh convert --help", file, doc.Content[0].Line)
	}
	for _, n := range doc.Content[0].Content {
		e, err := readAcceptance(n)
		if err != nil {
			return a, fmt.Errorf("%s:%w", file, err)
		}
		a.entries = append(a.entries, e)
	}
	return a, nil
}

// readAcceptance reads one entry; errors begin with its line.
func readAcceptance(n *yaml.Node) (e acceptance, err error) {
	if n.Kind != yaml.MappingNode {
		return e, fmt.Errorf("%d: an entry has the keys code, reason, object and hash", n.Line)
	}
	fields := map[string]*string{"code": &e.Code, "object": &e.Object, "hash": &e.Hash, "reason": &e.Reason}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		field, ok := fields[key.Value]
		switch {
		case !ok:
			return e, fmt.Errorf("%d: an entry has no key %q, but code, reason, object and hash", key.Line, key.Value)
		case value.Kind != yaml.ScalarNode:
			return e, fmt.Errorf("%d: %s is not a string", value.Line, key.Value)
		}
		*field = value.Value
	}
	if _, ok := diag.Code(e.Code).Info(); !ok {
		return e, fmt.Errorf("%d: there is no code %q: transmesh explain lists them", n.Line, e.Code)
	}
	if e.Reason == "" {
		return e, fmt.Errorf("%d: %s is accepted without a reason", n.Line, e.Code)
	}
	return e, nil
}

// accepts answers legalization, which asks before it withholds.
func (a accepted) accepts(c legal.Change) bool {
	for _, e := range a.entries {
		if e.Code != string(c.Code) || e.Hash != "" && e.Hash != c.Hash() {
			continue
		}
		if e.Object == "" || len(c.From) > 0 && c.From[0].Object == e.Object {
			return true
		}
	}
	return false
}

// covers reports whether a finding needs no attention.
func (a accepted) covers(f diag.Finding) bool {
	return slices.ContainsFunc(a.entries, func(e acceptance) bool { return e.covers(f) })
}

func (e acceptance) covers(f diag.Finding) bool {
	return e.Code == f.Code && (e.Object == "" || len(f.At) > 0 && f.At[0].Object == e.Object) && (e.Hash == "" || e.Hash == f.Hash)
}

// mark notes in a report what was accepted and why. It returns the entries that
// accept nothing there: what they are about is gone, or has changed.
func (a accepted) mark(r *diag.Report) (idle []acceptance) {
	for _, e := range a.entries {
		any := false
		for i := range r.Findings {
			if e.covers(r.Findings[i]) {
				any, r.Findings[i].Accepted = true, e.Reason
			}
		}
		if !any {
			idle = append(idle, e)
		}
	}
	return idle
}

// idle says why an entry accepts nothing.
func (e acceptance) idle(r *diag.Report) string {
	now := e
	now.Hash = ""
	for _, f := range r.Findings {
		if e.Hash != "" && f.Hash != "" && now.covers(f) {
			return e.String() + " accepts nothing: what it is about has changed, and its hash is " + f.Hash + " now"
		}
	}
	return e.String() + " accepts nothing: there is no such finding"
}

// String names an entry as messages do.
func (e acceptance) String() string {
	return strings.Join(slices.DeleteFunc([]string{e.Code, e.Object, e.Hash}, func(s string) bool { return s == "" }), " ")
}
