package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
	Code   string `yaml:"code"`
	Object string `yaml:"object"`
	Hash   string `yaml:"hash"`
	Reason string `yaml:"reason"`
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
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&a.entries); err != nil && !errors.Is(err, io.EOF) {
		return a, fmt.Errorf("%s: %w", file, err)
	}
	for i, e := range a.entries {
		if _, ok := diag.Code(e.Code).Info(); !ok {
			return a, fmt.Errorf("%s: entry %d: there is no code %q", file, i+1, e.Code)
		}
		if e.Reason == "" {
			return a, fmt.Errorf("%s: entry %d: %s is accepted without a reason", file, i+1, e.Code)
		}
	}
	return a, nil
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

// String names an entry as messages do.
func (e acceptance) String() string {
	return strings.Join(slices.DeleteFunc([]string{e.Code, e.Object, e.Hash}, func(s string) bool { return s == "" }), " ")
}
