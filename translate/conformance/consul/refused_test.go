package consul

import (
	"fmt"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
)

// refusedBy says why a server refuses one of the entries, or "".
func refusedBy(a *engine.Agent, entries [][]byte) string {
	for _, e := range entries {
		if err := a.Put(e); err != nil {
			return fmt.Sprintf("%s: %v", e, err)
		}
	}
	return ""
}

// refusals are the codes of findings that say that the servers refuse something, beside
// those of what is closed for that; notices those that say at least that it is not
// understood.
var (
	refusals = []diag.Code{diag.InvalidObject, diag.InvalidValue, diag.InvalidRegex, diag.WrongType, diag.UnknownField}
	notices  = append(slices.Clone(refusals), diag.NotTranslated)
)

// complaints are the findings of a translation that have one of some codes.
func complaints(entries [][]byte, codes []diag.Code) string {
	var in translate.Input
	for i, e := range entries {
		objs, problems := source.Parse(fmt.Sprintf("e%d.json", i), e, source.Options{})
		in.Objects, in.Problems = append(in.Objects, objs...), append(in.Problems, problems...)
	}
	r := translate.Run(in, translate.Options{From: consul.Mesh, To: consul.Mesh})
	var out []string
	for _, f := range r.Findings {
		if slices.Contains(codes, f.Code) || f.Code == diag.Withheld && strings.Contains(f.Summary, "is refused by Consul") {
			out = append(out, fmt.Sprintf("%s: %s", f.Code, f.Summary))
		}
	}
	return strings.Join(out, "; ")
}
